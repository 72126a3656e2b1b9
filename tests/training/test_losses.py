"""The losses, against values derived by hand."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from siamese.training.losses import (
    COSINE_MARGIN,
    COSINE_SCALE,
    ContrastiveLoss,
    batch_contrastive_loss,
    cosine_softmax_loss,
    detector_loss,
    pair_loss,
    supervised_contrastive_loss,
)


def test_contrastive_loss_derived_by_hand():
    """Margin 1: a same pair at 0.5 costs 0.25, a different pair at 0.4 costs 0.36, one at 1.2 nothing."""
    loss = ContrastiveLoss(margin=1.0, reduction="none")
    values = loss(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.4, 1.2], np.float32))
    assert np.allclose(values, [0.25, 0.36, 0.0])


def test_the_loss_keeps_its_margin_when_saved():
    """get_config holds every argument."""
    config = ContrastiveLoss(margin=0.7).get_config()
    assert ContrastiveLoss.from_config(config).margin == 0.7


def test_the_contrastive_loss_of_all_pairs_by_hand():
    """Two images a class on a line: same pairs 0 apart; different ones √2 apart, and beyond or within the margin."""
    embeddings = tf.constant([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    classes = tf.constant([0, 0, 1, 1])
    assert float(batch_contrastive_loss(embeddings, classes, 1.0)) == pytest.approx(0, abs=1e-5)
    # All different pairs lack 2 - √2 of a margin of 2; half of the weight is theirs.
    assert float(batch_contrastive_loss(embeddings, classes, 2.0)) == pytest.approx((2 - 2**0.5) ** 2 / 2, abs=1e-5)
    # All same pairs are √2 apart, squared 2; different ones are 0 apart half of the time, which costs 1.
    mixed = tf.constant([0, 1, 0, 1])
    assert float(batch_contrastive_loss(embeddings, mixed, 1.0)) == pytest.approx((2 + 0.5) / 2, abs=1e-3)


def test_supervised_contrastive_loss_by_hand():
    """Two classes of two, at right angles, temperature 1: each image has one positive among three others."""
    embeddings = tf.constant([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    # log of e^1 / (e^1 + 2 e^0), for each image
    expected = -np.log(np.e / (np.e + 2))
    assert float(supervised_contrastive_loss(embeddings, tf.constant([0, 0, 1, 1]), 1.0)) == pytest.approx(expected)


def test_pair_loss_prefers_classes_apart():
    """Equal within and opposite between classes costs less than the reverse."""
    embeddings = tf.constant([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    good, bad = (float(pair_loss(embeddings, tf.constant(classes))) for classes in ([0, 0, 1, 1], [0, 1, 0, 1]))
    assert good < 0.1 < bad


def test_the_cosine_softmax_asks_for_a_margin():
    """By hand: an image halfway between two proxies loses by the margin, whatever the proxies' lengths."""
    proxies = tf.constant([[2.0, 0.0], [0.0, 1.0]])
    halfway = tf.constant([[np.sqrt(0.5), np.sqrt(0.5)]], tf.float32)
    loss = cosine_softmax_loss(halfway, proxies, tf.constant([0]))
    assert float(loss) == pytest.approx(np.log1p(np.exp(COSINE_SCALE * COSINE_MARGIN)), rel=1e-4)


def test_detectors_are_trained_to_refuse_synthetic_classes():
    """A logit of 0 costs ln 2 for each digit; right decisions cost next to nothing, a false accept its logit."""
    assert float(detector_loss(tf.zeros((1, 6)), tf.constant([2]), 6)) == pytest.approx(6 * np.log(2))
    accepted = 40 * tf.one_hot([2], 6) - 20
    assert float(detector_loss(accepted, tf.constant([2]), 6)) < 1e-6
    assert float(detector_loss(accepted, tf.constant([11]), 6)) == pytest.approx(20, rel=1e-3)
