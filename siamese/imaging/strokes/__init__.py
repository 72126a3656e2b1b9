"""Drawings as strokes: from and to the canvas, as a short text for links, and as pixels.

A stroke is an (n, 2) float array of x, y in a square canvas of side `CANVAS`; a drawing is a list of strokes.
"""

from siamese.imaging.strokes.canvas_json import from_canvas, is_echo, to_canvas
from siamese.imaging.strokes.checks import CANVAS, MAX_POINTS, MAX_STROKES, PEN, Strokes, checked
from siamese.imaging.strokes.link_text import decode, encode, quantised, simplified
from siamese.imaging.strokes.rendering import render

__all__ = [
    "CANVAS",
    "MAX_POINTS",
    "MAX_STROKES",
    "PEN",
    "Strokes",
    "checked",
    "decode",
    "encode",
    "from_canvas",
    "is_echo",
    "quantised",
    "render",
    "simplified",
    "to_canvas",
]
