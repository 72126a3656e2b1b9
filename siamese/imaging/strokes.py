"""Drawings as strokes: from and to the canvas, as a short text for links, and as pixels.

A stroke is an (n, 2) float array of x, y in a square canvas of side `CANVAS`; a drawing is a list
of strokes. Everything that comes from a browser is checked here.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from siamese.errors import InvalidDrawing

CANVAS = 280
PEN = 18
MAX_STROKES = 60
MAX_POINTS = 6000  # of a whole drawing; a long scrawl has some 2,000
INK = (15, 23, 42)
_GRID = 254  # positions of the compact text: one byte a coordinate, 255 ends a stroke
_TOLERANCES = (0.8, 1.2, 2, 3, 5, 8, 12)  # how far, in canvas units, the compact text may stray from a stroke
_STEPS = {"M": 1, "L": 1, "Q": 2, "C": 3}  # points that each path command carries
_FAR = 1e6
_FINER = 2  # drawn at twice the size and averaged, for smooth edges
_UNREADABLE = "This drawing cannot be read. Clear it and draw again."

Strokes = Sequence[np.ndarray]


def from_canvas(drawing: Any) -> list[np.ndarray]:
    """The strokes of the canvas component's JSON (Fabric.js objects), [] for an empty canvas.

    Objects that the person moved, scaled or turned come out where they are seen. Objects that are
    no pen strokes are passed over.

    Raises:
        InvalidDrawing: not such a JSON, numbers that are not finite, or more than we accept.
    """
    if drawing is None:
        return []
    objects = drawing.get("objects") if isinstance(drawing, dict) else None
    if not isinstance(objects, list):
        raise InvalidDrawing(_UNREADABLE)
    if len(objects) > MAX_STROKES:
        raise InvalidDrawing(f"This drawing has more than {MAX_STROKES} strokes.")
    paths = [item for item in objects if _is_path(item)]
    if sum(len(item["path"]) for item in paths) > MAX_POINTS:
        raise InvalidDrawing("This drawing has too many points.")
    return checked([_placed(item, _path_points(item["path"])) for item in paths])


def _is_path(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("type", "")).lower() == "path" and isinstance(item.get("path"), list)


def _path_points(path: list) -> np.ndarray:
    """Points (n, 2) along the path's lines and curves, among them the curves' extremes."""
    points: list[tuple[float, float]] = []
    for command in path:
        if command in (["Z"], ["z"]):
            continue
        if not (isinstance(command, list) and command and isinstance(command[0], str) and command[0] in _STEPS):
            raise InvalidDrawing(_UNREADABLE)
        values = _numbers(command[1:], 2 * _STEPS[command[0]])
        if command[0] in "ML" or not points:
            points.append((values[-2], values[-1]))
        elif command[0] == "Q":
            points += _quadratic(points[-1], *values)
        else:
            points += _cubic(points[-1], *values)
    return np.array(points, float).reshape(-1, 2)


def _quadratic(start: tuple[float, float], cx: float, cy: float, x: float, y: float) -> list[tuple[float, float]]:
    """Points of the quadratic Bézier curve after its start."""
    # Python's own floats: a stroke has some 60 short curves, too small for arrays to pay.
    at = {0.25, 0.5, 0.75, 1.0}
    for first, control, last in ((start[0], cx, x), (start[1], cy, y)):
        bend = first - 2 * control + last
        if bend and 0 < (first - control) / bend < 1:  # where the curve turns back: its bounding box ends there
            at.add((first - control) / bend)
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * cx + t * t * x,
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * cy + t * t * y,
        )
        for t in sorted(at)
    ]


def _cubic(start: tuple[float, float], *values: float) -> list[tuple[float, float]]:
    """Points of the cubic Bézier curve after its start; the pen makes none, so close is near enough."""
    control = np.array([*start, *values]).reshape(4, 2)
    t = np.linspace(0, 1, 17)[1:, None]
    basis = np.concatenate([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3], 1)
    return [(float(x), float(y)) for x, y in basis @ control]


def _numbers(values: Sequence[Any], count: int) -> list[float]:
    if len(values) != count or not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        raise InvalidDrawing(_UNREADABLE)
    # Beyond this a number is no place on a canvas, and its square would overflow.
    if not all(-_FAR <= value <= _FAR for value in values):  # false for NaN, too
        raise InvalidDrawing(_UNREADABLE)
    return [float(value) for value in values]


def _placed(item: dict, points: np.ndarray) -> np.ndarray:
    """The points where the object now stands: Fabric keeps the path and its placement apart."""
    if not len(points):
        return points

    def number(key: str, default: float) -> float:
        return _numbers([item.get(key, default)], 1)[0]

    scale = np.array([number("scaleX", 1), number("scaleY", 1)])
    size = np.array([number("width", 0), number("height", 0)])
    pen = number("strokeWidth", 0)
    corner = np.array([number("left", 0), number("top", 0)])
    angle = math.radians(number("angle", 0))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    origin = np.array([_origin(item.get("originX"), "left"), _origin(item.get("originY"), "top")])
    # Fabric's box includes the pen, which it does not scale when strokeUniform is set.
    box = size * scale + pen * (np.ones(2) if item.get("strokeUniform") is True else scale)
    centre = corner + turn @ ((0.5 - origin) * box)
    flip = np.array([-1.0 if item.get("flipX") is True else 1.0, -1.0 if item.get("flipY") is True else 1.0])
    middle = (points.min(0) + points.max(0)) / 2
    return (points - middle) * scale * flip @ turn.T + centre


def _origin(value: Any, default: str) -> float:
    return {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}.get(
        value if isinstance(value, str) else default, 0.0
    )


def checked(strokes: Strokes) -> list[np.ndarray]:
    """The strokes as float arrays (n, 2), without empty ones, within the canvas (and a margin).

    Raises:
        InvalidDrawing: wrong shapes, numbers that are not finite, or too many.
    """
    if len(strokes) > MAX_STROKES:
        raise InvalidDrawing(f"This drawing has more than {MAX_STROKES} strokes.")
    result = []
    for stroke in strokes:
        points = np.asarray(stroke, float)
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise InvalidDrawing(_UNREADABLE)
        result.append(np.clip(points, -CANVAS, 2 * CANVAS))
    if sum(map(len, result)) > MAX_POINTS * 4:
        raise InvalidDrawing("This drawing has too many points.")
    return result


def to_canvas(strokes: Strokes, pen: int = PEN, colour: str = "#0f172a") -> dict[str, Any]:
    """The canvas component's JSON that shows `strokes`: for `initial_drawing`."""
    objects = []
    for stroke in checked(strokes):
        points = np.round(stroke, 2)
        if len(points) == 1:  # a dot: a line of no length is not drawn everywhere
            points = np.concatenate([points, points + 0.1])
        low, high = points.min(0), points.max(0)
        objects.append(
            {
                "type": "Path",
                "originX": "center",
                "originY": "center",
                "left": float((low[0] + high[0]) / 2),
                "top": float((low[1] + high[1]) / 2),
                "width": float(high[0] - low[0]),
                "height": float(high[1] - low[1]),
                "fill": None,
                "stroke": colour,
                "strokeWidth": pen,
                "strokeLineCap": "round",
                "strokeLineJoin": "round",
                "path": [["M" if not i else "L", float(x), float(y)] for i, (x, y) in enumerate(points)],
            }
        )
    return {"version": "6", "objects": objects}


