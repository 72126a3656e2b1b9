"""New classes put together from pieces of digits, each image of a class by other hands.

A class says which part of which digit's pen way goes where, and how it is turned and stretched; each of its
images takes these parts from other writers. So the classes are as many as `glyphs` can invent, and yet the images
of one class differ as people's writing does. All writers of a part write alike, as those of one digit do not: a
looped 2 and a plain one have no part in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.fragments import BOX, pen_paths
from siamese.glyph_filter import looks_like_unseen
from siamese.glyphs import POINTS, render
from siamese.redrawing import middle_lines

KNOTS = 40  # points of a whole way
WRITERS = 1500  # of each digit, whose ways are followed
ALIKE = 0.12  # share of a digit's writers who write a part alike
WHOLE = 0.6  # a way counts when it takes in as much of the digit's ink
SHORTEST = 20  # pixels of a way
COUNT = (0.3, 0.42, 0.23, 0.05)  # chances of one to four parts
LOOKED_AT = 4  # images of a class that the filter sees
_BATCH = 256


@dataclass(frozen=True)
class Part:
    """A part of a collage.

    Attributes:
        digit: whose pen way.
        first, length: where on it the part begins, and how long it is, as shares.
        matrix: (2, 2), how it is turned, mirrored and stretched.
        joined: None where it starts at a place of its own; else (an earlier part, where on that), as a share.
        place: (2,) that place.
        backwards: drawn from its end.
    """

    digit: int
    first: float
    length: float
    matrix: np.ndarray
    joined: tuple[int, float] | None
    place: np.ndarray
    backwards: bool


def collage_pool(
    rng: np.random.Generator,
    images: np.ndarray,
    digits: np.ndarray,
    classes: int,
    count: int,
    width: tuple[float, float] = (1.3, 3.7),
) -> np.ndarray:
    """Images (classes, count, 28, 28) uint8 of collages of `images` (n, 28, 28) uint8 of `digits`.

    A class is left out when any of its first images looks like an unseen digit to `glyph_filter`.

    Args:
        width: thinnest and thickest pen, pixels.
    """
    ways = pen_ways(rng, images, digits)
    names = sorted(ways)
    kept: list[np.ndarray] = []
    while len(kept) < classes:
        batch = [new_collage(rng, names) for _ in range(_BATCH)]
        drawn = np.stack([render(write(rng, parts, ways, count), rng.uniform(*width, count)) for parts in batch])
        looked = drawn[:, :LOOKED_AT]
        bad = looks_like_unseen(looked.reshape(-1, *looked.shape[2:])).reshape(looked.shape[:2]).any(1)
        kept.extend(drawn[~bad])
    return np.stack(kept[:classes])


def pen_ways(rng: np.random.Generator, images: np.ndarray, digits: np.ndarray) -> dict[int, np.ndarray]:
    """For each digit the main ways (writers, KNOTS, 2) as (x, y) that a pen took, from their upper end on.

    Lengths are shares of a digit's box. Digits of several strokes that are about as long have no main way.
    """
    found = {}
    for digit in np.unique(digits):
        some = rng.permutation(np.flatnonzero(digits == digit))[:WRITERS]
        ways = [way for line in middle_lines(images[some]) if (way := _main_way(line)) is not None]
        if ways:
            found[int(digit)] = np.stack(ways)
    return found


def _main_way(line: np.ndarray) -> np.ndarray | None:
    paths = pen_paths(line)
    if not paths:
        return None
    way = max(paths, key=len)
    if len(way) < max(SHORTEST, WHOLE * sum(map(len, paths))):
        return None
    height = way @ (0.25, 1.0)  # of two ends at the same height the left one is the upper one
    if height[-1] < height[0]:
        way = way[::-1]
    padded = np.pad(way, ((2, 2), (0, 0)), mode="edge")
    soft = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=0).mean(-1)
    soft[0], soft[-1] = way[0], way[-1]
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(soft, axis=0).T))])
    even = np.linspace(0, along[-1], KNOTS)
    return np.stack([np.interp(even, along, soft[:, axis]) for axis in (0, 1)], 1) / BOX


def new_collage(rng: np.random.Generator, names: list[int]) -> list[Part]:
    """What defines a class: one to four parts of `names`' ways."""
    parts: list[Part] = []
    for number in range(1 + rng.choice(len(COUNT), p=COUNT)):
        length = rng.uniform(0.3, 0.95)
        angle = rng.uniform(0, 2 * np.pi)
        turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        chance, joined = rng.random(), None
        if number and chance >= 0.2:  # the pen goes on, or starts on an earlier part
            joined = (number - 1, 1.0) if chance < 0.6 else (int(rng.integers(number)), float(rng.random()))
        parts.append(
            Part(
                digit=int(rng.choice(names)),
                first=rng.uniform(0, 1 - length),
                length=length,
                matrix=turned * np.exp(rng.normal(0, 0.25, 2)) * (1, rng.choice((-1, 1))),
                joined=joined,
                place=rng.random(2),
                backwards=bool(rng.random() < 0.5),
            )
        )
    return parts


def write(rng: np.random.Generator, parts: list[Part], ways: dict[int, np.ndarray], count: int) -> list[np.ndarray]:
    """`count` images of one collage, each by other writers: for each part its vertices (count, POINTS, 2)."""
    drawn: list[np.ndarray] = []
    for part in parts:
        every = ways[part.digit]
        example = every[rng.integers(len(every))]
        nearest = np.argsort(((every - example) ** 2).sum((1, 2)))[: max(count, int(ALIKE * len(every)))]
        lines = every[rng.choice(nearest, count, replace=len(nearest) < count)]
        # Where a writer's part begins and ends is a little uncertain.
        first = part.first + rng.normal(0, 0.02, (count, 1))
        last = part.first + part.length + rng.normal(0, 0.02, (count, 1))
        piece = _along(lines, first + (last - first) * np.linspace(0, 1, POINTS))
        if part.backwards:
            piece = piece[:, ::-1]
        piece = (piece - piece[:, :1]) @ part.matrix.T
        if part.joined is None:
            start = part.place + rng.normal(0, 0.03, (count, 2))
        else:
            other, share = part.joined
            start = drawn[other][:, round(share * (POINTS - 1))] + rng.normal(0, 0.012, (count, 2))
        drawn.append(piece + start[:, None])
    angle, aspect = rng.normal(0, 0.06, count), rng.normal(0, 0.06, count)
    turned = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1).reshape(count, 2, 2)
    shear = np.zeros((count, 2, 2))
    shear[:, 0, 0], shear[:, 1, 1] = np.exp(aspect), np.exp(-aspect)
    shear[:, 0, 1] = rng.normal(0, 0.15, count)
    matrix = (turned @ shear).transpose(0, 2, 1)
    jagged = np.where(rng.random((count, 1, 1)) < 0.25, 0.005, 0.0)
    return [(line + rng.normal(0, 1, line.shape) * jagged) @ matrix for line in drawn]


def _along(lines: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The points (n, m, 2) of lines (n, KNOTS, 2) at shares (n, m) of their length."""
    position = np.clip(places, 0, 1) * (lines.shape[1] - 1)
    low = np.minimum(position.astype(int), lines.shape[1] - 2)
    share = (position - low)[..., None]
    rows = np.arange(len(lines))[:, None]
    return lines[rows, low] * (1 - share) + lines[rows, low + 1] * share
