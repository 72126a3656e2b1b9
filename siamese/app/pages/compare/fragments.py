"""What is redrawn on Compare: the page, the pair that a stroke changes, and what may be opened below it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from siamese.app import session, widgets

# Keys of the fragments.
PANEL, PAIR = "compare", "pair"
BELOW = ("why", "turn", "history")


@dataclass
class Opened:
    """Which of the parts below the pair are open; the fields are those of `BELOW`."""

    why: bool = False
    turn: bool = False
    history: bool = False


def is_open(part: str) -> bool:
    """Whether a part below the pair, one of `BELOW`, is open."""
    return bool(getattr(session.of(Opened), part))


def expander(part: str, label: str, icon: str) -> DeltaGenerator:
    """Draws what opens and closes a part below the pair, one of `BELOW`; its container."""

    def persist(opened: bool) -> None:
        setattr(session.of(Opened), part, opened)
        st.rerun([PAIR, part])  # the pair holds the address, which says so, too

    return st.expander(label, icon=icon, **widgets.bind(f"{part}.open", is_open(part), persist))


def rerun_pair(*parts: str) -> None:
    """From a callback that has changed the pair alone: draws it again, and what is open below it.

    Args:
        parts: `PAIR`, where the callback is not the pair's own, so that no more than this is drawn again.
    """
    if keys := [*parts, *(part for part in BELOW if is_open(part))]:
        st.rerun(list(dict.fromkeys([PAIR, *keys])))


def rerun_panel() -> None:
    """From a callback of the pair that has changed more than it: draws all of Compare again."""
    st.rerun(PANEL)