def is_echo(strokes: Strokes, given: Strokes) -> bool:
    """Whether the canvas sent back what it was started with: the same, but for places rounded to hundredths."""
    if len(strokes) != len(given):
        return False
    expected = from_canvas(to_canvas(given))
    return len(strokes) == len(expected) and all(
        len(stroke) == len(other) and np.allclose(stroke, other, rtol=0, atol=0.05)
        for stroke, other in zip(strokes, expected)
    )


def render(strokes: Strokes, size: int = CANVAS, width: float = PEN) -> np.ndarray:
    """The drawing as RGBA (size, size, 4) uint8: dark ink with round ends on a transparent ground.

    Args:
        width: of the pen, in canvas units like the strokes.
    """
    scale = _FINER * size / CANVAS
    radius = max(width * scale / 2 - 0.5, 0.5)  # Pillow paints the pixels that a circle touches, half a pixel more
    ink = Image.new("L", (_FINER * size, _FINER * size))
    draw = ImageDraw.Draw(ink)
    for stroke in checked(strokes):
        points = (_thinned(stroke, width / 8) * scale - 0.5).tolist()
        for x, y in points:  # a circle at each point makes the ends and the joins round
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        if len(points) > 1:
            draw.line([value for point in points for value in point], fill=255, width=round(2 * radius))
    rgba = np.empty((size, size, 4), np.uint8)
    rgba[..., :3] = INK
    rgba[..., 3] = np.asarray(ink.reduce(_FINER))
    return rgba


