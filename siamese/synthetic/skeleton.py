"""Digits drawn again with a pen of even width, as on a canvas: the middle line of the ink, then a round pen.

MNIST's digits come from paper and a scanner: strokes swell, thin out and fade. A canvas draws one
even line. Training digits that are drawn again teach an encoder that this does not matter.
"""

from __future__ import annotations

import numpy as np

from siamese.constants import SIDE

FINE = 2 * SIDE  # the middle line is sought on a grid twice as fine
INK = 0.45
_BLOCK = 500  # images at a time, to spare memory


def redraw(images: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) uint8 whose ink follows the middle lines of `images` with a round pen.

    Args:
        images: (n, 28, 28) uint8.
        widths: (n,) of the pen, pixels of the 28 × 28 image.
    """
    drawn = np.empty((len(images), SIDE, SIDE), np.uint8)
    for start in range(0, len(images), _BLOCK):
        some = slice(start, start + _BLOCK)
        fine = _round_pen(middle_lines(images[some]), widths[some].astype(np.float32))
        drawn[some] = np.round(fine.reshape(-1, SIDE, 2, SIDE, 2).mean((2, 4)) * 255)
    return drawn


def middle_lines(images: np.ndarray) -> np.ndarray:
    """The middle lines (n, 56, 56) bool of the ink of images (n, 28, 28) uint8, on a grid twice as fine."""
    return np.concatenate(
        [
            middle_line(_finer(images[start : start + _BLOCK].astype(np.float32) / 255) > INK)
            for start in range(0, len(images), _BLOCK)
        ]
    )


def middle_line(ink: np.ndarray) -> np.ndarray:
    """Masks (n, h, w) bool thinned to lines one pixel wide that keep every stroke and loop (Zhang and Suen 1984)."""
    ink = np.pad(ink, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    active = np.arange(len(ink))
    while len(active):
        some = ink[active]
        before = some.sum((1, 2))
        for turn in (0, 1):
            some[:, 1:-1, 1:-1] -= _removable(some, turn)
        ink[active] = some
        active = active[some.sum((1, 2)) < before]
    return ink[:, 1:-1, 1:-1].astype(bool)


def _removable(ink: np.ndarray, turn: int) -> np.ndarray:
    """1 where a pixel of the rim may go without cutting a line: uint8 (n, h - 2, w - 2).

    The two turns of a pass take the lower right and the upper left rims.
    """
    north, east, south, west = ink[:, :-2, 1:-1], ink[:, 1:-1, 2:], ink[:, 2:, 1:-1], ink[:, 1:-1, :-2]
    around = (north, ink[:, :-2, 2:], east, ink[:, 2:, 2:], south, ink[:, 2:, :-2], west, ink[:, :-2, :-2])
    count, changes = np.zeros_like(north), np.zeros_like(north)
    for first, second in zip(around, (*around[1:], north)):
        count += first
        changes += (1 - first) & second
    kept = (north & east & south) | (east & south & west)
    if turn == 1:
        kept = (north & east & west) | (north & south & west)
    return ((count >= 2) & (count <= 6) & (changes == 1) & (kept == 0)) * ink[:, 1:-1, 1:-1]


def _round_pen(line: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """How much of each pixel (n, h, w) a round pen of `radius` (n,) covers that follows `line` (n, h, w) bool."""
    radius = radius[:, None, None]
    reach = int(np.ceil(radius.max())) + 1
    height, width = line.shape[1:]
    padded = np.pad(line, ((0, 0), (reach, reach), (reach, reach))).astype(np.float32)
    drawn = np.zeros(line.shape, np.float32)
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            share = np.clip(radius + 0.5 - np.float32(np.hypot(down, across)), 0, 1)
            if share.max() > 0:
                rows, columns = (
                    slice(reach + down, reach + down + height),
                    slice(reach + across, reach + across + width),
                )
                np.maximum(drawn, share * padded[:, rows, columns], out=drawn)
    return drawn


def _finer(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) on a grid twice as fine, (n, 56, 56), read between the pixels."""
    place = (np.arange(FINE) + 0.5) / 2 - 0.5
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(SIDE))).astype(np.float32)  # (56, 28)
    return weights @ images @ weights.T
