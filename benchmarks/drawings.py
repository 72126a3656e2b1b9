"""What canvases send, stroke by stroke, and the verdict that each stroke must bring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from siamese import Verifier
from siamese.errors import SiameseError
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing

SIDES = ("left", "right")


@dataclass(frozen=True)
class Stroke:
    """One message of a canvas, and what must come of it.

    Attributes:
        canvas: the key of the canvas; the other one stays as it was.
        drawing: the JSON text that it sends, which holds all of its strokes.
        verdict: the distance as the page writes it, computed here by a verifier of our own, or "" for a prompt.
    """

    canvas: str
    drawing: str
    verdict: str


def session(rng: np.random.Generator, verifier: Verifier) -> Iterator[Stroke]:
    """The strokes of one person without end: digits by our pen, on the left and on the right in turn."""
    shown: dict[str, np.ndarray | None] = dict.fromkeys(SIDES)
    while True:
        for side in SIDES:
            digit = pens.draw(int(rng.integers(10)), rng)
            for count in range(1, len(digit) + 1):
                raw = fabric(digit[:count])
                try:
                    shown[side] = from_drawing(strokes.render(strokes.quantised(strokes.from_canvas(raw))))
                except SiameseError:  # the first line of a 4, say, may be too little; then the page asks for more
                    shown[side] = None
                left, right = shown.values()
                ready = left is not None and right is not None
                verdict = f"{verifier.compare(left, right).distance:.6f}" if ready else ""
                yield Stroke(f"{side}.canvas", json.dumps({"drawing": {"raw": raw, "data": None}}), verdict)


def fabric(drawn: list[np.ndarray]) -> dict:
    """The JSON of the canvas component for these strokes: a path through the middles between the pen's places."""
    objects = []
    for points in drawn:
        points = np.round(points, 4).tolist()
        path: list[list] = [["M", *points[0]]]
        for here, after in pairwise(points):
            path.append(["Q", *here, (here[0] + after[0]) / 2, (here[1] + after[1]) / 2])
        path.append(["L", *points[-1]])
        places = np.array(points)
        low, high = places.min(0), places.max(0)
        objects.append(
            {
                "cropX": 0, "cropY": 0, "type": "Path", "version": "7.2.0", "originX": "center", "originY": "center",
                "left": float((low[0] + high[0]) / 2), "top": float((low[1] + high[1]) / 2),
                "width": float(high[0] - low[0]), "height": float(high[1] - low[1]),
                "fill": None, "stroke": "#0f172a", "strokeWidth": strokes.PEN, "strokeDashArray": None,
                "strokeLineCap": "round", "strokeDashOffset": 0, "strokeLineJoin": "round", "strokeUniform": True,
                "strokeMiterLimit": 10, "scaleX": 1, "scaleY": 1, "angle": 0, "flipX": False, "flipY": False,
                "opacity": 1, "shadow": None, "visible": True, "backgroundColor": "", "fillRule": "nonzero",
                "paintFirst": "fill", "globalCompositeOperation": "source-over", "skewX": 0, "skewY": 0, "path": path,
            }
        )  # fmt: skip
    return {"version": "7.2.0", "objects": objects, "background": "#ffffff"}
