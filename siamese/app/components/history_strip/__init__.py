"""The recent comparisons as a row of thumbnails; a press on one brings it back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypedDict

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


class Thumbnail(TypedDict):
    """One comparison, as the browser gets it."""

    number: int  # which one it is
    picture: str  # a PNG, in base64
    css: str  # its class: same or different
    heading: str  # the first line of text
    more: str  # the second one
    spoken: str  # what a screen reader says
    current: bool  # whether it is on the screen


def history_strip(key: str, thumbnails: Iterable[Thumbnail], empty: str, on_chosen: Callable[[int], None]) -> None:
    """Draws the row; what has not changed since the last run stays in place.

    Args:
        key: of the component.
        thumbnails: from left to right.
        empty: the words where there is none.
        on_chosen: called with the number of the one that was pressed.
    """

    def chosen() -> None:
        number = (st.session_state.get(key) or {}).get("chosen")
        if type(number) is int:  # what comes from a browser may be anything
            on_chosen(number)

    # As text: Streamlit imports pandas to see whether a list is a table, see `canvas`.
    _mount(key=key, data={"entries": json.dumps(list(thumbnails)), "empty": empty}, on_chosen_change=chosen)
