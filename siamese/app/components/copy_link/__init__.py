"""The button *Copy link*, which also lets the browser's address follow what the page shows."""

from __future__ import annotations

from collections.abc import Iterable

from siamese.app.components._register import component

_mount = component(__name__)


def copy_link(
    key: str, *, path: str, paths: Iterable[str], query: str, missing: str, button: bool = True, marked: bool = False
) -> None:
    """Keeps the browser's address at `query` without a rerun or an entry in its history, and draws the button.

    Args:
        key: of the component.
        path: the end of this page's address, among `paths` of all but the default one, whose path is empty.
        query: the address's parameters, encoded.
        missing: what of the page a link cannot hold, in words that go on from "Copied", or "".
        button: whether there is a button.
        marked: whether the page holds an element with `data-address` and `data-missing`, which then stand for `query`
            and `missing`: a part of the page that is redrawn apart changes them.
    """
    _mount(
        key=key,
        data={
            "path": path,
            # As text: Streamlit imports pandas to see whether a list is a table, see `canvas`.
            "paths": " ".join(sorted(set(paths))),
            "query": query,
            "missing": missing,
            "button": button,
            "marked": marked,
        },
        width="content",
    )
