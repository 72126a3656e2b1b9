"""Histograms of the distances of all pairs of test images, by pair of digits.

No pairs are sampled: 10,000 images have some fifty million pairs, which take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, product

import numpy as np

from siamese.metrics.distances import pairwise_distances

BINS = 1000
KNOTS = 101  # thresholds, evenly spaced from 0 to the end of the grid, at which covariances are kept
BLOCK = 500  # rows of distances at a time
N_DIGITS = 10


@dataclass(frozen=True)
class PairHistograms:
    """Distances of all pairs of images, counted by pair of digits on a fixed grid.

    Attributes:
        counts: (10, 10, bins) int64, symmetric; bin k holds distances in (k, k+1] · upper / bins,
            the first also 0, the last also everything above `upper`. An unordered pair of images
            counts once in [a, b] and once in [b, a]; once in [a, a].
        upper: the distance at the end of the grid.
        images: (10,) int64, number of images of each digit.
        covariance: (10, knots, 10, 10) float32: for each digit a and each knot, the covariance over the images i of a
            of the accept rates of i with the digits b = 0..9, that is of the vector "part of the images of digit b
            within that distance of i". Confidence intervals need it; see `accuracy_interval`.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics.histograms import pair_histograms
        >>> histograms = pair_histograms(np.array([[0.0], [1.0], [3.0]]), np.array([2, 2, 3]), upper=10.0)
        >>> histograms.counts.shape, int(histograms.counts[2, 3].sum()), histograms.images.tolist()
        ((10, 10, 1000), 2, [0, 0, 2, 1, 0, 0, 0, 0, 0, 0])
    """

    counts: np.ndarray
    upper: float
    images: np.ndarray
    covariance: np.ndarray

    @property
    def bins(self) -> int:
        """The number of bins of the distance grid.

        Example:
            >>> import numpy as np
            >>> from siamese.metrics.histograms import pair_histograms
            >>> pair_histograms(np.array([[0.0], [1.0]]), np.array([2, 2]), upper=10.0, bins=200).bins
            200
        """
        return int(self.counts.shape[-1])

    @cached_property
    def thresholds(self) -> np.ndarray:
        """The edges of the grid (bins + 1,) float64; the rates at these thresholds are exact.

        Example:
            >>> import numpy as np
            >>> from siamese.metrics.histograms import pair_histograms
            >>> histograms = pair_histograms(np.array([[0.0], [1.0]]), np.array([2, 2]), upper=10.0, bins=200)
            >>> histograms.thresholds[[0, 1, 200]].tolist()
            [0.0, 0.05, 10.0]
        """
        return np.linspace(0.0, self.upper, self.bins + 1)

    @cached_property
    def accepted(self) -> np.ndarray:
        """P(distance <= threshold) for each pair of digits: (10, 10, bins + 1) float64, NaN where no pair exists.

        Example:
            >>> import numpy as np
            >>> from siamese.metrics.histograms import pair_histograms
            >>> histograms = pair_histograms(np.array([[0.0], [1.0], [3.0]]), np.array([2, 2, 3]), upper=10.0)
            >>> float(histograms.accepted[2, 3, histograms.index(2.5)])  # of the distances 3 and 2
            0.5
        """
        totals = self.counts.sum(-1, keepdims=True).astype(float)
        with np.errstate(invalid="ignore"):
            rates = np.cumsum(self.counts, -1) / totals
        return np.concatenate([np.where(totals > 0, 0.0, np.nan), rates], -1)

    def index(self, threshold: float) -> int:
        """The grid index 0..bins of the largest grid threshold that is <= `threshold` (to rounding).

        Example:
            >>> import numpy as np
            >>> from siamese.metrics.histograms import pair_histograms
            >>> pair_histograms(np.array([[0.0], [1.0]]), np.array([2, 2]), upper=10.0).index(2.5)
            250
        """
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
        embeddings: (n, d), real numbers.
        digits: (n,) whole numbers 0 to 9.
        upper: end of the distance grid (2 for embeddings of unit length).
        bins: steps of the grid.
        knots: thresholds at which the covariance for intervals is kept; knots - 1 divides bins.
        on_progress: called with (done, all) pairs of digits.

    Raises:
        ValueError: knots - 1 does not divide bins.

    Example:
        >>> import numpy as np
        >>> from siamese import Verifier
        >>> from siamese.imaging import pens
        >>> from siamese.metrics.histograms import pair_histograms
        >>> images, digits = pens.images(3, np.random.default_rng(0))
        >>> verifier = Verifier.load()
        >>> histograms = pair_histograms(verifier.embed(images), digits, verifier.card.upper)
        >>> int(histograms.counts[3, 3].sum()), int(histograms.counts[3, 5].sum())
        (3, 9)
    """
    if bins % (knots - 1):
        raise ValueError("knots - 1 must divide bins")
    groups = [embeddings[digits == digit] for digit in range(N_DIGITS)]
    counts = np.zeros((N_DIGITS, N_DIGITS, bins), np.int64)
    image_rates = [np.zeros((len(group), N_DIGITS, knots)) for group in groups]  # accept rates of each image
    pairs_of_digits = list(combinations_with_replacement(range(N_DIGITS), 2))
    for done, (a, b) in enumerate(pairs_of_digits, start=1):
        if len(groups[a]) and len(groups[b]):
            cells = bin_index(pairwise_distances(groups[a], groups[b]), upper, bins)  # (n, m)
            counts[a, b] = counts[b, a] = _count_pairs(cells, bins, same=a == b)
            knot_cells = cells // (bins // (knots - 1))
            if a == b:
                image_rates[a][:, a] = _accept_rates_within(knot_cells, knots)
            else:
                image_rates[a][:, b] = _accept_rates(knot_cells, knots)
                image_rates[b][:, a] = _accept_rates(knot_cells.T, knots)
        if on_progress:
            on_progress(done, len(pairs_of_digits))
    covariance = np.stack([_covariance(rates) for rates in image_rates]).astype(np.float32)
    return PairHistograms(counts, float(upper), np.array([len(group) for group in groups]), covariance)


