"""The rendering of strokes as pixels."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from siamese.imaging.strokes.checks import CANVAS, PEN, Strokes, checked

INK = (15, 23, 42)  # red, green, blue
_OVERSAMPLING = 2  # drawn at twice the size and averaged, for smooth edges


def render(strokes: Strokes, size: int = CANVAS, width: float = PEN) -> np.ndarray:
    """The drawing as RGBA (size, size, 4) uint8: dark ink with round ends on a transparent background.

    Args:
        strokes: arrays (n, 2) of x and y, in a canvas of 280 by 280.
        size: side of the picture, in pixels.
        width: of the pen, in canvas units like the strokes.

    Raises:
        InvalidDrawing: wrong shapes, numbers that are not finite, or too many.

    Example:
        >>> import numpy as np
        >>> from siamese.imaging import strokes
        >>> rgba = strokes.render([np.array([[140.0, 40.0], [140.0, 240.0]])], size=140)
        >>> rgba.shape, rgba[70, 70].tolist(), int(rgba[0, 0, 3])
        ((140, 140, 4), [15, 23, 42, 255], 0)
    """
    scale = _OVERSAMPLING * size / CANVAS
    radius = max(width * scale / 2 - 0.5, 0.5)  # Pillow paints all pixels that a circle touches, half a pixel more
    ink = Image.new("L", (_OVERSAMPLING * size, _OVERSAMPLING * size))
    draw = ImageDraw.Draw(ink)
    for stroke in checked(strokes):
        points = (_thinned(stroke, width / 8) * scale - 0.5).tolist()
        for x, y in points:  # a circle at each point makes ends and joins round
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        if len(points) > 1:
            draw.line([value for point in points for value in point], fill=255, width=round(2 * radius))
    rgba = np.empty((size, size, 4), np.uint8)
    rgba[..., :3] = INK
    rgba[..., 3] = np.asarray(ink.reduce(_OVERSAMPLING))
    return rgba


def _thinned(stroke: np.ndarray, step: float) -> np.ndarray:
    """The stroke without points closer than `step` to the one before; both ends stay."""
    indices = [0]
    x0, y0 = stroke[0]
    for index, (x, y) in enumerate(stroke[:-1].tolist()):
        if (x - x0) ** 2 + (y - y0) ** 2 >= step * step:
            indices.append(index)
            x0, y0 = x, y
    return stroke[[*indices, len(stroke) - 1] if len(stroke) > 1 else indices]
