"""The drawings of one digit as a row of pictures; a press on one tells its number."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def class_drawings(key: str, entries: str, *, title: str, empty: str, on_chosen: Callable[[int], None]) -> None:
    """Draws the row; what has not changed since the last run stays in place.

    Args:
        key: of the component.
        entries: JSON, as text: for each drawing its number, its PNG in base64 and what a screen reader says.
        title: heads the row, and names it. empty: the words where there is none.
        on_chosen: called with the number of the one that was pressed.
    """

    def chosen() -> None:
        number = (st.session_state.get(key) or {}).get("chosen")
        if type(number) is int:  # what comes from a browser may be anything
            on_chosen(number)

    _mount(key=key, data={"entries": entries, "title": title, "empty": empty}, on_chosen_change=chosen)
