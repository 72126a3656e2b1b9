"""New classes written with pieces of the training digits' own strokes.

The middle line of a digit's ink is followed as a pen would go; pieces of such lines, of several writers and
digits, are turned, mirrored, stretched, joined, and drawn again with a round pen, as `redrawing` draws whole digits.
They are glyphs in every other way (`glyphs`), but each curve in them was written by a hand that wrote a training digit.
"""

from __future__ import annotations

import numpy as np

from siamese.synthetic.glyphs import glyph_pool, spline
from siamese.synthetic.skeleton import middle_lines

BOX = 40.0  # a digit's box on the grid of the middle lines
SHORTEST = 9  # pixels of that grid: shorter lines are spurs
KNOT = 8.0  # pixels from one control point of a piece to the next
_AROUND = [(-1, 0), (0, 1), (1, 0), (0, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)]  # straight steps first


def fragment_pool(
    rng: np.random.Generator,
    images: np.ndarray,
    classes: int,
    count: int,
    writers: int = 4000,
) -> tuple[np.ndarray, int]:
    """As `glyph_pool`, with strokes taken from `images` (n, 28, 28) uint8, of which `writers` are followed."""
    some = rng.permutation(len(images))[:writers]
    paths = [path for line in middle_lines(images[some]) for path in pen_paths(line)]
    return glyph_pool(rng, classes, count, new_stroke=lambda generator, start: _piece(generator, start, paths))


def pen_paths(line: np.ndarray) -> list[np.ndarray]:
    """The ways (m, 2) as (x, y) that a pen may have gone along `line` (h, w) bool, a mask one pixel wide.

    A way starts at a loose end where there is one, and goes straight on where lines cross.
    """
    left = {(int(y), int(x)) for y, x in np.argwhere(line)}
    ends = [place for place in left if _neighbours(place, left) == 1]
    paths = []
    while left:
        place = next((end for end in ends if end in left), None) or min(left)
        left.discard(place)
        way, heading = [place], np.zeros(2)
        while True:
            steps = [step for step in _AROUND if (place[0] + step[0], place[1] + step[1]) in left]
            if not steps:
                break
            step = max(steps, key=lambda one: (heading @ one) / np.hypot(*one) - 0.01 * np.hypot(*one))
            place = (place[0] + step[0], place[1] + step[1])
            left.discard(place)
            way.append(place)
            heading = 0.7 * heading + 0.3 * np.array(step)
        if len(way) >= SHORTEST:
            paths.append(np.array(way, float)[:, ::-1])
    return paths


def _neighbours(place: tuple[int, int], among: set) -> int:
    return sum((place[0] + down, place[1] + across) in among for down, across in _AROUND)


def _piece(rng: np.random.Generator, start: np.ndarray, paths: list[np.ndarray]):
    """(control points (c, 2), function of them and of positions 0..1) of a piece of one of `paths` from `start`."""
    path = paths[rng.integers(len(paths))]
    length = max(SHORTEST, round(len(path) * rng.uniform(0.3, 0.9)))
    first = rng.integers(0, len(path) - length + 1)
    count = int(np.clip(round(length / KNOT), 2, 12)) + 1
    places = first + (length - 1) * np.linspace(0, 1, count)
    soft = np.array([path[max(0, round(p) - 1) : round(p) + 2].mean(0) for p in places]) / BOX
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn = turn * np.exp(rng.normal(0, 0.25, 2)) * (1, rng.choice((-1, 1)))
    points = (soft - soft[0]) @ turn.T
    return points + start, spline(count)
