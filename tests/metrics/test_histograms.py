"""All pairs, the report, and one-shot recognition."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data.splits import SPLITS
from siamese.evaluation import summary
from siamese.metrics import histograms, novel_classes
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import pair_histograms, pairs_near


def test_pairwise_distances_by_hand():
    """3, 4, 5; never less than 0."""
    points = np.array([[0, 0], [3, 4]], np.float32)
    assert np.array_equal(pairwise_distances(points, points), [[0, 5], [5, 0]])
    near = np.full((1, 3), 1e4, np.float32)
    assert pairwise_distances(near, near + np.float32(1e-3)).min() >= 0


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


def test_distances_are_euclidean_symmetric_and_zero_for_equals(rng):
    """As numpy's norm of the difference; zero on the diagonal to rounding."""
    embeddings = rng.normal(size=(40, 12)).astype(np.float32)
    distances = pairwise_distances(embeddings, embeddings)
    wide = embeddings.astype(float)
    expected = np.linalg.norm(wide[:, None] - wide[None], axis=-1)
    assert np.allclose(distances, expected, atol=1e-6)
    assert np.allclose(distances, distances.T)
    assert np.abs(np.diag(distances)).max() < 1e-6


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


def test_stranger_counts_count_what_a_plain_loop_counts(rng):
    """Pairs of one stranger, of a stranger and a known digit, of two strangers."""
    known, strangers = rng.normal(size=(7, 3)), rng.normal(size=(4, 3, 3))
    expected = np.zeros((3, 50), int)

    def count(kind, left, right):
        expected[kind, min(max(int(np.ceil(np.linalg.norm(left - right) / 0.08)) - 1, 0), 49)] += 1

    flat = [(number, image) for number, images in enumerate(strangers) for image in images]
    for index, (number, image) in enumerate(flat):
        for one in known:
            count(1, one, image)
        for other, another in flat[:index]:
            count(0 if other == number else 2, image, another)
    assert np.array_equal(novel_classes.stranger_counts(known, strangers, 4.0, 50), expected)


def test_the_order_of_images_does_not_matter(rng):
    """The same images in another order give the same histograms."""
    embeddings, digits = rng.normal(size=(80, 5)), rng.integers(0, 10, 80)
    order = rng.permutation(80)
    first = pair_histograms(embeddings, digits, 6.0)
    second = pair_histograms(embeddings[order], digits[order], 6.0)
    assert np.array_equal(first.counts, second.counts)
    assert np.allclose(first.covariance, second.covariance, atol=1e-6)


def test_the_report_has_every_split_and_rounds(rng):
    """Accuracy lies within its interval for each split; all figures are plain numbers."""
    digits = np.arange(300) % 10
    centres = np.random.default_rng(0).normal(size=(10, 8))
    embeddings = centres[digits] + 0.8 * rng.normal(size=(300, 8))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    histograms = pair_histograms(embeddings, digits, 2.0)
    report = summary.report(histograms, 0.9, lambda distance: 1 / (1 + np.exp(9 * (distance - 0.9))))
    assert list(report["splits"]) == list(SPLITS)
    assert report["pairs"] == 300 * 299 // 2
    for values in report["splits"].values():
        low, high = values["interval_95"]
        assert low <= values["accuracy"] <= high
        assert values["accuracy"] == pytest.approx(
            1 - (values["false_accept_rate"] + values["false_reject_rate"]) / 2, abs=2e-6
        )


def test_one_shot_is_perfect_for_separate_digits_and_chance_for_noise(rng):
    """Tight clusters: every query right. Noise: one in ten ways."""
    digits = np.arange(400) % 10
    tight = np.eye(10)[digits] + 0.01 * rng.normal(size=(400, 10))
    assert summary.one_shot(tight, digits, tuple(range(10)), 20, rng)[0] == 1.0
    noise = rng.normal(size=(400, 10))
    accuracy, low, high = summary.one_shot(noise, digits, tuple(range(10)), 60, rng)
    assert accuracy == pytest.approx(0.1, abs=0.02)
    assert low < accuracy < high