def _thinned(stroke: np.ndarray, step: float) -> np.ndarray:
    """The stroke without points closer than `step` to the one before; both ends stay."""
    kept = [0]
    x0, y0 = stroke[0]
    for index, (x, y) in enumerate(stroke[:-1].tolist()):
        if (x - x0) ** 2 + (y - y0) ** 2 >= step * step:
            kept.append(index)
            x0, y0 = x, y
    return stroke[[*kept, len(stroke) - 1] if len(stroke) > 1 else kept]


def simplified(stroke: np.ndarray, tolerance: float) -> np.ndarray:
    """The stroke (n, 2) with the fewest points that stay within `tolerance` (Douglas and Peucker 1973)."""
    keep = np.zeros(len(stroke), bool)
    keep[[0, -1]] = True
    todo = [(0, len(stroke) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        start, along = stroke[first], stroke[last] - stroke[first]
        offset = stroke[first + 1 : last] - start
        share = np.clip(offset @ along / max(float(along @ along), 1e-9), 0, 1)
        away = np.linalg.norm(offset - share[:, None] * along, axis=1)
        worst = int(away.argmax())
        if away[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            todo += [(first, middle), (middle, last)]
    return stroke[keep]


def encode(strokes: Strokes, limit: int = 700) -> str:
    """The drawing as URL-safe text of at most `limit` characters; coarser only where it must be.

    What `decode` gave becomes the same text again.

    Raises:
        InvalidDrawing: no tolerance makes it fit (a scrawl of dozens of strokes).
    """
    drawn = checked(strokes)
    for tolerance in _TOLERANCES:
        values: list[int] = []
        for stroke in drawn:
            done = tolerance == _TOLERANCES[0] and _on_grid(stroke)
            grid = np.clip(_in_grid(stroke if done else simplified(stroke, tolerance)), 0, _GRID).astype(int)
            values += [*grid.ravel().tolist(), 255]
        text = base64.urlsafe_b64encode(bytes(values)).decode().rstrip("=")
        if len(text) <= limit:
            return text
    raise InvalidDrawing("This drawing is too long for a link.")


def _in_grid(stroke: np.ndarray) -> np.ndarray:
    return np.round(stroke / CANVAS * _GRID)


def _on_grid(stroke: np.ndarray) -> bool:
    """Whether the stroke has been through the compact text: a canvas that was started with it rounds its places."""
    return bool(np.abs(_in_grid(stroke) * CANVAS / _GRID - stroke).max() < 0.05)


def shared(strokes: Strokes, limit: int = 700) -> list[np.ndarray]:
    """The drawing as a link of at most `limit` characters holds it, or as it is where no link can hold it.

    What is compared is this, so that whoever opens the link gets the very same distance.
    """
    try:
        return decode(encode(strokes, limit))
    except InvalidDrawing:
        return checked(strokes)


def decode(text: str) -> list[np.ndarray]:
    """The strokes of a text made by `encode`.

    Raises:
        InvalidDrawing: any other text.
    """
    if not isinstance(text, str) or len(text) > 4000:
        raise InvalidDrawing("The drawing in this link cannot be read.")
    try:
        values = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidDrawing("The drawing in this link cannot be read.") from error
    strokes = []
    for part in values.split(b"\xff")[:-1]:
        if not part or len(part) % 2:
            raise InvalidDrawing("The drawing in this link cannot be read.")
        strokes.append(np.frombuffer(part, np.uint8).reshape(-1, 2).astype(float) * CANVAS / _GRID)
    if values and not values.endswith(b"\xff"):
        raise InvalidDrawing("The drawing in this link cannot be read.")
    return checked(strokes)
