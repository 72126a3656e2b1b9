"""Invented pen-stroke glyphs, and the filter that rejects those which look like 0, 1, 8 or 9.

A class is a random arrangement of one to four strokes; its instances vary as a person's writing
does (Lake et al. 2015 describe characters as programs of strokes in this way). No image of a
real digit is used here.
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
#: (generator, start (2,)) -> (control points (c, 2), function of them and of positions 0..1)
NewStroke = Callable[[np.random.Generator, np.ndarray], tuple[np.ndarray, Callable]]


@dataclass(frozen=True)
class Variation:
    """How much the instances of one glyph differ, lengths as shares of the glyph's box.

    Attributes:
        control: standard deviation of each control point, drawn per class between these two.
        warp: of a smooth displacement shared by all strokes.
        rotation: radians.
        slant: column shift per row.
        aspect: of the logarithm of width against height.
        trim: share of a stroke that may be missing, or be overshot, at either end.
        jag: of independent noise on each vertex in the jagged third of the instances.
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


def _line(rng):
    return 2, lambda p, t: p[:, :1] + (p[:, 1:] - p[:, :1]) * t


def spline(count: int) -> Callable:
    """A smooth curve through `count` points (Catmull and Rom 1974)."""

    def evaluate(p, t):
        # (k, count, 2), (1, m, 1) -> (k, m, 2)
        padded = np.concatenate([2 * p[:, :1] - p[:, 1:2], p, 2 * p[:, -1:] - p[:, -2:-1]], 1)
        place = t[0, :, 0] * (count - 1)
        start = np.minimum(place.astype(int), count - 2)
        u = (place - start)[None, :, None]
        a, b, c, d = (padded[:, start + offset] for offset in range(4))
        return 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)

    return evaluate


def _polyline(count):
    def evaluate(p, t):
        place = t[0, :, 0] * (count - 1)
        start = np.minimum(place.astype(int), count - 2)
        u = (place - start)[None, :, None]
        return p[:, start] * (1 - u) + p[:, start + 1] * u

    return evaluate


def _random_stroke(rng: np.random.Generator, start: np.ndarray):
    """(control points (c, 2), function of them and of positions 0..1) of one stroke from `start`."""
    kind = rng.choice(5, p=(0.26, 0.28, 0.12, 0.22, 0.12))
    if kind == 0:
        return np.stack([start, rng.random(2)]), _polyline(2)
    if kind == 1:
        count = int(rng.integers(3, 5))
        return np.concatenate([[start], rng.uniform(-0.05, 1.05, (count - 1, 2))]), spline(count)
    if kind == 2:
        count = int(rng.integers(3, 5))
        return np.concatenate([[start], rng.random((count - 1, 2))]), _polyline(count)
    # Arcs and loops: seven points on an ellipse, jittered one by one by the instances.
    sweep = rng.choice((-1, 1)) * (rng.uniform(0.8, 1.6) if kind == 3 else rng.uniform(1.75, 2.15)) * np.pi
    angle = rng.uniform(0, 2 * np.pi) + sweep * np.linspace(0, 1, 7)
    radius = rng.uniform(0.13, 0.45) * np.exp(rng.normal(0, 0.3, 2))
    circle = radius * np.stack([np.cos(angle), np.sin(angle)], 1)
    return circle - circle[0] + start, spline(7)


def random_glyph(rng: np.random.Generator, new_stroke: NewStroke = _random_stroke) -> list:
    """The strokes of a new class: a list of (control points (c, 2), evaluation function)."""
    strokes: list = []
    ends: list = []
    for _ in range(rng.choice((1, 2, 3, 4), p=(0.28, 0.40, 0.24, 0.08))):
        chance = rng.random()
        if not ends or chance < 0.25:
            start = rng.random(2)
        elif chance < 0.65:
            start = ends[-1]  # the pen goes on, or starts where it left
        else:
            points, curve = strokes[rng.integers(len(strokes))]
            start = curve(points[None], np.full((1, 1, 1), rng.random()))[0, 0]
        stroke = new_stroke(rng, start)
        strokes.append(stroke)
        ends.append(stroke[0][-1])
    return strokes


def _normal(rng, scale, *shape):
    return rng.normal(0, 1, shape) * scale


