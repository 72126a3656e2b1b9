"""New classes made of images of the training digits: pieces, overlays, mirror images, bends.

Each instance of a class takes other images of the same digits, so that the class varies as real
writers do. Half-turned or upside-down sixes are left out (a nine in disguise), and what
`glyph_filter` takes for a 0, 1, 8 or 9 is dropped.
"""

from __future__ import annotations

import numpy as np

from siamese.glyph_filter import looks_like_unseen

SIDE = 28
CENTRE = (SIDE - 1) / 2
#: Maps of an output place (row, column) to a source place: the eight symmetries of a square.
SYMMETRIES = np.array(
    [
        [[1, 0], [0, 1]],  # as it is
        [[0, 1], [-1, 0]],  # quarter turns
        [[0, -1], [1, 0]],
        [[1, 0], [0, -1]],  # mirrored left to right
        [[0, 1], [1, 0]],  # transposed
        [[0, -1], [-1, 0]],
        [[-1, 0], [0, 1]],  # upside down
        [[-1, 0], [0, -1]],  # half turn
    ],
    np.float32,
)
ALLOWED_FOR_SIX = 6  # the first six
WHOLE, HALVES, OVERLAY, CUT = range(4)
PIXEL = np.arange(SIDE, dtype=np.float32) - CENTRE


def combination_pool(
    rng: np.random.Generator, images: np.ndarray, digits: np.ndarray, families: int, siblings: int, count: int
) -> np.ndarray:
    """Images (families, siblings, count, 28, 28) uint8 of classes made of `images` (n, 28, 28) uint8 of `digits`.

    The siblings of a family share one of their parts.
    """
    kept, found = [], 0
    groups = {digit: np.flatnonzero(digits == digit) for digit in np.unique(digits)}
    while found < families:
        batch = _combinations(rng, images, groups, 64, siblings, count)
        # Two instances speak for a class.
        looks = [looks_like_unseen(batch[:, :, k].reshape(-1, SIDE, SIDE)).reshape(-1, siblings) for k in (0, 1)]
        bad = (looks[0] | looks[1]).any(1)
        faint = batch.astype(np.float32).sum((3, 4)).min((1, 2)) < 20 * 255
        batch = batch[~bad & ~faint][: families - found]
        kept.append(batch)
        found += len(batch)
    return np.concatenate(kept)


def _plans(rng, names, kind):
    """What defines a class, drawn once for each of `kind` (n,): a dict of arrays (n, ...)."""
    n = len(kind)
    overlay = kind == OVERLAY

    def symmetry(chosen):
        turned = rng.integers(0, np.where(chosen == 6, ALLOWED_FOR_SIX, len(SYMMETRIES)))
        # A plain digit is no new class when whole; in parts it may stay upright.
        upright = np.where(kind == WHOLE, rng.integers(1, ALLOWED_FOR_SIX, n), 0)
        return SYMMETRIES[np.where((rng.random(n) < 0.4) | (turned == 0), upright, turned)]

    first, second = rng.choice(names, n), rng.choice(names, n)
    return {
        "first": first,
        "one": symmetry(first) @ affine(rng, n, 0.2, 0.2, 0.15),
        "offset_one": rng.normal(0, 1, (n, 2)),
        "second": second,
        "two": symmetry(second) @ affine(rng, n, 0.2, 0.2, 0.2) * np.where(overlay, 1.3, 1)[:, None, None],
        "offset_two": rng.normal(0, 1, (n, 2)) * np.where(overlay, 5, 2)[:, None],
        "angle": rng.choice(4, n) * np.pi / 2 + rng.normal(0, 0.3, n),
        "cut": rng.normal(0, 2, n),
        "bend": _smooth(rng, n) * rng.uniform(0, 2.5, (n, 1, 1, 1)),  # (n, 2, 28, 28)
    }


FIRST_PART, SECOND_PART, CUT_PART = ("first", "one", "offset_one"), ("second", "two", "offset_two"), ("angle", "cut")


