"""Synthetic pen-stroke glyphs, as classes that are no digits.

A class is a random arrangement of one to four strokes. Its instances vary as a person's handwriting does (Lake et al.
2015 describe characters as programs of strokes in this way). No image of a real digit is used. Classes that look like
0, 1, 8 or 9 are rejected by `look_alikes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from siamese.constants import SIDE
from siamese.synthetic.look_alikes import looks_like_unseen

OVERSAMPLING = 4  # a stroke is drawn at this multiple of the final size, then averaged: soft edges like MNIST's
POINTS = 24  # vertices of a drawn stroke

#: (control points (k, c, 2), positions 0..1 (1, m, 1)) -> points of k curves (k, m, 2)
Curve = Callable[[np.ndarray, np.ndarray], np.ndarray]
#: control points (c, 2), and the curve through them
Stroke = tuple[np.ndarray, Curve]
#: (generator, start (2,)) -> a stroke from there on
NewStroke = Callable[[np.random.Generator, np.ndarray], Stroke]


@dataclass(frozen=True)
class Variation:
    """How much the instances of one glyph differ, lengths as shares of the glyph's box.

    Attributes:
        control: standard deviation of each control point; it is sampled for each class between these two.
        warp: standard deviation of a smooth displacement shared by all strokes.
        rotation: standard deviation in radians.
        slant: standard deviation of the column shift per row.
        aspect: standard deviation of the logarithm of width against height.
        trim: share of a stroke that may be missing, or be overshot, at either end.
        jag: standard deviation of independent noise on each vertex in a third of the instances.
        width: thinnest and thickest pen, pixels of the 28 × 28 image.
    """

    control: tuple[float, float] = (0.02, 0.05)
    warp: float = 0.035
    rotation: float = 0.07
    slant: float = 0.2
    aspect: float = 0.17
    trim: float = 0.1
    jag: float = 0.008
    width: tuple[float, float] = (1.3, 3.7)


def spline(count: int) -> Curve:
    """A smooth curve through `count` points (Catmull and Rom 1974)."""

    def evaluate(points: np.ndarray, positions: np.ndarray) -> np.ndarray:
        padded = np.concatenate([2 * points[:, :1] - points[:, 1:2], points, 2 * points[:, -1:] - points[:, -2:-1]], 1)
        start, u = _segment(positions, count)
        a, b, c, d = (padded[:, start + offset] for offset in range(4))
        return np.asarray(
            0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)
        )

    return evaluate


def _polyline(count: int) -> Curve:
    """Straight lines from each of `count` points to the next."""

    def evaluate(points: np.ndarray, positions: np.ndarray) -> np.ndarray:
        start, u = _segment(positions, count)
        return np.asarray(points[:, start] * (1 - u) + points[:, start + 1] * u)

    return evaluate


def _segment(positions: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The index (m,) of the point before each position 0..1 (1, m, 1) along `count` points, and the rest (1, m, 1)."""
    place = positions[0, :, 0] * (count - 1)
    start = np.minimum(place.astype(int), count - 2)
    return start, (place - start)[None, :, None]


def _random_stroke(rng: np.random.Generator, start: np.ndarray) -> Stroke:
    """A stroke from `start` (2,) on: a straight line, a curve, a zigzag, an arc or a loop."""
    kind = rng.choice(5, p=(0.26, 0.28, 0.12, 0.22, 0.12))
    if kind == 0:
        return np.stack([start, rng.random(2)]), _polyline(2)
    if kind == 1:
        count = int(rng.integers(3, 5))
        return np.concatenate([[start], rng.uniform(-0.05, 1.05, (count - 1, 2))]), spline(count)
    if kind == 2:
        count = int(rng.integers(3, 5))
        return np.concatenate([[start], rng.random((count - 1, 2))]), _polyline(count)
    # Arcs and loops: seven points on an ellipse, each of which an instance moves by itself.
    sweep = rng.choice((-1, 1)) * (rng.uniform(0.8, 1.6) if kind == 3 else rng.uniform(1.75, 2.15)) * np.pi
    angle = rng.uniform(0, 2 * np.pi) + sweep * np.linspace(0, 1, 7)
    radius = rng.uniform(0.13, 0.45) * np.exp(rng.normal(0, 0.3, 2))
    circle = radius * np.stack([np.cos(angle), np.sin(angle)], 1)
    return circle - circle[0] + start, spline(7)


