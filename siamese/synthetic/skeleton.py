"""Digits re-rendered with a pen of even width, as on a canvas: the skeleton of the ink, then a round pen along it.

MNIST's digits were written on paper and scanned: strokes swell, thin out and fade. A canvas draws even lines.
Re-rendered training digits teach an encoder that this does not matter.
"""

from __future__ import annotations

import numpy as np

from siamese.constants import SIDE

FINE = 2 * SIDE  # skeletons lie on a grid twice as fine
INK = 0.45
_BLOCK = 500  # images at a time, to save memory


def rerender(images: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) uint8 whose ink follows the skeletons of `images` with a round pen.

    Args:
        images: (n, 28, 28) uint8.
        widths: (n,) of the pen, pixels of the 28 × 28 image.
    """
    rendered = np.empty((len(images), SIDE, SIDE), np.uint8)
    for start in range(0, len(images), _BLOCK):
        block = slice(start, start + _BLOCK)
        fine = _round_pen(skeletons(images[block]), widths[block].astype(np.float32))
        rendered[block] = np.round(fine.reshape(-1, SIDE, 2, SIDE, 2).mean((2, 4)) * 255)
    return rendered


def skeletons(images: np.ndarray) -> np.ndarray:
    """Skeletons (n, 56, 56) bool of the ink of images (n, 28, 28) uint8, on a grid twice as fine."""
    return np.concatenate(
        [
            skeletonise(_upsampled(images[start : start + _BLOCK].astype(np.float32) / 255) > INK)
            for start in range(0, len(images), _BLOCK)
        ]
    )


def skeletonise(ink: np.ndarray) -> np.ndarray:
    """Masks (n, h, w) bool thinned to lines one pixel wide, with every stroke and loop (Zhang and Suen 1984)."""
    ink = np.pad(ink, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    active = np.arange(len(ink))
    while len(active):
        thinned = ink[active]
        before = thinned.sum((1, 2))
        for subiteration in (0, 1):
            thinned[:, 1:-1, 1:-1] -= _removable(thinned, subiteration)
        ink[active] = thinned
        active = active[thinned.sum((1, 2)) < before]
    return ink[:, 1:-1, 1:-1].astype(bool)


def _removable(ink: np.ndarray, subiteration: int) -> np.ndarray:
    """1 where a pixel of the rim may be removed without cutting a line: uint8 (n, h - 2, w - 2).

    The first subiteration takes pixels of the lower right rim, the second those of the upper left rim.
    """
    north, east, south, west = ink[:, :-2, 1:-1], ink[:, 1:-1, 2:], ink[:, 2:, 1:-1], ink[:, 1:-1, :-2]
    around = (north, ink[:, :-2, 2:], east, ink[:, 2:, 2:], south, ink[:, 2:, :-2], west, ink[:, :-2, :-2])
    count, changes = np.zeros_like(north), np.zeros_like(north)
    for first, second in zip(around, (*around[1:], north)):
        count += first
        changes += (1 - first) & second
    needed = (north & east & south) | (east & south & west)
    if subiteration == 1:
        needed = (north & east & west) | (north & south & west)
    removable: np.ndarray = ((count >= 2) & (count <= 6) & (changes == 1) & (needed == 0)) * ink[:, 1:-1, 1:-1]
    return removable


def _round_pen(skeleton: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The part of each pixel (n, h, w) that a round pen of `radius` (n,) covers along `skeleton` (n, h, w) bool."""
    radius = radius[:, None, None]
    farthest = int(np.ceil(radius.max())) + 1
    height, width = skeleton.shape[1:]
    padded = np.pad(skeleton, ((0, 0), (farthest, farthest), (farthest, farthest))).astype(np.float32)
    covered = np.zeros(skeleton.shape, np.float32)
    for down in range(-farthest, farthest + 1):
        for across in range(-farthest, farthest + 1):
            coverage = np.clip(radius + 0.5 - np.float32(np.hypot(down, across)), 0, 1)
            if coverage.max() > 0:
                rows = slice(farthest + down, farthest + down + height)
                columns = slice(farthest + across, farthest + across + width)
                np.maximum(covered, coverage * padded[:, rows, columns], out=covered)
    return covered


def _upsampled(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) on a grid twice as fine, (n, 56, 56), by bilinear interpolation."""
    place = (np.arange(FINE) + 0.5) / 2 - 0.5
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(SIDE))).astype(np.float32)  # (56, 28)
    upsampled: np.ndarray = weights @ images @ weights.T
    return upsampled
