"""The canvas component's JSON (objects of Fabric.js) to strokes, and back; everything from a browser is checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from siamese.errors import InvalidDrawing
from siamese.imaging.strokes.checks import MAX_POINTS, MAX_STROKES, PEN, UNREADABLE, Strokes, checked

_POINTS_PER_COMMAND = {"M": 1, "L": 1, "Q": 2, "C": 3}  # of a path
_FAR = 1e6  # beyond this a number is no place on a canvas, and its square would overflow


def from_canvas(drawing: Any) -> list[np.ndarray]:
    """The strokes of the canvas component's JSON, [] for an empty canvas.

    Objects that the person moved, scaled or turned come out where they are shown. Objects that are no pen strokes are
    passed over.

    Raises:
        InvalidDrawing: not such a JSON, numbers that are not finite, or too many strokes or points.
    """
    if drawing is None:
        return []
    objects = drawing.get("objects") if isinstance(drawing, dict) else None
    if not isinstance(objects, list):
        raise InvalidDrawing(UNREADABLE)
    if len(objects) > MAX_STROKES:
        raise InvalidDrawing(f"This drawing has more than {MAX_STROKES} strokes.")
    paths = [item for item in objects if _is_path(item)]
    if sum(len(item["path"]) for item in paths) > MAX_POINTS:
        raise InvalidDrawing("This drawing has too many points.")
    return checked([_placed(item, _path_points(item["path"])) for item in paths])


def _is_path(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("type", "")).lower() == "path" and isinstance(item.get("path"), list)


def _path_points(path: list[Any]) -> np.ndarray:
    """Points (n, 2) along the path's lines and curves, among them the curves' extremes."""
    points: list[tuple[float, float]] = []
    for command in path:
        if command in (["Z"], ["z"]):
            continue
        if not (
            isinstance(command, list) and command and isinstance(command[0], str) and command[0] in _POINTS_PER_COMMAND
        ):
            raise InvalidDrawing(UNREADABLE)
        values = _numbers(command[1:], 2 * _POINTS_PER_COMMAND[command[0]])
        if command[0] in "ML" or not points:
            points.append((values[-2], values[-1]))
        elif command[0] == "Q":
            points += _quadratic(points[-1], *values)
        else:
            points += _cubic(points[-1], *values)
    return np.array(points, float).reshape(-1, 2)


def _quadratic(start: tuple[float, float], cx: float, cy: float, x: float, y: float) -> list[tuple[float, float]]:
    """Points of the quadratic Bézier curve after its start."""
    # Python's floats, since a stroke has some 60 short curves, which are too small for arrays to pay.
    at = {0.25, 0.5, 0.75, 1.0}
    for first, control, last in ((start[0], cx, x), (start[1], cy, y)):
        bend = first - 2 * control + last
        if bend and 0 < (first - control) / bend < 1:  # where the curve turns, which is the edge of its bounding box
            at.add((first - control) / bend)
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * cx + t * t * x,
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * cy + t * t * y,
        )
        for t in sorted(at)
    ]


def _cubic(start: tuple[float, float], *values: float) -> list[tuple[float, float]]:
    """Points of the cubic Bézier curve after its start, approximately; the pen makes none."""
    control = np.array([*start, *values]).reshape(4, 2)
    t = np.linspace(0, 1, 17)[1:, None]
    basis = np.concatenate([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3], 1)
    return [(float(x), float(y)) for x, y in basis @ control]


def _numbers(values: Sequence[Any], count: int) -> list[float]:
    if len(values) != count or not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        raise InvalidDrawing(UNREADABLE)
    if not all(-_FAR <= value <= _FAR for value in values):  # which is false for NaN, too
        raise InvalidDrawing(UNREADABLE)
    return [float(value) for value in values]


def _placed(item: dict[str, Any], points: np.ndarray) -> np.ndarray:
    """The points (n, 2) where the object is shown; Fabric keeps the path and its placement separately."""
    if not len(points):
        return points

    def number(key: str, default: float) -> float:
        return _numbers([item.get(key, default)], 1)[0]

    scale = np.array([number("scaleX", 1), number("scaleY", 1)])
    size = np.array([number("width", 0), number("height", 0)])
    pen = number("strokeWidth", 0)
    corner = np.array([number("left", 0), number("top", 0)])
    angle = math.radians(number("angle", 0))
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    origin = np.array([_origin(item.get("originX"), "left"), _origin(item.get("originY"), "top")])
    # Fabric's box includes the pen, which it does not scale when strokeUniform is set.
    box = size * scale + pen * (np.ones(2) if item.get("strokeUniform") is True else scale)
    centre = corner + rotation @ ((0.5 - origin) * box)
    flip = np.array([-1.0 if item.get("flipX") is True else 1.0, -1.0 if item.get("flipY") is True else 1.0])
    middle = (points.min(0) + points.max(0)) / 2
    placed: np.ndarray = (points - middle) * scale * flip @ rotation.T + centre
    return placed


def _origin(value: Any, default: str) -> float:
    return {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}.get(
        value if isinstance(value, str) else default, 0.0
    )


def to_canvas(strokes: Strokes, pen: int = PEN, colour: str = "#0f172a") -> dict[str, Any]:
    """The canvas component's JSON that shows `strokes`, for its `initial_drawing`."""
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


def is_echo(strokes: Strokes, initial: Strokes) -> bool:
    """Whether `strokes` are the `initial` ones as the canvas sends them back, with places rounded to hundredths."""
    if len(strokes) != len(initial):
        return False
    expected = from_canvas(to_canvas(initial))
    return len(strokes) == len(expected) and all(
        len(stroke) == len(other) and np.allclose(stroke, other, rtol=0, atol=0.05)
        for stroke, other in zip(strokes, expected)
    )
