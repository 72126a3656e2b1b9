"""Embeddings of test images -> histograms of all pairs' distances, and the report.

No pairs are sampled: 10,000 images have some fifty million pairs, which take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from siamese.metrics.distances import pairwise_distances

BINS = 1000
KNOTS = 101
BLOCK = 500  # rows of distances at a time


@dataclass(frozen=True)
class PairHistograms:
    """Distances of all pairs of images, counted by pair of digits on a fixed grid.

    Attributes:
        counts: (10, 10, bins) int64, symmetric; bin k holds distances in (k, k+1] · upper / bins,
            the first also 0, the last also everything above `upper`. An unordered pair of images
            counts once in [a, b] and once in [b, a]; once in [a, a].
        upper: the distance at the end of the grid.
        images: (10,) int64, number of images of each digit.
        covariance: (10, knots, 10, 10) float32: for each digit a and each knot (a grid edge), the
            covariance over the images i of a of the vector "share of the images of digit b within
            that distance of i", b = 0..9. What intervals need; see `accuracy_interval`.
    """

    counts: np.ndarray
    upper: float
    images: np.ndarray
    covariance: np.ndarray

    @property
    def bins(self) -> int:
        return self.counts.shape[-1]

    @cached_property
    def thresholds(self) -> np.ndarray:
        """The grid (bins + 1,): every accuracy at one of these is exact."""
        return np.linspace(0.0, self.upper, self.bins + 1)

    @cached_property
    def accepted(self) -> np.ndarray:
        """P(distance <= threshold) for each pair of digits: (10, 10, bins + 1), NaN where no pair exists."""
        totals = self.counts.sum(-1, keepdims=True).astype(float)
        with np.errstate(invalid="ignore"):
            share = np.cumsum(self.counts, -1) / totals
        return np.concatenate([np.where(totals > 0, 0.0, np.nan), share], -1)

    def index(self, threshold: float) -> int:
        """The grid index of the largest grid threshold that is <= `threshold` (to rounding)."""
        return int(np.clip(np.floor(threshold / self.upper * self.bins + 1e-6), 0, self.bins))


def pair_histograms(
    embeddings: np.ndarray,
    digits: np.ndarray,
    upper: float,
    bins: int = BINS,
    knots: int = KNOTS,
    on_progress: Callable[[int, int], object] | None = None,
) -> PairHistograms:
    """Histograms of the distances of all pairs of `embeddings` (n, d) with digits (n,).

    Args:
        upper: end of the distance grid (2 for embeddings of unit length).
        knots: thresholds at which the covariance for intervals is kept; knots - 1 divides bins.
        on_progress: called with (done, all) pairs of digits.
    """
    if bins % (knots - 1):
        raise ValueError("knots - 1 must divide bins")
    groups = [embeddings[digits == digit] for digit in range(10)]
    counts = np.zeros((10, 10, bins), np.int64)
    near = [np.zeros((len(group), 10, knots)) for group in groups]  # share of b within a knot of each image
    for a in range(10):
        for b in range(a, 10):
            if len(groups[a]) and len(groups[b]):
                counts[a, b] = counts[b, a] = _count(groups, a, b, upper, bins, near)
            if on_progress:
                on_progress(a * 10 - a * (a - 1) // 2 + b - a + 1, 55)
    covariance = np.zeros((10, knots, 10, 10), np.float32)
    for a, shares in enumerate(near):
        if len(shares) > 1:
            centred = shares - shares.mean(0)
            covariance[a] = np.einsum("ibk,ick->kbc", centred, centred, optimize=True) / (len(shares) - 1)
    return PairHistograms(counts, float(upper), np.array([len(group) for group in groups]), covariance)


def pairs_near(embeddings: np.ndarray, threshold: float, tolerance: float) -> int:
    """How many pairs of `embeddings` (n, d) are at a distance within `tolerance` of the threshold."""
    near = 0
    for start in range(0, len(embeddings), BLOCK):
        # Every pair once: each block against itself and all that follow.
        distance = pairwise_distances(embeddings[start : start + BLOCK], embeddings[start:])
        close = np.abs(distance - threshold) <= tolerance
        near += int(np.triu(close, 1).sum())
    return near


def bin_of(distance: np.ndarray, upper: float, bins: int) -> np.ndarray:
    """The grid's cell of each distance: (k, k+1], as a distance on an edge belongs below it."""
    return np.clip(np.ceil(distance * (bins / upper) - 1e-9) - 1, 0, bins - 1).astype(np.int32)


def _count(groups: list[np.ndarray], a: int, b: int, upper: float, bins: int, near: list[np.ndarray]) -> np.ndarray:
    """Counts (bins,) of the pairs of digits a, b; writes each image's shares into `near`."""
    distance = pairwise_distances(groups[a], groups[b])
    cell = bin_of(distance, upper, bins)
    knots = near[a].shape[2]
    coarse = cell // (bins // (knots - 1))  # (n, m)
    if a == b:
        np.fill_diagonal(coarse, knots)  # an image and itself is no pair
        others = max(len(coarse) - 1, 1)
        near[a][:, a, 1:] = _shares(coarse, knots) / others
        return np.bincount(cell[np.triu_indices(len(cell), 1)], minlength=bins)
    near[a][:, b, 1:] = _shares(coarse, knots) / coarse.shape[1]
    near[b][:, a, 1:] = _shares(coarse.T, knots) / coarse.shape[0]
    return np.bincount(cell.ravel(), minlength=bins)


def _shares(coarse: np.ndarray, knots: int) -> np.ndarray:
    """For each row of cell numbers (n, m): how many are at most k, k = 0..knots-2 -> (n, knots - 1)."""
    width = knots + 1  # one spare cell swallows the diagonal
    offset = np.arange(len(coarse))[:, None] * width
    counts = np.bincount((coarse + offset).ravel(), minlength=len(coarse) * width)
    return np.cumsum(counts.reshape(len(coarse), width)[:, : knots - 1], 1)
