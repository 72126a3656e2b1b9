"""The canvas to draw on: streamlit-drawable-canvas, which gets its drawing as text.

`st_canvas` gives its component the drawing as a dict, and Streamlit imports pandas and PyArrow to see whether a dict is
a table: half a second and 60 MB for a server that needs neither. So the component is mounted here without `st_canvas`;
a test compares what the two give it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
import streamlit_drawable_canvas as drawable

from siamese.errors import SiameseError
from siamese.imaging import strokes
from siamese.imaging.drawing import Drawing, image_or_problem

INK = "#0f172a"
BACKGROUND = "#ffffff"


def mount(key: str, drawing: dict[str, Any], on_change: Callable[[], None]) -> None:
    """Draws a square to draw on, which starts with `drawing` whenever that is another than before.

    Args:
        key: of the component.
        drawing: the canvas JSON, as `strokes.to_canvas` makes it.
        on_change: called when a stroke has come, which is then in the session state under `key`.
    """
    start = {**drawing, "background": BACKGROUND}
    drawable.out(
        data=_arguments(start),
        key=key,
        default={"drawing": {"raw": start, "data": None}, "backgroundFit": None},
        on_drawing_change=on_change,
        on_backgroundFit_change=lambda: None,
        width="content",
        height="content",
    )


def _arguments(drawing: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `st_canvas` by their names in the browser."""
    return {
        "fillColor": "#eee",
        "strokeWidth": strokes.PEN,
        "strokeColor": INK,
        "backgroundColor": BACKGROUND,
        "backgroundImageURL": None,
        "realtimeUpdateStreamlit": True,
        "canvasWidth": strokes.CANVAS,
        "canvasHeight": strokes.CANVAS,
        "drawingMode": "freedraw",
        "initialDrawing": json.dumps(drawing),  # its Fabric.js takes text as well as objects
        "displayRadius": 3,
        "returnImageData": False,
        "disabled": False,
        "backgroundImageFit": "stretch",
        "maxDisplayHeight": None,
        "fontSize": 20,
        "label": "",
    }


def show(drawing: Drawing, name: str, changed: Callable[[], None]) -> None:
    """Draws the canvas of a drawing, and keeps what is drawn on it.

    Args:
        name: what the key of its component begins with, which style sheets know it by.
        changed: called after a stroke.
    """
    mount(f"{name}.canvas", drawing.initial(), lambda: _received(drawing, name, changed))


def render(drawing: Drawing, name: str, changed: Callable[[], None]) -> tuple[np.ndarray | None, str]:
    """The drawing on its canvas, drawn as by `show`, as an image (28, 28) and "".

    None and what is wrong with it in plain words where there is no image, "" where the canvas is empty.
    """
    show(drawing, name, changed)
    return image_or_problem(drawing)


def _received(drawing: Drawing, name: str, changed: Callable[[], None]) -> None:
    """Keep what the canvas has just sent."""
    # Only this callback reads the canvas: between an undo and the canvas's answer to it, its value is stale.
    try:
        drawing.draw(strokes.from_canvas(st.session_state[f"{name}.canvas"]["drawing"]["raw"]))
    except (SiameseError, KeyError, TypeError) as error:
        drawing.problem = str(error) if isinstance(error, SiameseError) else "This drawing cannot be read."
    changed()
