"""Error rates, accuracies and their intervals, from histograms of the distances of all pairs of images.

A pair is *accepted* when it is called same (distance <= threshold). True accepts are same pairs that are called same,
false accepts are different pairs that are called same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siamese.metrics.histograms import N_DIGITS, PairHistograms

Z95 = 1.959963984540054  # normal quantile of a two-sided 95% interval
_T95 = (12.706204736, 4.302652730, 3.182446305, 2.776445105)  # Student's, of 1 to 4 degrees of freedom


def t95(degrees: int) -> float:
    """Student's quantile of a two-sided 95% interval, for so many degrees of freedom, at least 1.

    From 5 on by the normal quantile's expansion (Abramowitz and Stegun 1964, 26.7.5), right to 0.0003.
    """
    if degrees <= len(_T95):
        return _T95[degrees - 1]
    z, n = Z95, degrees
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    )


@dataclass(frozen=True)
class PairCurves:
    """Rates of a set of digits at every threshold of the grid.

    Attributes:
        thresholds: (bins + 1,) float64, distances from 0 on.
        true_accept_rate: (bins + 1,) float64 in 0..1, the part of same pairs that are called same.
        false_accept_rate: (bins + 1,) float64 in 0..1, the part of different pairs that are called same.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> curves = rates.pair_curves(histograms, (2, 3))
        >>> at = histograms.index(2.5)
        >>> float(curves.true_accept_rate[at]), float(curves.false_accept_rate[at])
        (0.5, 0.25)
    """

    thresholds: np.ndarray
    true_accept_rate: np.ndarray
    false_accept_rate: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Accuracy (bins + 1,) float64 in 0..1 on balanced pairs: the mean of true accept and true reject rate.

        Example:
            >>> import numpy as np
            >>> from siamese.metrics import rates
            >>> from siamese.metrics.histograms import pair_histograms
            >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
            >>> histograms = pair_histograms(line, digits, upper=10.0)
            >>> float(rates.pair_curves(histograms, (2, 3)).accuracy[histograms.index(2.5)])
            0.625
        """
        accuracy: np.ndarray = (self.true_accept_rate + 1 - self.false_accept_rate) / 2
        return accuracy


def _members(digits: Iterable[int]) -> np.ndarray:
    """The digits as a sorted array without repetitions; raises ValueError for fewer than two."""
    members: np.ndarray = np.unique(np.asarray(list(digits), int))
    if len(members) < 2 or members[0] < 0 or members[-1] > 9:
        raise ValueError("a set of digits needs at least two of 0..9")
    return members


