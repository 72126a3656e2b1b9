"""Which invented images look like a digit that must stay unseen: 0, 1, 8 or 9.

The rule reads the topology of the ink, not any image of a digit: a plain loop (0), a plain
straight stroke (1), two loops and little else (8), one loop with one tail (9) are rejected in any
orientation, so a 6 is rejected, too. Small gaps are closed first by a second look at
thickened ink, so that an almost closed loop counts as a loop.
"""

from __future__ import annotations

import numpy as np

from siamese.imaging.normalisation import dilate

STRAIGHT = 0.2  # minor against major standard deviation of the ink of a straight stroke
LITTLE = 0.15  # share of the ink that may lie outside a plain loop
LITTLE_OF_TWO = 0.25  # the same for two loops
SMALLEST_HOLE, SMALLEST_TAIL = 3, 3  # pixels


def looks_like_unseen(images: np.ndarray, ink_level: float = 0.4) -> np.ndarray:
    """(n,) bool: the image (28, 28), uint8 or 0..1, looks like a 0, 1, 8 or 9 in some orientation."""
    images = np.asarray(images)
    level = ink_level * 255 if images.dtype == np.uint8 else ink_level
    ink = np.pad(images > level, ((0, 0), (2, 2), (2, 2)))
    return straight_stroke(ink) | _loops(ink) | _loops(_grow(ink))


def straight_stroke(ink: np.ndarray) -> np.ndarray:
    """(n,) bool: the ink (n, h, w) bool is one nearly straight bar."""
    weight = ink.astype(np.float64)
    mass = np.maximum(weight.sum((1, 2)), 1)
    rows, columns = np.arange(ink.shape[1]), np.arange(ink.shape[2])
    row, column = weight.sum(2) @ rows / mass, weight.sum(1) @ columns / mass
    rr = weight.sum(2) @ rows**2 / mass - row**2
    cc = weight.sum(1) @ columns**2 / mass - column**2
    rc = np.einsum("nyx,y,x->n", weight, rows, columns) / mass - row * column
    spread = np.sqrt((rr - cc) ** 2 / 4 + rc**2)
    minor, major = np.maximum((rr + cc) / 2 - spread, 0), (rr + cc) / 2 + spread
    return np.sqrt(minor) < STRAIGHT * np.sqrt(np.maximum(major, 1e-9))


def _loops(ink: np.ndarray) -> np.ndarray:
    """(n,) bool: a plain loop, a loop with one tail, or two loops."""
    labels = label(~ink, diagonal=False)
    outside = labels == labels[:, :1, :1]
    holes = _large(np.where(outside, 0, labels), SMALLEST_HOLE)
    count = _count(holes)
    # Pen width from area and outline; 0.85 undoes the excess of an outline counted in pixel edges.
    area = np.maximum(ink.sum((1, 2)), 1)
    outline = (ink[:, 1:] != ink[:, :-1]).sum((1, 2)) + (ink[:, :, 1:] != ink[:, :, :-1]).sum((1, 2))
    width = 2 * area / np.maximum(0.85 * outline, 1)
    reach = np.ceil(width).astype(int) + 1
    near, grown = holes > 0, holes > 0
    for step in range(1, int(reach.max(initial=1)) + 1):
        grown = _grow(grown)
        near = np.where((reach >= step)[:, None, None], grown, near)
    rest = ink & ~near
    share = rest.sum((1, 2)) / area
    tails = _count(_large(label(rest, diagonal=True), SMALLEST_TAIL))
    one = (count == 1) & ((share < LITTLE) | (tails <= 1))
    return one | ((count == 2) & (share < LITTLE_OF_TWO))


def label(mask: np.ndarray, diagonal: bool) -> np.ndarray:
    """Connected parts of each mask (n, h, w): int32, 0 outside, in a part the largest pixel number in it."""
    n, h, w = mask.shape
    labels = np.where(mask, np.arange(1, h * w + 1, dtype=np.int32).reshape(h, w), 0).astype(np.int32)
    active = np.arange(n)
    while len(active):
        old = labels[active]
        new = np.where(mask[active], dilate(old, diagonal), 0)
        # A label is the number of a pixel in the same part, and that one's own label is no smaller: a few rounds do.
        own = np.pad(new.reshape(len(new), -1), ((0, 0), (1, 0)))
        new = np.take_along_axis(own, own[:, 1:], 1).reshape(new.shape)
        labels[active] = new
        active = active[(new != old).any((1, 2))]
    return labels


def _grow(mask: np.ndarray) -> np.ndarray:
    return dilate(mask, diagonal=True)


def _large(labels: np.ndarray, smallest: int) -> np.ndarray:
    """Labels (n, h, w) without the parts of fewer than `smallest` pixels."""
    n, size = len(labels), labels[0].size + 1
    flat = labels.reshape(n, -1).astype(np.int64) + size * np.arange(n)[:, None]
    area = np.bincount(flat.ravel(), minlength=n * size)
    return np.where((area[flat] >= smallest).reshape(labels.shape), labels, 0)


def _count(labels: np.ndarray) -> np.ndarray:
    """(n,) number of parts: each has one pixel whose own number is its label."""
    own = np.arange(1, labels[0].size + 1).reshape(labels.shape[1:])
    return (labels == own).sum((1, 2))