def _combinations(rng, images, groups, families, siblings, count):
    names = np.array(sorted(groups))
    kind = np.repeat(rng.choice(4, families, p=(0.15, 0.45, 0.25, 0.15)), siblings)
    classes = families * siblings
    eldest = np.arange(classes) // siblings * siblings
    plan, other = _plans(rng, names, kind), _plans(rng, names, kind)
    # Younger siblings take all from the eldest but one part, which is their own.
    change = np.where((kind == WHOLE), 0, rng.integers(0, 2, classes))
    change = np.where(kind == CUT, 2 * rng.integers(0, 2, classes), change)
    change = np.where(np.arange(classes) == eldest, -1, change)
    for number, part in enumerate((FIRST_PART, SECOND_PART, CUT_PART)):
        for key in part:
            own = (change == number).reshape(-1, *[1] * (plan[key].ndim - 1))
            plan[key] = np.where(own, other[key], plan[key][eldest])
    plan["bend"] = plan["bend"][eldest]
    first, second, one, two = plan["first"], plan["second"], plan["one"], plan["two"]
    offset_one, offset_two, angle, cut, bend = (plan[k] for k in ("offset_one", "offset_two", "angle", "cut", "bend"))

    def writers(chosen):
        picks = np.concatenate([rng.choice(groups[digit], count) for digit in chosen])
        return images[picks].astype(np.float32) / 255

    every = np.repeat(np.arange(classes), count)  # class of each instance
    n = len(every)
    own, own_offset = affine(rng, n, 0.05, 0.06, 0.05), rng.normal(0, 0.4, (n, 2))
    own_cut = rng.normal(0, 0.6, n)
    left, right = writers(first), writers(second)
    kinds = kind[every][:, None, None]

    def draw(scale, centre):
        """The instances seen through a frame: `scale` (n,) source pixels a pixel, about `centre` (n, 2)."""
        row = scale[:, None, None] * PIXEL[:, None] + centre[:, 0, None, None]
        column = scale[:, None, None] * PIXEL + centre[:, 1, None, None]
        row, column = np.broadcast_arrays(row, column)  # (n, 28, 28), from the middle
        beyond = np.cos(angle)[every][:, None, None] * row + np.sin(angle)[every][:, None, None] * column
        beyond = beyond - (cut[every] + own_cut)[:, None, None]
        share = 1 / (1 + np.exp(np.clip(4 * beyond, -30, 30)))
        grid_row = np.clip(row + CENTRE, 0, SIDE - 1).astype(int)
        grid_column = np.clip(column + CENTRE, 0, SIDE - 1).astype(int)
        bent_row = row + bend[every[:, None, None], 0, grid_row, grid_column]
        bent_column = column + bend[every[:, None, None], 1, grid_row, grid_column]

        def look(source, matrix, offset):
            m, o = (matrix[every] @ own)[..., None, None], (offset[every] + own_offset)[..., None, None]
            return bilinear(
                source,
                m[:, 0, 0] * bent_row + m[:, 0, 1] * bent_column + o[:, 0] + CENTRE,
                m[:, 1, 0] * bent_row + m[:, 1, 1] * bent_column + o[:, 1] + CENTRE,
            )

        a, b = look(left, one, offset_one), look(right, two, offset_two)
        return np.select(
            [kinds == WHOLE, kinds == HALVES, kinds == OVERLAY],
            [a, np.maximum(a * share, b * (1 - share)), np.maximum(a, b)],
            a * share,
        )

    # Once to see where the ink is, once framed as MNIST frames: box 20, centre of mass in the middle.
    wide = np.full(n, 1.3)
    box, middle = _frame(draw(wide, np.zeros((n, 2))))
    framed = draw(1.3 * box, 1.3 * middle)
    return np.round(np.clip(framed, 0, 1) * 255).astype(np.uint8).reshape(families, siblings, count, SIDE, SIDE)


def affine(rng: np.random.Generator, n: int, rotation: float, shear: float, size: float) -> np.ndarray:
    """Random maps (n, 2, 2) of (row, column): a rotation times a slanted stretch; standard deviations given."""
    angle = rng.normal(0, rotation, n)
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], -1).reshape(n, 2, 2)
    stretch = np.zeros((n, 2, 2))
    stretch[:, 0, 0], stretch[:, 1, 1] = np.exp(rng.normal(0, size, (2, n)))
    stretch[:, 1, 0] = rng.normal(0, shear, n)
    return turn @ stretch


def bilinear(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) read between the pixels at `rows`, `columns` (n, 28, 28); 0 outside."""
    n, wide = len(images), SIDE + 2
    flat = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(n, -1)
    rows, columns = np.clip(rows + 1, 0, wide - 1.001), np.clip(columns + 1, 0, wide - 1.001)
    top, left = rows.astype(int), columns.astype(int)
    lower, right = rows - top, columns - left
    corner = (top * wide + left).reshape(n, -1)

    def pixels(offset):
        return np.take_along_axis(flat, corner + offset, 1).reshape(rows.shape)

    upper_half = pixels(0) * (1 - right) + pixels(1) * right
    return upper_half * (1 - lower) + (pixels(wide) * (1 - right) + pixels(wide + 1) * right) * lower


def _frame(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Size of the ink's box in units of 20 pixels (n,), and its centre of mass from the middle (n, 2)."""
    ink = images > 0.2
    rows, columns = ink.any(2), ink.any(1)

    def extent(line):
        return SIDE - line[:, ::-1].argmax(1) - line.argmax(1)

    size = np.clip(np.maximum(extent(rows), extent(columns)), 9, SIDE)  # scraps stay small
    mass = np.maximum(images.sum((1, 2)), 1e-3)
    return size / 20, np.stack([images.sum(2) @ PIXEL / mass, images.sum(1) @ PIXEL / mass], 1)


def _smooth(rng: np.random.Generator, n: int, knots: int = 4) -> np.ndarray:
    """Random smooth fields (n, 2, 28, 28), linear between `knots` × `knots` normal values."""
    place = np.linspace(0, knots - 1, SIDE)
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(knots)))  # (28, knots)
    return np.einsum("yi,ncij,xj->ncyx", weights, rng.normal(0, 1, (n, 2, knots, knots)), weights)