def _pair_average(table: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of `table` (10, 10, ...) over (a, a), and over ordered a != b, in members."""
    block = table[np.ix_(members, members)]
    diagonal = np.eye(len(members), dtype=bool)
    same: np.ndarray = block[diagonal].mean(0)
    different: np.ndarray = block[~diagonal].mean(0)
    return same, different


def pair_curves(histograms: PairHistograms, digits: Iterable[int]) -> PairCurves:
    """Rates against threshold for pairs with both digits in `digits`; every pair of digits weighs the same.

    Args:
        histograms: as `pair_histograms` gives them.
        digits: two or more of 0 to 9.

    Raises:
        ValueError: fewer than two digits, or a number that is none.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> rates.pair_curves(histograms, (2, 3)).thresholds.shape
        (1001,)
    """
    same, different = _pair_average(histograms.accepted, _members(digits))
    return PairCurves(histograms.thresholds, same, different)


def accept_rates(counts: np.ndarray) -> np.ndarray:
    """The accepted part of the pairs at each threshold of the grid (bins + 1,), from counts of distances (bins,)."""
    return np.concatenate([[0.0], np.cumsum(counts) / max(counts.sum(), 1)])


def mean_of_curves(*curves: PairCurves) -> PairCurves:
    """The mean of `curves`, which are on one grid: rates for pairs that come from each of them equally often."""
    return PairCurves(
        curves[0].thresholds,
        np.mean([each.true_accept_rate for each in curves], 0),
        np.mean([each.false_accept_rate for each in curves], 0),
    )


def accuracy_at(histograms: PairHistograms, digits: Iterable[int], threshold: float) -> float:
    """Accuracy in 0..1 of `digits` at `threshold`, the exact expectation of balanced pair sampling.

    Args:
        histograms: as `pair_histograms` gives them.
        digits: two or more of 0 to 9.
        threshold: a distance; between two of the grid it counts as the lower one.

    Raises:
        ValueError: fewer than two digits, or a number that is none.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> rates.accuracy_at(histograms, (2, 3), threshold=2.5)  # (1/2 + 3/4) / 2
        0.625
    """
    same, different = _pair_average(histograms.accepted[..., histograms.index(threshold)], _members(digits))
    return float((same + 1 - different) / 2)


def accuracy_interval(histograms: PairHistograms, digits: Iterable[int], threshold: float) -> tuple[float, float]:
    """95% interval of `accuracy_at`, with images (not pairs, which share images) as the units.

    The accuracy is a U-statistic of independent images; its variance is that of the sum of the per-image means
    (Hoeffding 1948; DeLong et al. 1988 do the same for ROC areas). The interval is taken on the logit scale, so that
    it stays within 0..1. A test compares it with a bootstrap over images. An accuracy of exactly 0 or 1 shows no
    spread: both ends are the accuracy itself.

    Args:
        histograms: as `pair_histograms` gives them.
        digits: two or more of 0 to 9.
        threshold: a distance.

    Raises:
        ValueError: fewer than two digits, or a number that is none.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> low, high = rates.accuracy_interval(histograms, (2, 3), threshold=2.5)
        >>> 0 < low < 0.625 < high < 1
        True
    """
    members = _members(digits)
    accuracy = accuracy_at(histograms, members, threshold)
    knots = histograms.covariance.shape[1]
    position = np.clip(threshold / histograms.upper, 0, 1) * (knots - 1)
    low = min(int(position), knots - 2)
    fraction = position - low  # between two knots the covariance is interpolated
    covariance = (1 - fraction) * histograms.covariance[:, low] + fraction * histograms.covariance[:, low + 1]

    size, variance = len(members), 0.0
    for a in members:
        weights = np.zeros(10)
        weights[members] = -1 / (size * (size - 1))
        weights[a] = 1 / size
        variance += float(weights @ covariance[a] @ weights) / max(int(histograms.images[a]), 1)
    if not 0 < accuracy < 1:
        return accuracy, accuracy
    logit = np.log(accuracy / (1 - accuracy))
    half_width = Z95 * np.sqrt(max(variance, 0.0)) / (accuracy * (1 - accuracy))
    bounds = 1 / (1 + np.exp(-np.array([logit - half_width, logit + half_width])))
    return float(bounds[0]), float(bounds[1])


def roc_auc(curves: PairCurves) -> float:
    """Area under the ROC curve, in 0..1: P(a same pair is closer than a different pair).

    Ties, within one bin, count half.

    Args:
        curves: as `pair_curves` gives them.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> rates.roc_auc(rates.pair_curves(histograms, (2, 3)))  # 1 is less than 3, 7, 2, 6, and 4 than 7, 6
        0.75
    """
    return float(np.trapezoid(curves.true_accept_rate, curves.false_accept_rate))


def equal_error_rate(curves: PairCurves) -> float:
    """The error rate, in 0..1, where false accepts and false rejects are equal, interpolated on the grid.

    Args:
        curves: as `pair_curves` gives them.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> histograms = pair_histograms(line, digits, upper=10.0)
        >>> rates.equal_error_rate(rates.pair_curves(histograms, (2, 3)))
        0.5
    """
    gap = curves.false_accept_rate - (1 - curves.true_accept_rate)  # increasing from -1 to 1
    after = int(np.argmax(gap >= 0))
    if after == 0 or gap[after] == gap[after - 1]:
        return float(curves.false_accept_rate[after])
    fraction = -gap[after - 1] / (gap[after] - gap[after - 1])
    return float(np.interp(fraction, [0, 1], curves.false_accept_rate[after - 1 : after + 1]))


def distance_densities(
    histograms: PairHistograms, digits: Iterable[int], bins: int = 100
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges (m + 1,), and the part of same pairs (m,) and of different pairs (m,) in each bin; each sums to 1.

    `m` is the largest divisor of the grid's bins that is at most `bins`.
    """
    m = max(k for k in range(1, bins + 1) if histograms.bins % k == 0)
    edges = slice(None, None, histograms.bins // m)
    curves = pair_curves(histograms, digits)
    return (
        curves.thresholds[edges],
        np.diff(curves.true_accept_rate[edges]),
        np.diff(curves.false_accept_rate[edges]),
    )


def called_same(histograms: PairHistograms, threshold: float) -> np.ndarray:
    """Accept rates (10, 10): how often a pair of images of digits a, b is called *same*."""
    return histograms.accepted[..., histograms.index(threshold)]


def called_same_among(accepted: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """The same (10, 10) for few images with digits (n,), from the pairs that are called same (n, n) bool, symmetric.

    NaN where there is no pair; an image and itself is none.
    """
    members = (digits[None] == np.arange(N_DIGITS)[:, None]).astype(np.float64)  # (10, n)
    hits = members @ (accepted & ~np.eye(len(accepted), dtype=bool)) @ members.T
    counts = members.sum(1)
    pairs = np.outer(counts, counts) - np.diag(counts)
    rates: np.ndarray = np.divide(hits, pairs, out=np.full_like(pairs, np.nan), where=pairs > 0)
    return rates


def true_reject_rate(histograms: PairHistograms, left: Iterable[int], right: Iterable[int], threshold: float) -> float:
    """How often a digit of `left` and one of `right`, two disjoint sets, are called *different*."""
    block = called_same(histograms, threshold)[np.ix_(list(left), list(right))]
    return float(1 - block.mean())
