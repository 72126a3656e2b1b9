"""Undo, Redo and Clear of a canvas, by button and by keyboard.

The buttons stand outside the fragment that a stroke reruns: a stroke that drew six buttons anew took a third longer.
What can be undone comes with the answer to a stroke, as an element that is not shown and that the buttons watch.
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


def mark(drawings: Mapping[str, Drawing], last: str) -> str:
    """An element, as HTML, that tells the buttons of each canvas what can be done; it is not shown.

    Args:
        drawings: by the names of their canvases.
        last: the canvas that was drawn on last, which the keyboard's shortcuts go to.
    """
    can = {
        name: [
            step
            for step, possible in (
                ("undo", drawing.can_undo),
                ("redo", bool(drawing.future)),
                ("clear", not drawing.is_empty),
            )
            if possible
        ]
        for name, drawing in drawings.items()
    }
    return f'<div hidden data-steps="{html.escape(json.dumps(can))}" data-last="{html.escape(last)}"></div>'


def buttons(name: str, words: str, drawing: Callable[[], Drawing], changed: Callable[[], None]) -> None:
    """Draws the three buttons of a canvas.

    Args:
        name: the canvas's, as in `mark`.
        words: what the buttons belong to, for a screen reader.
        drawing: returns the drawing that is on the canvas when a button is pressed.
        changed: called after a step.
    """

    def pressed() -> None:
        step = (st.session_state.get(f"{name}.steps") or {}).get("step")
        if step in _STEPS:  # what comes from a browser may be anything
            getattr(drawing(), step)()
            changed()

    _mount(key=f"{name}.steps", data={"name": name, "words": words}, on_step_change=pressed)