def random_glyph(rng: np.random.Generator, new_stroke: NewStroke = _random_stroke) -> list[Stroke]:
    """The strokes of a new class."""
    strokes: list[Stroke] = []
    for _ in range(rng.choice((1, 2, 3, 4), p=(0.28, 0.40, 0.24, 0.08))):
        chance = rng.random()
        if not strokes or chance < 0.25:
            start = rng.random(2)
        elif chance < 0.65:
            start = strokes[-1][0][-1]  # the pen goes on from where it is
        else:
            points, curve = strokes[rng.integers(len(strokes))]
            start = curve(points[None], np.full((1, 1, 1), rng.random()))[0, 0]
        strokes.append(new_stroke(rng, start))
    return strokes


@dataclass(frozen=True)
class _Warp:
    """Smooth displacements, one an instance: two sine waves for each axis.

    Attributes:
        waves: (axis, wave, 2) frequencies, the same for all instances of a class.
        amplitudes, phases: (count, 1, axis, wave).
    """

    waves: np.ndarray
    amplitudes: np.ndarray
    phases: np.ndarray

    @classmethod
    def random(cls, rng: np.random.Generator, count: int, deviation: float) -> _Warp:
        """Displacements of `count` instances with this standard deviation."""
        waves = rng.uniform(1.5, 4.0, (2, 2, 2))
        amplitudes = _normal(rng, deviation, count, 1, 2, 2)
        return cls(waves, amplitudes, rng.uniform(0, 2 * np.pi, (count, 1, 2, 2)))

    def displace(self, lines: np.ndarray) -> None:
        """Moves the vertices of lines (count, m, 2) in place, one axis and wave after the other."""
        for axis in range(2):
            for wave in range(2):
                phase = self.phases[:, :, axis, wave]
                lines[..., axis] += self.amplitudes[:, :, axis, wave] * np.sin(lines @ self.waves[axis, wave] + phase)


def instances(rng: np.random.Generator, glyph: list[Stroke], count: int, variation: Variation) -> list[np.ndarray]:
    """`count` samples of one glyph: for each stroke its vertices (count, POINTS, 2) as (x, y)."""
    deviation = rng.uniform(*variation.control)
    warp = _Warp.random(rng, count, variation.warp)
    matrix = _random_matrices(rng, count, variation)
    jag = np.where(rng.random((count, 1, 1)) < 0.33, variation.jag, 0.0)
    strokes = []
    for points, curve in glyph:
        moved = _moved_controls(rng, points, count, deviation)
        trims = _normal(rng, variation.trim / 2, count, 2) * (rng.random((count, 2)) < 0.6)
        trims = np.clip(trims, -variation.trim, 1)
        lines = curve(moved, np.linspace(0, 1, POINTS)[None, :, None])  # (count, POINTS, 2)
        lines = _cut(lines, trims[:, :1], trims[:, 1:])
        warp.displace(lines)
        lines = lines + rng.normal(0, 1, lines.shape) * jag
        strokes.append((lines - 0.5) @ matrix.transpose(0, 2, 1))
    return strokes


def _random_matrices(rng: np.random.Generator, count: int, variation: Variation) -> np.ndarray:
    """Matrices (count, 2, 2) of a random rotation after a random slant and aspect."""
    angle = _normal(rng, variation.rotation, count)
    aspect = _normal(rng, variation.aspect, count) / 2
    rotate = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1).reshape(count, 2, 2)
    shear = np.zeros((count, 2, 2))
    shear[:, 0, 0], shear[:, 1, 1] = np.exp(aspect), np.exp(-aspect)
    shear[:, 0, 1] = _normal(rng, variation.slant, count)
    return np.asarray(rotate @ shear)


def _moved_controls(rng: np.random.Generator, points: np.ndarray, count: int, deviation: float) -> np.ndarray:
    """Control points (count, c, 2): `points` (c, 2), each moved by itself and all of a stroke together."""
    span = np.ptp(points, 0).max()
    # Small strokes vary less in place than large ones.
    moved = points + _normal(rng, deviation * (0.35 + 0.65 * min(span, 1)), count, *points.shape)
    return np.asarray(moved + _normal(rng, deviation * 0.6, count, 1, 2))


