"""The two-part encoder: what it computes, its training data, and a tiny training."""

from __future__ import annotations

from dataclasses import fields, replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from siamese.data.splits import SEEN_DIGITS
from siamese.synthetic.look_alikes import looks_like_unseen
from siamese.training import two_part as training
from siamese.training.cross_validation import shortened
from siamese.training.encoder import load_encoder, two_part_encoder
from siamese.training.layers import Shares
from siamese.training.publish import export_litert
from siamese.training.recipes import TwoPartRecipe
from siamese.training.train import train
from tests.conftest import seen_digits

TINY = TwoPartRecipe(
    name="tiny",
    title="Tiny",
    epochs=2,
    batch=48,
    channels=(8, 16),
    strides=(2, 2),
    embedding=16,
    classes=60,
    instances=5,
    kept_aside=12,
    steps=12,
    last_epoch=True,
)


@pytest.fixture(scope="module")
def trained():
    """A few steps on pen digits and glyphs."""
    return train(TINY, *seen_digits(20, np.random.default_rng(0)))


@pytest.fixture
def some_images():
    return np.random.default_rng(1).random((6, 28, 28), np.float32)


def test_a_recipe_can_be_read_at_a_glance():
    """At most 25 fields, those of every recipe included."""
    assert len(fields(TwoPartRecipe)) <= 25


def test_shares_by_hand():
    """Logits (ln 2, 0) and the 0 of *none* have probabilities 2 : 1 : 1; the roots of the digits' are given."""
    shares = np.asarray(Shares()(np.array([[np.log(2), 0.0]], np.float32)))
    assert np.allclose(shares, np.sqrt([[0.5, 0.25]]), atol=1e-3)
    # Twice the temperature halves the logits: e to the half of ln 2 is the root of 2.
    whole = np.sqrt(2) + 2
    warmer = np.asarray(Shares(2.0)(np.array([[np.log(2), 0.0]], np.float32)))
    assert np.allclose(warmer, np.sqrt([[np.sqrt(2) / whole, 1 / whole]]), atol=1e-3)
    assert Shares.from_config(Shares(2.0).get_config()).temperature == 2.0


def test_shares_of_novel_classes_are_next_to_nothing():
    """All detectors refuse: shares near 0, so two novel classes do not differ in them."""
    shares = np.asarray(Shares(2.0)(np.full((1, 6), -30.0, np.float32)))
    assert shares.max() < 0.02


def test_the_parts_of_an_embedding_have_the_lengths_of_their_weights(some_images):
    """The shape has its weight's share as length; the squares of the shares sum to at most theirs."""
    recipe = replace(TINY, share_weight=2.0)
    parts = two_part_encoder(recipe)
    embeddings = parts.encoder.predict(some_images, verbose=0)
    assert embeddings.shape == (6, 16 + 6)
    shape, shares = embeddings[:, :16], embeddings[:, 16:]
    assert np.allclose(np.linalg.norm(shape, axis=1), 1 / np.sqrt(5), atol=1e-4)
    assert (np.linalg.norm(shares, axis=1) <= 2 / np.sqrt(5) + 1e-3).all()
    assert (shares >= 0).all()


def test_whitening_makes_what_varies_within_classes_count_less():
    """Classes differ in three bars of ink and vary in a fourth: whitened, they are separated far better."""
    rng = np.random.default_rng(0)
    parts = two_part_encoder(TINY)
    classes = np.repeat(np.arange(40), 6)
    images = np.zeros((240, 28, 28), np.float32)
    for bar in range(4):
        brightness = rng.random(240) if bar == 3 else (rng.random(40)[classes] + 0.1 * rng.random(240)) / 1.1
        images[:, 3 + 6 * bar : 7 + 6 * bar, 4:24] = brightness[:, None, None]

    def separation(vectors):
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
        same = classes[:, None] == classes
        return distances[~same].mean() / distances[same & ~np.eye(240, dtype=bool)].mean()

    before = separation(parts.heads.predict(images, verbose=0)[0])
    parts.fit_shape_layer(images, classes)
    after = separation(parts.encoder.predict(images, verbose=0)[:, :16])
    assert after > 1.5 * before


def test_training_learns_its_training_images(trained):
    """The loss falls, and the accuracy on known digits is above chance after two dozen steps."""
    assert [epoch.number for epoch in trained.epochs] == [1, 2]
    assert trained.epochs[1].loss < trained.epochs[0].loss
    assert trained.epochs[1].train_accuracy > 0.7
    assert trained.chosen == 2
    assert trained.calibration.midpoint == trained.threshold


