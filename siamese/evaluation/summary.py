"""The figures of a model: error rates by split from its histograms, and one-shot accuracy from embeddings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from siamese.data.splits import SPLITS
from siamese.metrics import calibration, rates
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import PairHistograms


def pair_report(
    histograms: PairHistograms,
    threshold: float,
    probability_same: Callable[[np.ndarray], np.ndarray],
    pair_splits: Mapping[str, Collection[int]] = SPLITS,
) -> dict[str, Any]:
    """The figures of all pairs at a model's threshold: for each split those of `split_figures`.

    Rates are rounded to six decimals, far below their intervals, so that a rebuild gives the same text.

    Args:
        probability_same: the model's calibration, from distances to probabilities.
    """
    middles = (histograms.thresholds[1:] + histograms.thresholds[:-1]) / 2
    probabilities = probability_same(middles)
    splits = {}
    for name, members in pair_splits.items():
        accuracy = rates.accuracy_at(histograms, members, threshold)
        interval = rates.accuracy_interval(histograms, members, threshold)
        figures = split_figures(histograms, members, threshold, probabilities, accuracy, interval)
        splits[name] = {"digits": list(members), **figures}
    pairs = int(np.triu(histograms.counts.sum(-1)).sum())
    return rounded({"threshold": threshold, "images": int(histograms.images.sum()), "pairs": pairs, "splits": splits})


def split_figures(
    histograms: PairHistograms,
    members: Collection[int],
    threshold: float,
    probabilities: np.ndarray,
    accuracy: float,
    interval: tuple[float, float],
) -> dict[str, Any]:
    """The figures of one split: `accuracy` with its 95% `interval`, error rates, ROC AUC, EER, calibration error.

    Args:
        probabilities: (bins,), the calibrated probability of *same* in the middle of each bin of distances.
    """
    curves = rates.pair_curves(histograms, members)
    at = histograms.index(threshold)
    error, reliability = calibration.calibration_error(histograms, members, probabilities)
    return {
        "accuracy": accuracy,
        "interval_95": list(interval),
        "false_accept_rate": float(curves.false_accept_rate[at]),
        "false_reject_rate": float(1 - curves.true_accept_rate[at]),
        "roc_auc": rates.roc_auc(curves),
        "equal_error_rate": rates.equal_error_rate(curves),
        "expected_calibration_error": error,
        "reliability": reliability.tolist(),
    }


def one_shot_accuracy(
    embeddings: np.ndarray, digits: np.ndarray, ways: tuple[int, ...], trials: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Accuracy of N-way one-shot recognition with its 95% interval (accuracy, low, high).

    In each trial the support set holds one random image of each digit in `ways`; all other images are queries, and
    each gets the class of its nearest example (Lake et al. 2011; Koch et al. 2015). The accuracy of one support set is
    exact over all queries; the interval is over the support sets.
    """
    groups = [np.flatnonzero(digits == digit) for digit in ways]
    images = np.concatenate(groups)
    classes = np.repeat(np.arange(len(ways)), [len(group) for group in groups])
    accuracies = np.empty(trials)
    for trial in range(trials):
        support = np.array([rng.choice(group) for group in groups])
        nearest = pairwise_distances(embeddings[images], embeddings[support]).argmin(1)
        is_query = ~np.isin(images, support)
        is_right = (nearest == classes)[is_query]
        # Digits weigh the same, however many images each has.
        accuracies[trial] = np.mean([is_right[classes[is_query] == way].mean() for way in range(len(ways))])
    mean = float(accuracies.mean())
    half_width = rates.Z95 * float(accuracies.std(ddof=1)) / np.sqrt(trials)
    return mean, mean - half_width, mean + half_width


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """`figures` with every float in them, however deep, rounded to six decimals; tuples become lists."""
    return {key: _rounded(value) for key, value in figures.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return rounded(value)
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