def changed_pair_histograms(
    changed: np.ndarray, unchanged: np.ndarray, digits: np.ndarray, upper: float, bins: int = BINS, knots: int = KNOTS
) -> PairHistograms:
    """Histograms of the distances of all pairs of a changed image and another, unchanged one.

    An image and its own changed self are no pair. Each pair of images gives two, by which of both is changed, and so
    counts twice; an image's accept rates, whose covariance intervals need, are the mean of both. Where nothing is
    changed the rates are those of `pair_histograms`.

    Args:
        changed, unchanged: embeddings (n, d) of the same images in the same order, with digits (n,).
        upper, bins, knots: as for `pair_histograms`.

    Raises:
        ValueError: knots - 1 does not divide bins.
    """
    if bins % (knots - 1):
        raise ValueError("knots - 1 must divide bins")
    groups = [np.flatnonzero(digits == digit) for digit in range(N_DIGITS)]
    counts = np.zeros((N_DIGITS, N_DIGITS, bins), np.int64)
    image_rates = [np.zeros((len(group), N_DIGITS, knots)) for group in groups]
    for a, b in product(range(N_DIGITS), repeat=2):
        if not (len(groups[a]) and len(groups[b])):
            continue
        cells = bin_index(pairwise_distances(changed[groups[a]], unchanged[groups[b]]), upper, bins)  # (n, m)
        apart = cells[~np.eye(len(cells), dtype=bool)] if a == b else cells.ravel()
        found = np.bincount(apart, minlength=bins)
        counts[a, b] += found
        if a != b:
            counts[b, a] += found
        rates = _accept_rates_within if a == b else _accept_rates
        knot_cells = cells // (bins // (knots - 1))
        image_rates[a][:, b] += rates(knot_cells, knots) / 2
        image_rates[b][:, a] += rates(knot_cells.T, knots) / 2
    covariance = np.stack([_covariance(rates) for rates in image_rates]).astype(np.float32)
    return PairHistograms(counts, float(upper), np.array([len(group) for group in groups]), covariance)


def bin_index(distances: np.ndarray, upper: float, bins: int) -> np.ndarray:
    """The grid's bin of each distance, int32, same shape; bins are (k, k + 1]: a distance on an edge lies below it."""
    index: np.ndarray = np.clip(np.ceil(distances * (bins / upper) - 1e-9) - 1, 0, bins - 1).astype(np.int32)
    return index


def _count_pairs(cells: np.ndarray, bins: int, same: bool) -> np.ndarray:
    """Counts (bins,) of the pairs whose bins are `cells` (n, m); of one group with itself, every pair once."""
    pairs = cells[np.triu_indices(len(cells), 1)] if same else cells.ravel()
    return np.bincount(pairs, minlength=bins)


def _accept_rates(cells: np.ndarray, knots: int) -> np.ndarray:
    """Accept rates (n, knots) of n images, each compared with m others, from the knots' cells (n, m) of the distances.

    Cell k holds the distances between knots k and k + 1, so that at knot k all cells below k are accepted.
    """
    counts = _row_histograms(cells, knots - 1)
    return _with_zero(np.cumsum(counts, 1) / cells.shape[1])


def _accept_rates_within(cells: np.ndarray, knots: int) -> np.ndarray:
    """The same for images of one group, compared with one another; an image with itself is no pair."""
    others = cells.copy()
    np.fill_diagonal(others, knots - 1)  # one cell more, which is not counted on
    counts = _row_histograms(others, knots)[:, :-1]
    return _with_zero(np.cumsum(counts, 1) / max(len(cells) - 1, 1))


def _row_histograms(cells: np.ndarray, n_cells: int) -> np.ndarray:
    """Counts (n, n_cells): how often each row of `cells` (n, m) holds each number."""
    first = np.arange(len(cells))[:, None] * n_cells  # every row counts into places of its own
    return np.bincount((cells + first).ravel(), minlength=len(cells) * n_cells).reshape(len(cells), n_cells)


def _with_zero(rates: np.ndarray) -> np.ndarray:
    """Rates (n, k) with the rate at threshold 0, which is 0, before them: (n, k + 1)."""
    return np.pad(rates, ((0, 0), (1, 0)))


def _covariance(rates: np.ndarray) -> np.ndarray:
    """Covariances (knots, 10, 10) over n images of their accept rates (n, 10, knots); 0 for fewer than two images."""
    if len(rates) < 2:
        return np.zeros((rates.shape[2], N_DIGITS, N_DIGITS))
    centred = rates - rates.mean(0)
    covariance: np.ndarray = np.einsum("ibk,ick->kbc", centred, centred, optimize=True) / (len(rates) - 1)
    return covariance


def pairs_near(embeddings: np.ndarray, threshold: float, tolerance: float) -> int:
    """How many pairs of `embeddings` (n, d) are at a distance within `tolerance` of the threshold."""
    near = 0
    for start in range(0, len(embeddings), BLOCK):
        # Every pair once: each block against itself and all that follow.
        distances = pairwise_distances(embeddings[start : start + BLOCK], embeddings[start:])
        close = np.abs(distances - threshold) <= tolerance
        near += int(np.triu(close, 1).sum())
    return near