def instances(rng: np.random.Generator, glyph: list, count: int, variation: Variation) -> list[np.ndarray]:
    """`count` writings of one glyph: for each stroke its vertices (count, POINTS, 2) as (x, y)."""
    amount = rng.uniform(*variation.control)
    waves = rng.uniform(1.5, 4.0, (2, 2, 2))
    bend = _normal(rng, variation.warp, count, 1, 2, 2)
    phase = rng.uniform(0, 2 * np.pi, (count, 1, 2, 2))
    angle = _normal(rng, variation.rotation, count)
    aspect = _normal(rng, variation.aspect, count) / 2
    rotate = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1).reshape(count, 2, 2)
    shear = np.zeros((count, 2, 2))
    shear[:, 0, 0], shear[:, 1, 1] = np.exp(aspect), np.exp(-aspect)
    shear[:, 0, 1] = _normal(rng, variation.slant, count)
    matrix = rotate @ shear
    jag = np.where(rng.random((count, 1, 1)) < 0.33, variation.jag, 0.0)
    drawn = []
    for points, curve in glyph:
        span = np.ptp(points, 0).max()
        # Small strokes vary less in place than large ones, as a fixed share of all strokes' size.
        moved = points + _normal(rng, amount * (0.35 + 0.65 * min(span, 1)), count, *points.shape)
        moved = moved + _normal(rng, amount * 0.6, count, 1, 2)
        ends = _normal(rng, variation.trim / 2, count, 2) * (rng.random((count, 2)) < 0.6)
        t = np.linspace(0, 1, POINTS)[None, :, None]
        line = curve(moved, t)  # (count, POINTS, 2)
        line = _cut(line, np.clip(ends[:, :1], -variation.trim, 1), np.clip(ends[:, 1:], -variation.trim, 1))
        for axis in range(2):
            for wave in range(2):
                line[..., axis] += bend[:, :, axis, wave] * np.sin(line @ waves[axis, wave] + phase[:, :, axis, wave])
        line = line + rng.normal(0, 1, line.shape) * jag
        drawn.append((line - 0.5) @ matrix.transpose(0, 2, 1))
    return drawn


def _cut(line: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Lines (k, m, 2) from share `first` (k, 1) on to 1 - `last`; negative values run past the ends."""
    m = line.shape[1]
    place = (first + (1 - last - first) * np.linspace(0, 1, m)) * (m - 1)  # (k, m)
    low = np.clip(np.floor(place).astype(int), 0, m - 2)
    share = (place - low)[..., None]
    rows = np.arange(len(line))[:, None]
    return line[rows, low] * (1 - share) + line[rows, low + 1] * share


def render(strokes: list[np.ndarray], widths: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) uint8 of writings, framed as MNIST is: ink box 20, centre of mass in the middle.

    Args:
        strokes: for each stroke its vertices (n, m, 2).
        widths: (n,) pen width in pixels of the result.
    """
    count = len(widths)
    vertices = np.concatenate(strokes, 1)
    low, high = vertices.min(1), vertices.max(1)
    scale = np.maximum(20 - widths, 8) / np.maximum((high - low).max(1), 1e-3)
    lengths = [np.linalg.norm(np.diff(line, axis=1), axis=2) for line in strokes]
    middles = [(line[:, 1:] + line[:, :-1]) / 2 for line in strokes]
    weight = np.concatenate(lengths, 1)[..., None]
    centre = (np.concatenate(middles, 1) * weight).sum(1) / np.maximum(weight.sum(1), 1e-6)
    # A centre of mass far from the box's would push ink over the edge.
    reach = 13.5 - widths / 2
    centre = np.clip(centre, high - (reach / scale)[:, None], low + (reach / scale)[:, None])
    side = SIDE * OVERSAMPLING
    images = np.empty((count, SIDE, SIDE), np.uint8)
    placed = [((line - centre[:, None]) * scale[:, None, None] + SIDE / 2) * OVERSAMPLING for line in strokes]
    for index in range(count):
        canvas = Image.new("L", (side, side))
        pen = ImageDraw.Draw(canvas)
        width = float(widths[index] * OVERSAMPLING)
        radius = width / 2
        for line in placed:
            points = line[index]
            pen.line(points.ravel().tolist(), fill=255, width=max(round(width), 1))
            turn = np.diff(np.arctan2(*np.diff(points, axis=0).T))
            sharp = np.flatnonzero(np.cos(turn) < 0.9) + 1
            for vertex in (0, *sharp.tolist(), len(points) - 1):  # round ends and corners
                x, y = points[vertex]
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        images[index] = np.asarray(canvas.reduce(OVERSAMPLING))
    return images


def glyph_pool(
    rng: np.random.Generator,
    classes: int,
    count: int,
    variation: Variation = Variation(),
    new_stroke: NewStroke = _random_stroke,
) -> tuple[np.ndarray, int]:
    """Images (classes, count, 28, 28) uint8 of glyphs that pass the filter, and the number rejected.

    `new_stroke` invents a stroke from a given point on.
    """
    kept: list[np.ndarray] = []
    rejected = 0
    while len(kept) < classes:
        batch = [random_glyph(rng, new_stroke) for _ in range(256)]
        plain = np.concatenate([render(_as_meant(glyph), np.array([1.8])) for glyph in batch])
        bad = looks_like_unseen(plain)
        rejected += int(bad.sum())
        for glyph in [glyph for glyph, wrong in zip(batch, bad) if not wrong][: classes - len(kept)]:
            kept.append(render(instances(rng, glyph, count, variation), rng.uniform(*variation.width, count)))
    return np.array(kept), rejected


def _as_meant(glyph: list) -> list[np.ndarray]:
    return [curve(points[None], np.linspace(0, 1, POINTS)[None, :, None]) for points, curve in glyph]
