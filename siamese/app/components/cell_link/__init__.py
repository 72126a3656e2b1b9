"""Links to a cell of the heat map of the page Accuracy that keep the session."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def follow(key: str, on_cell: Callable[[int], None]) -> None:
    """Lets links of the class `nearest-digits` call `on_cell` in place of opening their address; takes no room.

    In another tab or window their address serves. Their parameters `first` and `second` are digits.

    Args:
        key: of the component.
        on_cell: called with the cell's number, 0 to 99, counted row by row.
    """

    def chosen() -> None:
        cell = (st.session_state.get(key) or {}).get("cell")
        if type(cell) is int and 0 <= cell < 100:  # what comes from a browser may be anything
            on_cell(cell)

    _mount(key=key, width="content", height="content", on_cell_change=chosen)
