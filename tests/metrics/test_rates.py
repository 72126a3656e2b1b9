"""Rates, curves and intervals: against values derived by hand, scikit-learn and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from siamese.metrics import rates, thresholds
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import changed_pair_histograms, pair_histograms
from tests.metrics.embeddings import cloud, on_a_line


def test_rates_derived_by_hand():
    """Four images on a line: their six distances are known, so are the rates at two thresholds."""
    histograms = on_a_line()
    # P(same | 2, 2) = 1 (distance 1), P(same | 3, 3) = 0 (distance 4): mean 1/2.
    # Different pairs 3, 7, 2, 6: two of four are <= 3.5, so half are true rejects.
    assert rates.accuracy_at(histograms, (2, 3), 3.5) == pytest.approx(0.5)
    # At 1: same 1/2, different all rejected: (1/2 + 1) / 2.
    assert rates.accuracy_at(histograms, (2, 3), 1.0) == pytest.approx(0.75)
    assert rates.true_reject_rate(histograms, [2], [3], 3.5) == pytest.approx(0.5)


def test_a_distance_on_the_threshold_is_same():
    """distance <= threshold is *same*, so a threshold equal to a distance accepts it."""
    histograms = on_a_line()
    table = rates.called_same(histograms, 1.0)
    assert table[2, 2] == 1.0
    assert rates.called_same(histograms, 0.9)[2, 2] == 0.0
    assert np.isnan(table[0, 0])


def test_accuracy_weighs_digits_not_images():
    """A digit with many images counts as much as one with few."""
    embeddings = np.array([[0.0], [0.1], [0.2], [0.3], [5.0], [9.0]])
    histograms = pair_histograms(embeddings, np.array([2, 2, 2, 2, 3, 3]), upper=10.0, bins=100)
    # At 1: all six pairs of 2 accepted, the one pair of 3 (distance 4) not: mean of 1 and 0.
    assert rates.pair_curves(histograms, (2, 3)).true_accept_rate[10] == pytest.approx(0.5)


def test_auc_equals_scikit_learns(rng):
    """With digits of equal size, the area is scikit-learn's on all pairs, up to ties within a bin."""
    labels = np.repeat([2, 3, 4], 60)
    embeddings, _ = cloud(rng, 180)
    embeddings += np.eye(3)[labels - 2] @ rng.normal(size=(3, 16)) * 0.3
    histograms = pair_histograms(embeddings, labels, upper=4.0, bins=2000)
    rows, columns = np.triu_indices(180, 1)
    distances = pairwise_distances(embeddings, embeddings)[rows, columns]
    expected = roc_auc_score(labels[rows] == labels[columns], -distances)
    assert rates.roc_auc(rates.pair_curves(histograms, (2, 3, 4))) == pytest.approx(expected, abs=2e-4)


def test_perfect_and_useless_distances():
    """Separated digits: area 1, error 0. Digits that do not differ: area 1/2, error 1/2."""
    apart = pair_histograms(np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([2, 2, 3, 3]), 10.0, 100)
    curves = rates.pair_curves(apart, (2, 3))
    assert rates.roc_auc(curves) == 1.0
    assert rates.equal_error_rate(curves) == 0.0
    assert 0.1 <= thresholds.best_threshold(curves) < 4.9
    rng = np.random.default_rng(0)
    same = pair_histograms(rng.normal(size=(600, 3)), rng.choice([2, 3], 600), 8.0, 800, knots=81)
    curves = rates.pair_curves(same, (2, 3))
    assert rates.roc_auc(curves) == pytest.approx(0.5, abs=0.01)
    assert rates.equal_error_rate(curves) == pytest.approx(0.5, abs=0.01)


def bootstrapped(rng, near: np.ndarray, labels: np.ndarray, members: tuple[int, ...]) -> np.ndarray:
    """The 95% interval of accuracy by a bootstrap over images; `near` (n, n) are the pairs called same."""
    groups = {a: np.flatnonzero(labels == a) for a in members}
    accuracies = []
    for _ in range(600):
        resampled = {a: rng.choice(group, len(group)) for a, group in groups.items()}
        same = [near[np.ix_(d, d)][d[:, None] != d[None]].mean() for d in resampled.values()]
        apart = [1 - near[np.ix_(resampled[a], resampled[b])].mean() for a in members for b in members if a != b]
        accuracies.append((np.mean(same) + np.mean(apart)) / 2)
    return np.percentile(accuracies, [2.5, 97.5])


@pytest.mark.parametrize("members", [(2, 3, 4), (2, 4)])
def test_the_interval_is_the_bootstraps(rng, members):
    """The analytic interval is that of a bootstrap over images, to a tenth of its width."""
    embeddings, labels = cloud(rng, 300, spread=1.4)
    histograms = pair_histograms(embeddings, labels, upper=2.0)
    threshold = 1.0
    low, high = rates.accuracy_interval(histograms, members, threshold)
    near = pairwise_distances(embeddings, embeddings) <= threshold
    expected = bootstrapped(rng, near, labels, members)
    assert high - low == pytest.approx(expected[1] - expected[0], rel=0.15)
    accuracy = rates.accuracy_at(histograms, members, threshold)
    assert low < accuracy < high


def test_a_split_needs_two_digits():
    """One digit, none, or a number that is no digit is refused."""
    for members in ((2,), (), (3, 3), (2, 10), (-1, 2)):
        with pytest.raises(ValueError, match="at least two"):
            rates.pair_curves(on_a_line(), members)


def test_densities_sum_to_one_and_keep_the_order(rng):
    """Shares of pairs per bin sum to 1, and same pairs lie nearer than different pairs."""
    embeddings, labels = cloud(rng, spread=0.5)
    edges, same, different = rates.distance_densities(pair_histograms(embeddings, labels, 2.0), (2, 3, 4), 100)
    assert len(edges) == 101
    assert same.sum() == pytest.approx(1)
    assert different.sum() == pytest.approx(1)
    middles = (edges[1:] + edges[:-1]) / 2
    assert same @ middles < different @ middles


def test_the_interval_of_changed_pairs_is_the_bootstraps(rng):
    """Images are the sample there, too, each with its changed self: to a tenth or so of the interval's width."""
    embeddings, labels = cloud(rng, 300, spread=1.4)
    changed = embeddings + 0.15 * rng.normal(size=embeddings.shape).astype(np.float32)
    members, threshold = (2, 3, 4), 1.0
    histograms = changed_pair_histograms(changed, embeddings, labels, 2 * threshold, bins=2, knots=3)
    low, high = rates.accuracy_interval(histograms, members, threshold)
    near = pairwise_distances(changed, embeddings) <= threshold
    expected = bootstrapped(rng, near, labels, members)
    assert high - low == pytest.approx(expected[1] - expected[0], rel=0.15)
    assert low < rates.accuracy_at(histograms, members, threshold) < high


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_student_s_quantile_is_the_published_one(degrees, expected):
    """To three decimals, as tables print it."""
    assert rates.t95(degrees) == pytest.approx(expected, abs=8e-4)
    assert rates.t95(degrees) > rates.t95(degrees + 1) > rates.Z95
