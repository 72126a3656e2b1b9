"""What a drawing is, and the check of strokes that come from outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siamese.errors import InvalidDrawing

CANVAS = 280  # side of the canvas; strokes and pens are measured in its units
PEN = 18  # width of the pen
MAX_STROKES = 60
MAX_POINTS = 6000  # of a whole drawing; a long scrawl has some 2,000
UNREADABLE = "This drawing cannot be read. Clear it and draw again."

Strokes = Sequence[np.ndarray]


def checked(strokes: Strokes) -> list[np.ndarray]:
    """The strokes as float arrays (n, 2), without empty ones, clipped to the canvas and a margin as wide around it.

    Raises:
        InvalidDrawing: wrong shapes, numbers that are not finite, or too many.
    """
    if len(strokes) > MAX_STROKES:
        raise InvalidDrawing(f"This drawing has more than {MAX_STROKES} strokes.")
    drawing = []
    for stroke in strokes:
        points = np.asarray(stroke, float)
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise InvalidDrawing(UNREADABLE)
        drawing.append(np.clip(points, -CANVAS, 2 * CANVAS))
    if sum(map(len, drawing)) > MAX_POINTS * 4:
        raise InvalidDrawing("This drawing has too many points.")
    return drawing
