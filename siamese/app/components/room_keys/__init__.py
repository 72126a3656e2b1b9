"""What proves a place in a room, a token or a secret, in the browser's own storage: a reload keeps the place.

It travels between the server and the browser's storage alone: never through an address or the page's HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def keep(
    key: str, place: tuple[str, str, str] | None, *, forget: str, ask: bool, on_found: Callable[[object], None]
) -> None:
    """Keeps a place in the browser; takes no room on the page.

    Args:
        key: of the component.
        place: the room's code, the role in it, and what proves it; None for no place.
        forget: the code of a room that is gone, or "".
        ask: whether the browser is to tell what it keeps.
        on_found: called with what it tells, which may be anything; JSON where it comes from our script.
    """

    def found() -> None:
        on_found((st.session_state.get(key) or {}).get("found"))

    kept = "" if place is None else json.dumps(dict(zip(("code", "role", "token"), place)))
    _mount(
        key=key,
        width="content",
        height="content",
        data={"place": kept, "forget": forget, "ask": ask},
        on_found_change=found,
    )