def test_the_epochs_asked_for_are_the_steps_made(monkeypatch):
    """Another number of epochs means so many times `steps` batches, and a learning rate that runs out with them."""
    made = []

    def counted(recipe, heads, n_classes):
        made.append([recipe.epochs * recipe.steps, 0])

        def step(images, classes):
            made[-1][1] += 1
            return tf.constant(1.0)

        return step

    monkeypatch.setattr(training, "training_step", counted)
    images, digits = seen_digits(20, np.random.default_rng(0))
    for epochs in (1, 3):
        train(replace(TINY, epochs=epochs, steps=2), images, digits)
    assert made == [[2, 2], [6, 6]]


def test_it_survives_saving_in_safe_mode(trained, tmp_path, some_images):
    """The same embeddings after .keras, up to float rounding."""
    trained.encoder.save(tmp_path / "encoder.keras")
    loaded = load_encoder(tmp_path / "encoder.keras")
    expected = trained.encoder.predict(some_images, verbose=0)
    assert np.abs(loaded.predict(some_images, verbose=0) - expected).max() < 1e-6


def test_a_whole_encoder_is_one_small_litert_file_of_few_operations():
    """At most 3 MB and 30 operations, at the size that recipes have."""
    from ai_edge_litert.interpreter import Interpreter

    content = export_litert(two_part_encoder(TwoPartRecipe(name="whole", title="Whole")).encoder)
    assert len(content) <= 3_000_000
    assert len(Interpreter(model_content=content)._get_ops_details()) <= 30


def test_batches_hold_digits_and_synthetic_classes_in_their_shares(rng):
    """Of 48 images five of each digit, the rest of synthetic classes, none twice; each image is of its class."""
    images = np.arange(60, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    digits = np.arange(60) % 6
    pool = np.arange(100, 140, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 28, 28), np.uint8)
    batch, classes = (np.asarray(each) for each in next(training.batches_of(TINY, images, digits, pool, rng)))
    assert batch.shape == (48, 28, 28)
    assert np.bincount(classes[:30], minlength=6).tolist() == [5] * 6  # 0.625 · 48 / 6
    assert len(set(classes[30:].tolist())) == 18
    assert (batch[:30, 0, 0] % 6 == classes[:30]).all()
    assert (batch[30:, 0, 0].astype(int) - 100 == classes[30:] - 6).all()


@pytest.mark.parametrize("kind", ["glyphs", "fragments"])
def test_synthetic_classes_are_divided_and_look_like_no_unseen_digit(kind, rng):
    """So many to train on, so many held out with four images each, none in both; each class passed the filter."""
    recipe = replace(TINY, synthetic=kind)
    pool, held_out = training.synthetic_classes(recipe, seen_digits(12, rng)[0], rng)
    assert pool.shape == (60, 5, 28, 28)
    assert held_out.shape == (12, 4, 28, 28)
    assert pool.dtype == held_out.dtype == np.uint8
    assert not {image.tobytes() for image in pool[:, 0]} & {image.tobytes() for image in held_out[:, 0]}
    # The filter sees the prototype of each class, before its instances vary: most instances pass, too.
    assert looks_like_unseen(pool[:, 0]).mean() < 0.35


def test_none_are_held_out_where_none_are_wanted(rng):
    """No class stands for unseen digits: all are trained on."""
    pool, held_out = training.synthetic_classes(replace(TINY, kept_aside=0), seen_digits(12, rng)[0], rng)
    assert len(pool) == 60
    assert len(held_out) == 0


def test_another_kind_is_refused(rng):
    """Nothing is called *letters*."""
    with pytest.raises(ValueError, match="letters"):
        training.synthetic_classes(replace(TINY, synthetic="letters"), seen_digits(12, rng)[0], rng)


def test_a_fold_is_as_long_as_asked_and_counts_its_classes():
    """Half of all steps in one epoch, for four digits of six."""
    half = shortened(TwoPartRecipe(name="x", title="X", epochs=6, steps=100), (2, 3, 4, 5), 0.5)
    assert (half.epochs, half.steps, half.digits, half.n_classes) == (1, 300, (2, 3, 4, 5), 6)


def test_the_trained_layers_are_those_of_the_encoder():
    """The heads and the encoder have one set of convolutions; the closed-form layer is not trained."""
    parts = two_part_encoder(TINY)
    trainable = {id(weight) for weight in parts.heads.trainable_variables}
    assert {id(weight) for weight in parts.encoder.trainable_variables} < trainable
    assert isinstance(parts.encoder.get_layer("shape"), keras.layers.Dense)
    assert len(SEEN_DIGITS) == parts.heads.output_shape[1][-1]
