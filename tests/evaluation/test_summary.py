"""The figures of a model by split, and one-shot accuracy."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data.splits import SPLITS
from siamese.evaluation import summary
from siamese.metrics.histograms import pair_histograms


def test_the_report_has_every_split_and_rounds(rng):
    """Accuracy lies within its interval for each split; all figures are plain numbers."""
    digits = np.arange(300) % 10
    centres = np.random.default_rng(0).normal(size=(10, 8))
    embeddings = centres[digits] + 0.8 * rng.normal(size=(300, 8))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    histograms = pair_histograms(embeddings, digits, 2.0)
    report = summary.pair_report(histograms, 0.9, lambda distance: 1 / (1 + np.exp(9 * (distance - 0.9))))
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
    assert summary.one_shot_accuracy(tight, digits, tuple(range(10)), 20, rng)[0] == 1.0
    noise = rng.normal(size=(400, 10))
    accuracy, low, high = summary.one_shot_accuracy(noise, digits, tuple(range(10)), 60, rng)
    assert accuracy == pytest.approx(0.1, abs=0.02)
    assert low < accuracy < high
