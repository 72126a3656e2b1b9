"""The histograms of all pairs' distances, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.metrics import histograms
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import changed_pair_histograms, pair_histograms, pairs_near
from tests.metrics.embeddings import cloud, on_a_line


def test_pairs_near_a_threshold_by_hand():
    """Of 0, 1, 1.05 and 3 on a line, the pairs at 1 and 1.05 are within 0.06 of 1; none is within 0.01 of 1.5."""
    embeddings = np.array([[0.0], [1.0], [1.05], [3.0]], np.float32)
    assert pairs_near(embeddings, 1.0, 0.06) == 2
    assert pairs_near(embeddings, 1.5, 0.01) == 0


def test_pairs_near_a_threshold_are_counted_once_whatever_the_blocks(rng, monkeypatch):
    """Against all distances at once."""
    embeddings = rng.normal(size=(53, 3)).astype(np.float32)
    first, second = np.triu_indices(53, 1)
    distance = np.linalg.norm(embeddings[first].astype(float) - embeddings[second], axis=1)
    monkeypatch.setattr(histograms, "BLOCK", 7)
    assert pairs_near(embeddings, 1.5, 0.1) == (np.abs(distance - 1.5) <= 0.1).sum() > 0


def test_histograms_count_what_a_plain_loop_counts(rng):
    """Every pair of images, counted by a double loop, gives the same array."""
    embeddings, digits = rng.normal(size=(30, 3)), rng.integers(0, 10, 30)
    histograms = pair_histograms(embeddings, digits, upper=4.0, bins=100)
    expected = np.zeros((10, 10, 100), int)
    for i in range(30):
        for j in range(i):
            distance = np.linalg.norm(embeddings[i] - embeddings[j])
            cell = min(max(int(np.ceil(distance / 0.04)) - 1, 0), 99)
            expected[digits[i], digits[j], cell] += 1
            if digits[i] != digits[j]:
                expected[digits[j], digits[i], cell] += 1
    assert np.array_equal(histograms.counts, expected)
    assert histograms.images.tolist() == np.bincount(digits, minlength=10).tolist()


def test_the_order_of_images_does_not_matter(rng):
    """The same images in another order give the same histograms."""
    embeddings, digits = rng.normal(size=(80, 5)), rng.integers(0, 10, 80)
    order = rng.permutation(80)
    first = pair_histograms(embeddings, digits, 6.0)
    second = pair_histograms(embeddings[order], digits[order], 6.0)
    assert np.array_equal(first.counts, second.counts)
    assert np.allclose(first.covariance, second.covariance, atol=1e-6)


def test_every_pair_counts_once():
    """n images of a digit make n (n - 1) / 2 same pairs; digits a, b make n m pairs, in both orders' cells."""
    histograms = on_a_line()
    assert histograms.counts.sum(-1)[2:4, 2:4].tolist() == [[1, 4], [4, 1]]
    assert np.array_equal(histograms.counts, histograms.counts.transpose(1, 0, 2))


def test_the_grid_is_exact_at_its_thresholds(rng):
    """At every grid threshold the rates are those of the distances themselves."""
    embeddings, labels = cloud(rng, 90)
    histograms = pair_histograms(embeddings, labels, upper=2.0, bins=200)
    distances = pairwise_distances(embeddings, embeddings)
    pairs = distances[np.ix_(labels == 2, labels == 3)]
    for index in (0, 57, 100, 133, 200):
        threshold = histograms.thresholds[index]
        assert histograms.accepted[2, 3, index] == pytest.approx((pairs <= threshold + 1e-9).mean(), abs=1e-12)
        assert histograms.index(threshold) == index


def test_changed_pairs_are_what_a_plain_loop_counts(rng):
    """Every changed image with every other unchanged one, in both cells of its two digits; never with itself."""
    changed, unchanged, digits = rng.normal(size=(30, 3)), rng.normal(size=(30, 3)), rng.integers(0, 10, 30)
    found = changed_pair_histograms(changed, unchanged, digits, upper=4.0, bins=100)
    expected = np.zeros((10, 10, 100), int)
    for i in range(30):
        for j in range(30):
            if i != j:
                cell = min(max(int(np.ceil(np.linalg.norm(changed[i] - unchanged[j]) / 0.04)) - 1, 0), 99)
                expected[digits[i], digits[j], cell] += 1
                if digits[i] != digits[j]:
                    expected[digits[j], digits[i], cell] += 1
    assert np.array_equal(found.counts, expected)
    assert found.images.tolist() == np.bincount(digits, minlength=10).tolist()
    with pytest.raises(ValueError, match="divide"):
        changed_pair_histograms(changed, unchanged, digits, upper=4.0, bins=100, knots=7)


def test_where_nothing_is_changed_the_rates_are_those_of_all_pairs(rng):
    """The same accepted shares and the same covariance: so the same accuracy and the same interval."""
    embeddings, digits = cloud(rng)
    usual = pair_histograms(embeddings, digits, 2.0)
    found = changed_pair_histograms(embeddings, embeddings, digits, 2.0)
    assert np.allclose(found.accepted, usual.accepted, equal_nan=True)
    assert np.allclose(found.covariance, usual.covariance, atol=1e-6)
