"""The ready example set of *Teach it a symbol*: three made-up symbols and a query, as pen strokes of our own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Points of a box of 100 x 100 (x right, y down), joined by straight lines.
_STAR = [[(50, 4), (76, 92), (6, 36), (94, 36), (24, 92), (50, 4)]]
_HOUSE = [[(14, 46), (14, 96), (86, 96), (86, 46), (14, 46), (50, 6), (86, 46)]]
_NOTE = [
    [(34, 82), (30, 92), (18, 94), (10, 86), (14, 76), (26, 74), (34, 82), (34, 8), (84, 20), (84, 44), (34, 32)],
]
_OTHER_STAR = [[(46, 8), (72, 90), (10, 42), (92, 32), (28, 96), (47, 6)]]

_TREMBLE = 1.2  # units of the box


def _drawn(
    ways: Sequence[Sequence[tuple[float, float]]], rng: np.random.Generator, turn: float = 0.0
) -> list[np.ndarray]:
    """The strokes in canvas units, with a hand's tremble, turned by `turn` radians."""
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    strokes = []
    for points in ways:
        corners = np.array(points, float) - 50
        along = np.linspace(0, len(points) - 1, 8 * len(points))
        line = np.stack([np.interp(along, range(len(points)), column) for column in corners.T], 1)
        wobble = rng.normal(0, _TREMBLE, (len(points) * 2, 2))
        line += np.stack(
            [np.interp(along, np.linspace(0, len(points) - 1, len(wobble)), column) for column in wobble.T], 1
        )
        strokes.append(line @ matrix.T * 2.1 + 140)
    return strokes


def symbols() -> dict[str, list[np.ndarray]]:
    """Name -> strokes of one example."""
    rng = np.random.default_rng(3)
    return {"star": _drawn(_STAR, rng), "house": _drawn(_HOUSE, rng), "note": _drawn(_NOTE, rng)}


def query() -> list[np.ndarray]:
    """Strokes of the query: one of the symbols, drawn once more and not as well."""
    return _drawn(_OTHER_STAR, np.random.default_rng(4), turn=0.06)
