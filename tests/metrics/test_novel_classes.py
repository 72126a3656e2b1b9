"""Rates for pairs with classes that the network was not trained on."""

from __future__ import annotations

import numpy as np

from siamese.metrics import novel_classes, rates
from siamese.metrics.histograms import pair_histograms


def test_novel_class_counts_count_what_a_plain_loop_counts(rng):
    """Pairs within a novel class, of a novel class and a known digit, and of two novel classes."""
    known, novel = rng.normal(size=(7, 3)), rng.normal(size=(4, 3, 3))
    expected = np.zeros((3, 50), int)

    def count(kind, left, right):
        expected[kind, min(max(int(np.ceil(np.linalg.norm(left - right) / 0.08)) - 1, 0), 49)] += 1

    flat = [(number, image) for number, images in enumerate(novel) for image in images]
    for index, (number, image) in enumerate(flat):
        for one in known:
            count(1, one, image)
        for other, another in flat[:index]:
            count(0 if other == number else 2, image, another)
    assert np.array_equal(novel_classes.novel_class_counts(known, novel, 4.0, 50), expected)


def test_novel_classes_weigh_as_known_digits(rng):
    """Two digits and two novel classes give what four digits give, when the novel classes are the other two digits."""
    embeddings = rng.normal(size=(200, 3))
    digits = np.repeat((2, 3, 4, 5), 50)
    embeddings[np.arange(200), digits % 3] += 2
    every = pair_histograms(embeddings, digits, 8.0)
    counts = every.counts
    known = rates.pair_curves(every, (2, 3))
    same = counts[4, 4] + counts[5, 5]
    across = counts[2, 4] + counts[2, 5] + counts[3, 4] + counts[3, 5]
    mixed = novel_classes.mixed_curves(known, 2, same, across, counts[4, 5], n_novel=2)
    expected = rates.pair_curves(every, (2, 3, 4, 5))
    assert np.allclose(mixed.true_accept_rate, expected.true_accept_rate)
    assert np.allclose(mixed.false_accept_rate, expected.false_accept_rate)
    assert np.allclose(rates.mean_of_curves(known, mixed).accuracy, (known.accuracy + mixed.accuracy) / 2)
    alone = novel_classes.novel_curves(known.thresholds, counts[4, 4] + counts[5, 5], counts[4, 5])
    assert np.allclose(alone.accuracy, rates.pair_curves(every, (4, 5)).accuracy)
    third = rates.mean_of_curves(known, mixed, alone)
    assert np.allclose(third.accuracy, (known.accuracy + mixed.accuracy + alone.accuracy) / 3)
