"""Every page's state is in its address: opened elsewhere, the address shows the same.

The address follows what the page shows, in place, without a rerun and without a new entry in the
browser's history. A session reads it once, when it starts, on whichever page that is: so a reloaded page, or one
whose server was restarted, comes back as it was.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app import choices, links, projector, resources, session
from siamese.app.components.copy_link import copy_link
from siamese.app.parameters import Entry, Written, written


@dataclass(frozen=True)
class Address:
    """The address of one page.

    Attributes:
        path: how it ends; "" for the page that the app opens on.
        entries: what it holds of the page's state, in this order, after what the address of every page holds.
        shows_trained: whether the page shows the network that this session trained live, where that is chosen.
    """

    path: str
    entries: Sequence[Entry] = ()
    shows_trained: bool = True


def bar(address: Address, name: str = "", *, button: bool = True, marked: bool = False) -> None:
    """Lets the browser's address follow the page, and draws *Copy link*.

    Args:
        name: of this bar, where a page has several: a page whose parts are redrawn apart has one in each of them.
        button: whether there is a button.
        marked: whether a part of the page that is redrawn apart holds a `mark`, which the address then follows.
    """
    query, missing = _query(address)
    copy_link(
        key=f"{name or address.path}.link",
        path=address.path,
        paths=filter(None, session.current().pages),
        query=query,
        missing=missing,
        button=button,
        marked=marked,
    )


def mark(address: Address) -> str:
    """What the page shows now, as HTML that is not seen: cheaper in what is redrawn at each stroke than a `bar`."""
    query, missing = _query(address)
    return f'<div hidden data-address="{html.escape(query)}" data-missing="{html.escape(missing)}"></div>'


def _query(address: Address) -> tuple[str, str]:
    """The text of the address after its question mark, and what it cannot hold."""
    parameters, missing = _model(address.shows_trained)
    shown, more_missing = written([projector.PARAMETER, *address.entries])
    return links.query_text(parameters | shown), missing or more_missing


def _model(shows_trained: bool) -> Written:
    """The parameters of the chosen model and its threshold."""
    name = choices.model_name(trained=shows_trained)
    if name not in resources.models():
        return {}, ", but your own network lives in this page alone: the link shows another one."
    parameters = {"model": name if name != resources.models()[0] else ""}
    threshold = choices.threshold(name)
    if abs(threshold - resources.verifier(name).threshold) > 1e-9:
        parameters["t"] = f"{threshold:.4f}"
    return parameters, ""


def apply(addresses: Iterable[Address]) -> None:
    """At the start of a session: make its state what the browser's address says. Then tell what could not be read.

    It is told on the page that the link leads to, until that is left.

    Args:
        addresses: of all pages. A link is read in their order.
    """
    context, now = get_script_run_ctx(), session.current()
    page = context.page_script_hash if context else ""
    if now.notices is None:
        now.notices = []
        resources.look_again()
        query = {key: st.query_params.get_all(key) for key in st.query_params}
        if query and resources.models():
            now.notices = _read(links.Reader(query), addresses)
    if now.page is None:  # none was shown yet; /compare leads on to another one
        now.linked_page = page
    elif page != now.linked_page:
        now.notices.clear()
    if now.notices:
        with st.container(horizontal=True, vertical_alignment="center", key="link-notice"):
            st.info(" ".join(now.notices), icon=":material/link:", width="stretch")
            st.button("Close", key="link.close", on_click=now.notices.clear)


def _read(reader: links.Reader, addresses: Iterable[Address]) -> list[str]:
    """Sets what the session holds; the notices."""
    projector.PARAMETER.read(reader)
    model = reader.get("model", "model", links.one_of(resources.models()))
    if model is not None:
        choices.set_model(model)
    name = choices.model_name()
    threshold = reader.get("t", "threshold", links.number(0, resources.axis_maximum(name)))
    if threshold is not None:
        choices.set_threshold(name, threshold)
    # Two pages may show the same: it is read once.
    for entry in dict.fromkeys(entry for address in addresses for entry in address.entries):
        entry.read(reader)
    return reader.notices
