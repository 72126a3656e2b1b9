"""Undo, Redo and Clear of a sheet, by button and by keyboard.

They stand outside what a stroke redraws: a stroke that drew six buttons anew took a third longer. What can be undone
comes with the answer to a stroke, as a mark on the page that the buttons look at.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping

import streamlit as st

from siamese.app.components._register import component
from siamese.imaging.drawing import Drawing

_STEPS = ("undo", "redo", "clear")
_mount = component(__name__)


def mark(papers: Mapping[str, Drawing], last: str) -> str:
    """The mark, as HTML, that tells the buttons of each paper by its name what can be done.

    Args:
        last: the paper that was drawn on last, which the keyboard is meant for.
    """
    can = {
        name: [
            step
            for step, possible in (
                ("undo", paper.can_undo),
                ("redo", bool(paper.future)),
                ("clear", not paper.is_empty),
            )
            if possible
        ]
        for name, paper in papers.items()
    }
    return f'<div hidden data-steps="{html.escape(json.dumps(can))}" data-last="{html.escape(last)}"></div>'


def buttons(name: str, words: str, paper: Callable[[], Drawing], changed: Callable[[], None]) -> None:
    """Draws the three buttons.

    Args:
        name: the paper's, as in the mark; words: what they belong to, for a screen reader.
        changed: called after a step.
    """

    def pressed() -> None:
        step = (st.session_state.get(f"{name}.steps") or {}).get("step")
        if step in _STEPS:  # what comes from a browser may be anything
            getattr(paper(), step)()
            changed()

    _mount(key=f"{name}.steps", data={"name": name, "words": words}, on_step_change=pressed)
