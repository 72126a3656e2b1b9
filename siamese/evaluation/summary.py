"""Histograms -> the figures of a model, by split."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from siamese.data.splits import SPLITS
from siamese.metrics import calibration, rates
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import PairHistograms


def report(
    histograms: PairHistograms,
    threshold: float,
    probability_same: Callable[[np.ndarray], np.ndarray],
    pair_splits: Mapping[str, Collection[int]] = SPLITS,
) -> dict:
    """The figures of a model at its threshold: per split accuracy with interval, AUC, EER, calibration.

    Rates are rounded to six decimals, far below their intervals, so that a rebuild gives the same text.
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
) -> dict:
    """What a report says of one split: its `accuracy` with its 95% `interval`, error rates, AUC, EER, calibration.

    Args:
        probabilities: (bins,), how sure the model is of *same* in the middle of each step of distance.
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


def one_shot(
    embeddings: np.ndarray, digits: np.ndarray, ways: tuple[int, ...], trials: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Accuracy of N-way one-shot recognition with its 95% interval (accuracy, low, high).

    A trial shows one random image of each digit in `ways` as the only example of its class and asks
    for all other images' classes by the nearest example (Lake et al. 2011; Koch et al. 2015). The
    accuracy of one set of examples is exact over all queries; the interval is over the sets.
    """
    groups = [np.flatnonzero(digits == digit) for digit in ways]
    queries = np.concatenate(groups)
    truth = np.repeat(np.arange(len(ways)), [len(group) for group in groups])
    accuracies = np.empty(trials)
    for trial in range(trials):
        examples = np.array([rng.choice(group) for group in groups])
        nearest = pairwise_distances(embeddings[queries], embeddings[examples]).argmin(1)
        asked = ~np.isin(queries, examples)
        # Digits weigh the same, however many images each has.
        hits = (nearest == truth)[asked]
        accuracies[trial] = np.mean([hits[truth[asked] == way].mean() for way in range(len(ways))])
    mean = float(accuracies.mean())
    reach = rates.Z95 * float(accuracies.std(ddof=1)) / np.sqrt(trials)
    return mean, mean - reach, mean + reach


def rounded(value):
    """`value` with every float in it, however deep, rounded to six decimals."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return value
