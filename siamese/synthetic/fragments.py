"""Synthetic classes made of fragments of the training digits' strokes.

The skeleton of a digit's ink is traced as a pen would move along it. Fragments of such traces, from several images and
digits, are rotated, mirrored, stretched and joined, and rendered with a round pen. Apart from their strokes the classes
are made as `glyphs` makes them, but each curve was written by a person.
"""

from __future__ import annotations

import numpy as np

from siamese.synthetic.glyphs import Stroke, glyph_pool, spline
from siamese.synthetic.skeleton import skeletons

BOX = 40.0  # a digit's box on the grid of the skeletons
SHORTEST = 9  # pixels of that grid: shorter traces are spurs
KNOT = 8.0  # pixels from one control point of a fragment to the next
_NEIGHBOURS = [(-1, 0), (0, 1), (1, 0), (0, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)]  # straight steps first

Pixel = tuple[int, int]  # row, column


def fragment_pool(
    rng: np.random.Generator,
    images: np.ndarray,
    classes: int,
    count: int,
    traced: int = 4000,
) -> tuple[np.ndarray, int]:
    """Images (classes, count, 28, 28) uint8 of classes that pass the filter, and the number of classes rejected.

    Args:
        images: (n, 28, 28) uint8, of which `traced` at random are used.
    """
    chosen = rng.permutation(len(images))[:traced]
    traces = [trace for skeleton in skeletons(images[chosen]) for trace in stroke_traces(skeleton)]
    return glyph_pool(rng, classes, count, new_stroke=lambda generator, start: _fragment(generator, start, traces))


def stroke_traces(skeleton: np.ndarray) -> list[np.ndarray]:
    """Traces (m, 2) as (x, y) that a pen may have followed along `skeleton` (h, w) bool, a mask one pixel wide.

    A trace starts at a loose end where there is one, and goes straight on where lines cross.
    """
    unvisited = {(int(y), int(x)) for y, x in np.argwhere(skeleton)}
    ends = [pixel for pixel in unvisited if _count_neighbours(pixel, unvisited) == 1]
    traces = []
    while unvisited:
        start = next((end for end in ends if end in unvisited), None) or min(unvisited)
        trace = _trace(start, unvisited)
        if len(trace) >= SHORTEST:
            traces.append(np.array(trace, float)[:, ::-1])
    return traces


def _trace(start: Pixel, unvisited: set[Pixel]) -> list[Pixel]:
    """The pixels from `start` on, as far as a pen can go along `unvisited`, from which they are removed."""
    unvisited.discard(start)
    pixel, trace, heading = start, [start], np.zeros(2)
    while steps := [step for step in _NEIGHBOURS if (pixel[0] + step[0], pixel[1] + step[1]) in unvisited]:
        step = max(steps, key=lambda one: (heading @ one) / np.hypot(*one) - 0.01 * np.hypot(*one))
        pixel = (pixel[0] + step[0], pixel[1] + step[1])
        unvisited.discard(pixel)
        trace.append(pixel)
        heading = 0.7 * heading + 0.3 * np.array(step)
    return trace


def _count_neighbours(pixel: Pixel, pixels: set[Pixel]) -> int:
    return sum((pixel[0] + down, pixel[1] + across) in pixels for down, across in _NEIGHBOURS)


def _fragment(rng: np.random.Generator, start: np.ndarray, traces: list[np.ndarray]) -> Stroke:
    """A stroke from `start` (2,) on that is a piece of one of `traces`, rotated, mirrored and stretched at random."""
    trace = traces[rng.integers(len(traces))]
    length = max(SHORTEST, round(len(trace) * rng.uniform(0.3, 0.9)))
    first = rng.integers(0, len(trace) - length + 1)
    count = int(np.clip(round(length / KNOT), 2, 12)) + 1
    places = first + (length - 1) * np.linspace(0, 1, count)
    smoothed = np.array([trace[max(0, round(p) - 1) : round(p) + 2].mean(0) for p in places]) / BOX
    angle = rng.uniform(0, 2 * np.pi)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = matrix * np.exp(rng.normal(0, 0.25, 2)) * (1, rng.choice((-1, 1)))
    points = (smoothed - smoothed[0]) @ matrix.T
    return points + start, spline(count)
