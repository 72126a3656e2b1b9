"""Embeddings of test images -> histograms of all pairs' distances, and the report.

No pairs are sampled: 10,000 images have some fifty million pairs, which take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from siamese import metrics
from siamese.data import SPLITS
from siamese.metrics import PairHistograms

BINS = 1000
KNOTS = 101
BLOCK = 500  # rows of distances at a time


def pairwise_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances (n, m) float64 of embeddings (n, d) and (m, d)."""
    left, right = left.astype(np.float64), right.astype(np.float64)
    # In float64 the expanded square loses nothing that matters; in float32 it would near zero.
    square = (left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * left @ right.T
    return np.sqrt(np.maximum(square, 0, out=square), out=square)


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


def stranger_counts(
    known: np.ndarray, strangers: np.ndarray, upper: float, bins: int = BINS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts (bins,) of distances: of one stranger's images, of a stranger and a known digit, of two strangers.

    Args:
        known: embeddings (n, d) of images of known digits.
        strangers: embeddings (classes, instances, d) of classes that no one knows.
    """

    def count(distance):
        return np.bincount(_cell(distance, upper, bins), minlength=bins)

    classes, instances = strangers.shape[:2]
    flat = strangers.reshape(classes * instances, -1)
    among = pairwise_distances(flat, flat)
    first, second = np.triu_indices(len(flat), 1)
    alike = first // instances == second // instances
    among = among[first, second]
    return count(among[alike]), count(pairwise_distances(known, flat).ravel()), count(among[~alike])


def curves_with_strangers(
    curves: metrics.PairCurves, digits: int, known: np.ndarray, strangers: np.ndarray, upper: float, world: int
) -> tuple[metrics.PairCurves, metrics.PairCurves]:
    """Rates among `digits` known digits and as many strangers as make `world`; and those of strangers alone.

    Args:
        curves: rates of the known digits among themselves.
        known, strangers: embeddings, as for `stranger_counts`.
    """
    same, across, different = stranger_counts(known, strangers, upper)
    among = metrics.curves_among_strangers(curves, digits, same, across, different, strangers=world - digits)
    return among, metrics.curves_of_strangers(curves.thresholds, same, different)


def _cell(distance: np.ndarray, upper: float, bins: int) -> np.ndarray:
    """The grid's cell of each distance: (k, k+1], as a distance on an edge belongs below it."""
    return np.clip(np.ceil(distance * (bins / upper) - 1e-9) - 1, 0, bins - 1).astype(np.int32)


def _count(groups: list[np.ndarray], a: int, b: int, upper: float, bins: int, near: list[np.ndarray]) -> np.ndarray:
    """Counts (bins,) of the pairs of digits a, b; writes each image's shares into `near`."""
    distance = pairwise_distances(groups[a], groups[b])
    cell = _cell(distance, upper, bins)
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
        accuracy = metrics.accuracy_at(histograms, members, threshold)
        interval = metrics.accuracy_interval(histograms, members, threshold)
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
    curves = metrics.pair_curves(histograms, members)
    at = histograms.index(threshold)
    error, reliability = metrics.calibration_error(histograms, members, probabilities)
    return {
        "accuracy": accuracy,
        "interval_95": list(interval),
        "false_accept_rate": float(curves.false_accept_rate[at]),
        "false_reject_rate": float(1 - curves.true_accept_rate[at]),
        "roc_auc": metrics.roc_auc(curves),
        "equal_error_rate": metrics.equal_error_rate(curves),
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
    reach = metrics.Z95 * float(accuracies.std(ddof=1)) / np.sqrt(trials)
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