def _normal(rng: np.random.Generator, deviation: float, *shape: int) -> np.ndarray:
    return rng.normal(0, 1, shape) * deviation


def _cut(lines: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Lines (k, m, 2) from share `first` (k, 1) on to 1 - `last`; negative values run past the ends."""
    m = lines.shape[1]
    place = (first + (1 - last - first) * np.linspace(0, 1, m)) * (m - 1)  # (k, m)
    low = np.clip(np.floor(place).astype(int), 0, m - 2)
    share = (place - low)[..., None]
    rows = np.arange(len(lines))[:, None]
    return np.asarray(lines[rows, low] * (1 - share) + lines[rows, low + 1] * share)


def render(strokes: list[np.ndarray], widths: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) uint8 of samples, framed as MNIST is: ink box 20, centre of mass in the middle.

    Args:
        strokes: for each stroke its vertices (n, m, 2).
        widths: (n,) pen width in pixels of the result.
    """
    images = np.empty((len(widths), SIDE, SIDE), np.uint8)
    framed = _framed(strokes, widths)
    for index, width in enumerate(widths):
        canvas = Image.new("L", (SIDE * OVERSAMPLING, SIDE * OVERSAMPLING))
        pen = ImageDraw.Draw(canvas)
        for lines in framed:
            _draw_line(pen, lines[index] * OVERSAMPLING, float(width * OVERSAMPLING))
        images[index] = np.asarray(canvas.reduce(OVERSAMPLING))
    return images


def _framed(strokes: list[np.ndarray], widths: np.ndarray) -> list[np.ndarray]:
    """Vertices (n, m, 2) of each stroke in pixels of the image, framed as MNIST is."""
    vertices = np.concatenate(strokes, 1)
    low, high = vertices.min(1), vertices.max(1)
    scale = np.maximum(20 - widths, 8) / np.maximum((high - low).max(1), 1e-3)
    lengths = [np.linalg.norm(np.diff(lines, axis=1), axis=2) for lines in strokes]
    middles = [(lines[:, 1:] + lines[:, :-1]) / 2 for lines in strokes]
    weight = np.concatenate(lengths, 1)[..., None]
    centre = (np.concatenate(middles, 1) * weight).sum(1) / np.maximum(weight.sum(1), 1e-6)
    # A centre of mass far from the box's would push ink over the edge.
    farthest = ((13.5 - widths / 2) / scale)[:, None]
    centre = np.clip(centre, high - farthest, low + farthest)
    return [(lines - centre[:, None]) * scale[:, None, None] + SIDE / 2 for lines in strokes]


def _draw_line(pen: ImageDraw.ImageDraw, points: np.ndarray, width: float) -> None:
    """Draws a line through `points` (m, 2) with round ends and corners."""
    radius = width / 2
    pen.line(points.ravel().tolist(), fill=255, width=max(round(width), 1))
    turn = np.diff(np.arctan2(*np.diff(points, axis=0).T))
    sharp = np.flatnonzero(np.cos(turn) < 0.9) + 1
    for vertex in (0, *sharp.tolist(), len(points) - 1):
        x, y = points[vertex]
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def glyph_pool(
    rng: np.random.Generator,
    classes: int,
    count: int,
    variation: Variation = Variation(),
    new_stroke: NewStroke = _random_stroke,
) -> tuple[np.ndarray, int]:
    """Images (classes, count, 28, 28) uint8 of classes that pass the filter, and the number of classes rejected.

    Args:
        count: instances of each class.
        new_stroke: makes the strokes.
    """
    kept: list[np.ndarray] = []
    rejected = 0
    while len(kept) < classes:
        batch = [random_glyph(rng, new_stroke) for _ in range(256)]
        prototypes = np.concatenate([render(_prototype(glyph), np.array([1.8])) for glyph in batch])
        bad = looks_like_unseen(prototypes)
        rejected += int(bad.sum())
        for glyph in [glyph for glyph, wrong in zip(batch, bad) if not wrong][: classes - len(kept)]:
            kept.append(render(instances(rng, glyph, count, variation), rng.uniform(*variation.width, count)))
    return np.array(kept), rejected


def _prototype(glyph: list[Stroke]) -> list[np.ndarray]:
    """The vertices (1, POINTS, 2) of each stroke of a class, without any variation."""
    return [curve(points[None], np.linspace(0, 1, POINTS)[None, :, None]) for points, curve in glyph]
