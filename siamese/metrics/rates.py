"""Arrays in, numbers and curves out: everything that is said about a model's distances.

All of it follows from one small array: for every pair of digits a histogram of the distances of
*all* pairs of test images. Words: a pair is *accepted* when it is called same (distance <=
threshold); true accepts are same pairs called same, false accepts are different pairs called same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siamese.metrics.histograms import PairHistograms

Z95 = 1.959963984540054  # normal quantile of a two-sided 95% interval


@dataclass(frozen=True)
class PairCurves:
    """Rates of a set of digits at every threshold of the grid; each (bins + 1,)."""

    thresholds: np.ndarray
    true_accept_rate: np.ndarray
    false_accept_rate: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Half the same pairs' accuracy plus half the different pairs': balanced pairs, exactly."""
        return (self.true_accept_rate + 1 - self.false_accept_rate) / 2


def _members(digits: Iterable[int]) -> np.ndarray:
    members = np.unique(np.asarray(list(digits), int))
    if len(members) < 2 or members[0] < 0 or members[-1] > 9:
        raise ValueError("a set of digits needs at least two of 0..9")
    return members


def _pair_average(table: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of `table` (10, 10, ...) over (a, a), and over ordered a != b, in members."""
    block = table[np.ix_(members, members)]
    diagonal = np.eye(len(members), dtype=bool)
    return block[diagonal].mean(0), block[~diagonal].mean(0)


def pair_curves(histograms: PairHistograms, digits: Iterable[int]) -> PairCurves:
    """Rates against threshold for pairs with both digits in `digits`; every pair of digits weighs the same.

    Raises:
        ValueError: fewer than two digits.
    """
    same, different = _pair_average(histograms.accepted, _members(digits))
    return PairCurves(histograms.thresholds, same, different)


def accept_rates(counts: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(counts) / max(counts.sum(), 1)])


def mean_of_curves(*curves: PairCurves) -> PairCurves:
    """Rates for pairs of which equal parts are those of each of `curves`; one grid."""
    return PairCurves(
        curves[0].thresholds,
        np.mean([each.true_accept_rate for each in curves], 0),
        np.mean([each.false_accept_rate for each in curves], 0),
    )


def accuracy_at(histograms: PairHistograms, digits: Iterable[int], threshold: float) -> float:
    """Accuracy of `digits` at `threshold`, the exact expectation of balanced pair sampling."""
    same, different = _pair_average(histograms.accepted[..., histograms.index(threshold)], _members(digits))
    return float((same + 1 - different) / 2)


def accuracy_interval(histograms: PairHistograms, digits: Iterable[int], threshold: float) -> tuple[float, float]:
    """95% interval of `accuracy_at`, with images (not pairs, which share images) as the units.

    The accuracy is a U-statistic of independent images; its variance is that of the sum of the
    per-image means (Hoeffding 1948; the same idea as DeLong et al. 1988 for ROC areas). Taken on
    the logit scale, so that the interval stays within 0..1. A test compares it with a bootstrap
    over images.
    """
    members = _members(digits)
    accuracy = accuracy_at(histograms, members, threshold)
    knots = histograms.covariance.shape[1]
    position = np.clip(threshold / histograms.upper, 0, 1) * (knots - 1)
    low = min(int(position), knots - 2)
    share = position - low
    covariance = (1 - share) * histograms.covariance[:, low] + share * histograms.covariance[:, low + 1]

    size, variance = len(members), 0.0
    for a in members:
        weights = np.zeros(10)
        weights[members] = -1 / (size * (size - 1))
        weights[a] = 1 / size
        variance += float(weights @ covariance[a] @ weights) / max(int(histograms.images[a]), 1)
    if not 0 < accuracy < 1:
        return accuracy, accuracy
    logit = np.log(accuracy / (1 - accuracy))
    reach = Z95 * np.sqrt(max(variance, 0.0)) / (accuracy * (1 - accuracy))
    bounds = 1 / (1 + np.exp(-np.array([logit - reach, logit + reach])))
    return float(bounds[0]), float(bounds[1])


def roc_auc(curves: PairCurves) -> float:
    """Area under the ROC: P(a same pair is closer than a different pair), ties (one bin) as a half."""
    return float(np.trapezoid(curves.true_accept_rate, curves.false_accept_rate))


def equal_error_rate(curves: PairCurves) -> float:
    """The error rate where false accepts and false rejects are equal, interpolated on the grid."""
    gap = curves.false_accept_rate - (1 - curves.true_accept_rate)  # increasing from -1 to 1
    after = int(np.argmax(gap >= 0))
    if after == 0 or gap[after] == gap[after - 1]:
        return float(curves.false_accept_rate[after])
    share = -gap[after - 1] / (gap[after] - gap[after - 1])
    return float(np.interp(share, [0, 1], curves.false_accept_rate[after - 1 : after + 1]))


def distance_densities(
    histograms: PairHistograms, digits: Iterable[int], bins: int = 100
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(edges (m + 1,), same (m,), different (m,)): shares of pairs per bin, each summing to 1.

    `m` is the largest divisor of the grid's bins that is at most `bins`.
    """
    m = max(k for k in range(1, bins + 1) if histograms.bins % k == 0)
    every = slice(None, None, histograms.bins // m)
    curves = pair_curves(histograms, digits)
    return (
        curves.thresholds[every],
        np.diff(curves.true_accept_rate[every]),
        np.diff(curves.false_accept_rate[every]),
    )


def called_same(histograms: PairHistograms, threshold: float) -> np.ndarray:
    """(10, 10): how often a pair of images of digits a, b is called *same*."""
    return histograms.accepted[..., histograms.index(threshold)]


def told_apart(histograms: PairHistograms, some: Iterable[int], others: Iterable[int], threshold: float) -> float:
    """How often a digit of `some` and one of `others` (disjoint) are called *different*."""
    block = called_same(histograms, threshold)[np.ix_(list(some), list(others))]
    return float(1 - block.mean())
