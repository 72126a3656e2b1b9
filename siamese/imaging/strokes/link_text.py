"""A drawing as a short text for links: coordinates are quantised to one byte each."""

from __future__ import annotations

import base64

import numpy as np

from siamese.errors import InvalidDrawing
from siamese.imaging.strokes.checks import CANVAS, Strokes, checked

_GRID = 254  # positions along each axis; the byte 255 ends a stroke
_TOLERANCES = (0.8, 1.2, 2, 3, 5, 8, 12)  # canvas units by which the text may stray from a stroke
_MAX_TEXT = 4000
_UNREADABLE = "The drawing in this link cannot be read."


def encode(strokes: Strokes, limit: int = 700) -> str:
    """The drawing as URL-safe text of at most `limit` characters, no coarser than the limit asks for.

    The strokes that `decode` gives become the same text again.

    Raises:
        InvalidDrawing: no tolerance makes it fit, as of a scrawl of dozens of strokes.
    """
    drawing = checked(strokes)
    for tolerance in _TOLERANCES:
        values: list[int] = []
        for stroke in drawing:
            is_simple = tolerance == _TOLERANCES[0] and _on_grid(stroke)
            grid = np.clip(_in_grid(stroke if is_simple else simplified(stroke, tolerance)), 0, _GRID).astype(int)
            values += [*grid.ravel().tolist(), 255]
        text = base64.urlsafe_b64encode(bytes(values)).decode().rstrip("=")
        if len(text) <= limit:
            return text
    raise InvalidDrawing("This drawing is too long for a link.")


def decode(text: str) -> list[np.ndarray]:
    """The strokes of a text made by `encode`.

    Raises:
        InvalidDrawing: any other text.
    """
    if not isinstance(text, str) or len(text) > _MAX_TEXT:
        raise InvalidDrawing(_UNREADABLE)
    try:
        values = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidDrawing(_UNREADABLE) from error
    strokes = []
    for part in values.split(b"\xff")[:-1]:
        if not part or len(part) % 2:
            raise InvalidDrawing(_UNREADABLE)
        strokes.append(np.frombuffer(part, np.uint8).reshape(-1, 2).astype(float) * CANVAS / _GRID)
    if values and not values.endswith(b"\xff"):
        raise InvalidDrawing(_UNREADABLE)
    return checked(strokes)


def quantised(strokes: Strokes, limit: int = 700) -> list[np.ndarray]:
    """The drawing as a link of at most `limit` characters holds it, or as it is where no link can hold it.

    Drawings are compared in this form, so that whoever opens the link gets exactly the same distance.
    """
    try:
        return decode(encode(strokes, limit))
    except InvalidDrawing:
        return checked(strokes)


def simplified(stroke: np.ndarray, tolerance: float) -> np.ndarray:
    """The stroke (n, 2) reduced to points from which it strays by at most `tolerance` (Douglas and Peucker 1973)."""
    points = stroke.tolist()  # Python's floats, since most segments are too short for arrays to pay
    kept = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        farthest, square = _farthest(points, first, last)
        if square > tolerance * tolerance:
            kept.add(farthest)
            todo += [(first, farthest), (farthest, last)]
    return stroke[sorted(kept)]


def _farthest(points: list[list[float]], first: int, last: int) -> tuple[int, float]:
    """The index of the point between two others that is farthest from their segment, and its distance, squared."""
    x0, y0 = points[first]
    along_x, along_y = points[last][0] - x0, points[last][1] - y0
    length = max(along_x * along_x + along_y * along_y, 1e-9)
    farthest, most = first, -1.0
    for index in range(first + 1, last):
        x, y = points[index]
        x, y = x - x0, y - y0
        fraction = (x * along_x + y * along_y) / length
        fraction = 0.0 if fraction < 0 else 1.0 if fraction > 1 else fraction
        x, y = x - fraction * along_x, y - fraction * along_y
        square = x * x + y * y
        if square > most:
            farthest, most = index, square
    return farthest, most


def _in_grid(stroke: np.ndarray) -> np.ndarray:
    """The stroke in units of the grid, rounded."""
    return np.round(stroke / CANVAS * _GRID)


def _on_grid(stroke: np.ndarray) -> bool:
    """Whether the stroke was decoded from a text; a canvas that was started with it may have rounded its places."""
    return bool(np.abs(_in_grid(stroke) * CANVAS / _GRID - stroke).max() < 0.05)
