"""Memberships, fusion; losses; distortions; and a tiny fused training."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from siamese import encoder_layers as layers
from siamese import fused_training, pens
from siamese.augmentation import jitter
from siamese.data import SEEN_DIGITS
from siamese.fused_training import pair_loss, supervised_contrastive_loss
from siamese.publishing import export_litert
from siamese.recipes import Jitter, recipe_named
from siamese.training import train


@pytest.fixture(scope="module")
def trained():
    """A fused encoder of a few steps on pen digits."""
    images, digits = pens.images(20, np.random.default_rng(0))
    kept = np.isin(digits, SEEN_DIGITS)
    recipe = recipe_named("strokes", epochs=2, glyphs=70, fragments=40, collages=40, strangers=10, redrawn=20)
    recipe = replace(recipe, shape=replace(recipe.shape, steps=4))
    return train(recipe, np.round(images[kept] * 255).astype(np.uint8), digits[kept])


def test_a_fused_encoder_survives_saving_in_safe_mode(trained, tmp_path):
    """The same embeddings after .keras, up to float rounding."""
    images = np.random.default_rng(1).random((6, 28, 28), np.float32)
    trained.encoder.save(tmp_path / "encoder.keras")
    loaded = layers.load_encoder(tmp_path / "encoder.keras")
    embeddings = trained.encoder.predict(images, verbose=0)
    assert np.abs(embeddings - loaded.predict(images, verbose=0)).max() < 1e-6


def test_a_fused_encoder_is_one_small_litert_file(trained):
    """One file of at most 8 MB holds all parts."""
    assert len(export_litert(trained.encoder)) <= 8_000_000


def test_the_parts_of_an_embedding_are_as_long_as_the_weights_say(trained):
    """The shape has its weight's share as length; a membership is within 0 and its share."""
    embeddings = trained.encoder.predict(np.random.default_rng(1).random((6, 28, 28), np.float32), verbose=0)
    shape, memberships = np.split(embeddings, [trained.recipe.shape.embedding], axis=1)
    total = np.hypot(1, trained.recipe.membership)
    assert memberships.shape[1] == len(SEEN_DIGITS)
    assert np.allclose(np.linalg.norm(shape, axis=1), 1 / total, atol=1e-5)
    assert (memberships >= 0).all()
    assert (memberships <= trained.recipe.membership / total + 1e-6).all()


def cloud(rng, centre, count):
    """Points (count, 5) about `centre`, spread four times as far along the first axis as along the others."""
    return (centre + rng.normal(size=(count, 5)) * (4, 1, 1, 1, 1)).astype(np.float32)


def test_memberships_know_their_own_and_refuse_strangers(rng):
    """Of two classes' new members nearly all fit their own class and no other; points of neither fit none."""
    here, there = np.zeros(5), np.array([0, 20, 0, 0, 0])
    classes = np.repeat([0, 1], 800)
    memberships = layers.Memberships(2, reach=3.5, softness=0.5)
    memberships.build((None, 5))
    memberships.fit(
        *(np.concatenate([cloud(rng, here, 800), cloud(rng, there, 800)]), classes),
        *(np.concatenate([cloud(rng, here, 800), cloud(rng, there, 800)]), classes),
        shrinkage=0.0,
    )
    fits = np.concatenate([np.asarray(memberships(cloud(rng, centre, 300))) for centre in (here, there)])
    own = np.repeat(np.eye(2, dtype=bool), 300, axis=0)
    assert (fits[own] > 0.5).mean() > 0.98
    assert fits[~own].max() < 0.01
    assert np.asarray(memberships(cloud(rng, np.array([0, 10, 0, 0, 0]), 300))).max() < 0.2
    # Ten along the axis of much scatter is near, ten along another is far.
    along, across = np.asarray(memberships(np.array([[10, 0, 0, 0, 0], [0, 0, 10, 0, 0]], np.float32)))[:, 0]
    assert along > 0.5 > 0.01 > across


def test_memberships_measure_in_spreads(rng):
    """The median member lies `reach` spreads inside of one half; so does its logistic value say."""
    inside, beside = cloud(rng, np.zeros(5), 3000), cloud(rng, np.zeros(5), 3000)
    memberships = layers.Memberships(1, reach=3.0, softness=1.0)
    memberships.build((None, 5))
    zeros = np.zeros(3000, int)
    memberships.fit(inside, zeros, beside, zeros, shrinkage=0.0)
    logits = np.log(1 / np.asarray(memberships(beside))[:, 0] - 1)
    assert np.median(logits) == pytest.approx(-3.0, abs=0.02)
    assert np.quantile(logits, 0.9) == pytest.approx(-3.0 + layers.NINE_TENTHS, abs=0.02)


def test_invented_pools_keep_strangers_aside(rng):
    """Strangers of each kind are no part of what is trained on."""
    drawn, digits = pens.images(12, rng)
    kept = np.isin(digits, SEEN_DIGITS)
    recipe = recipe_named("strokes", glyphs=20, fragments=15, collages=10, strangers=5, pool_instances=3)
    images = np.round(drawn[kept] * 255).astype(np.uint8)
    trained_on, strangers = fused_training.invented_pools(recipe, images, digits[kept], rng)
    assert trained_on.shape == (45, 3, 28, 28)
    assert strangers.shape == (15, 3, 28, 28)
    assert strangers.max() <= 1
    trained_on = {image.tobytes() for image in trained_on.reshape(-1, 784)}
    assert not any(
        np.round(image * 255).astype(np.uint8).tobytes() in trained_on for image in strangers.reshape(-1, 784)
    )


def test_fused_training_takes_its_last_epoch(trained):
    """The recipe says so: the learning rate has run out there."""
    assert trained.chosen == 2
    assert np.isfinite([epoch.loss for epoch in trained.epochs]).all()


def test_fusion_weighs_squared_distances(rng):
    """The squared distance is the mean of the branches' squared distances, weighted by squared weights."""

    def unit(shape):
        values = rng.normal(size=shape)
        return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)

    left, right = [unit((1, 4)), unit((1, 3))], [unit((1, 4)), unit((1, 3))]
    fusion = layers.Fusion((1.0, 0.5))
    fused = np.asarray(fusion(left)) - np.asarray(fusion(right))
    parts = [np.sum((a - b) ** 2) for a, b in zip(left, right)]
    assert np.sum(fused**2) == pytest.approx((parts[0] + 0.25 * parts[1]) / 1.25, rel=1e-5)
    assert layers.Fusion.from_config(fusion.get_config()).weights_given == (1.0, 0.5)


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


def test_jitter_moves_ink_but_stays_in_range(rng):
    """Each image changes, values stay in 0..1, and the ink does not vanish."""
    keras.utils.set_random_seed(0)
    images = np.stack([pens.image(digit, rng) for digit in (2, 3, 4, 5)])
    moved = jitter(tf.constant(images), Jitter()).numpy()
    assert moved.shape == images.shape
    assert 0 <= moved.min() <= moved.max() <= 1
    assert (np.abs(moved - images).reshape(4, -1).mean(1) > 0.005).all()
    assert (moved.sum((1, 2)) > 0.3 * images.sum((1, 2))).all()
