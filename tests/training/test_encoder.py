"""Shared weights, the loss, the distance, saving and loading."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from siamese.training import encoder as encoders


def test_the_siamese_model_has_the_weights_of_one_encoder():
    """Two inputs, one set of weights: the parameter counts are equal."""
    encoder = encoders.dense_encoder((16, 8), 0.1)
    model = encoders.siamese_model(encoder)
    assert len(model.inputs) == 2
    assert model.count_params() == encoder.count_params() == 784 * 16 + 16 + 16 * 8 + 8


def test_distance_is_symmetric_and_zero_for_equal_images(rng):
    """Swapping left and right changes nothing; an image is at (nearly) no distance from itself."""
    model = encoders.siamese_model(encoders.dense_encoder((16, 8), 0.1))
    left, right = rng.random((2, 5, 28, 28), np.float32)
    forth, back = (model.predict(pair, verbose=0) for pair in ([left, right], [right, left]))
    assert np.allclose(forth, back)
    assert model.predict([left, left], verbose=0).max() < 1e-3  # the root's floor: sqrt(1e-7)


def test_saving_and_loading_keeps_every_distance(tmp_path, rng):
    """The two-input model survives .keras in safe mode to the last bit."""
    model = encoders.siamese_model(encoders.dense_encoder((16, 8), 0.1))
    model.save(tmp_path / "siamese.keras")
    loaded = keras.saving.load_model(tmp_path / "siamese.keras", safe_mode=True)
    pair = list(rng.random((2, 5, 28, 28), np.float32))
    assert np.array_equal(model.predict(pair, verbose=0), loaded.predict(pair, verbose=0))
    assert loaded.count_params() == model.count_params()


def test_contrastive_loss_derived_by_hand():
    """Margin 1: a same pair at 0.5 costs 0.25, a different pair at 0.4 costs 0.36, one at 1.2 nothing."""
    loss = encoders.ContrastiveLoss(margin=1.0, reduction="none")
    values = loss(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.4, 1.2], np.float32))
    assert np.allclose(values, [0.25, 0.36, 0.0])


def test_the_loss_keeps_its_margin_when_saved():
    """get_config holds every argument."""
    config = encoders.ContrastiveLoss(margin=0.7).get_config()
    assert encoders.ContrastiveLoss.from_config(config).margin == 0.7


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_unit_length_makes_length_one(rng, scale):
    """Whatever the length of the input, the output has length 1."""
    embeddings = encoders.UnitLength()((scale * rng.normal(size=(4, 6))).astype(np.float32))
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_whitening_makes_classes_spheres(rng):
    """After whitening, the scatter within classes is the identity, when nothing is shrunk."""
    scale = rng.normal(size=(6, 6))
    classes = np.repeat(np.arange(5), 400)
    features = 3 * rng.normal(size=(5, 6))[classes] + rng.normal(size=(2000, 6)) @ scale
    matrix, offset = encoders.whitening(features, classes, 0.0, 0.0)
    white = features @ matrix + offset
    within = np.concatenate([white[classes == c] - white[classes == c].mean(0) for c in range(5)])
    assert np.allclose(np.cov(within.T), np.eye(6), atol=0.02)


def test_parts_weigh_squared_distances(rng):
    """The squared distance is the mean of the parts' squared distances, weighted by squared weights."""

    def unit(shape):
        values = rng.normal(size=shape)
        return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)

    left, right = [unit((1, 4)), unit((1, 3))], [unit((1, 4)), unit((1, 3))]
    weighted = encoders.Weighted((1.0, 0.5))
    whole = np.asarray(weighted(left)) - np.asarray(weighted(right))
    parts = [np.sum((a - b) ** 2) for a, b in zip(left, right)]
    assert np.sum(whole**2) == pytest.approx((parts[0] + 0.25 * parts[1]) / 1.25, rel=1e-5)
    assert encoders.Weighted.from_config(weighted.get_config()).weights_given == (1.0, 0.5)


def test_directions_in_which_classes_do_not_differ_count_less(rng):
    """Classes differ along the first two of four axes: with `between`, the others all but vanish."""
    classes = np.repeat(np.arange(40), 50)
    means = rng.normal(size=(40, 4)) * [3, 3, 0, 0]
    features = means[classes] + rng.normal(size=(2000, 4))

    def lengths(between):
        matrix, _ = encoders.whitening(features, classes, 0.0, between)
        return np.linalg.norm(matrix, axis=1)

    assert np.allclose(lengths(0.0), 1, atol=0.1)
    assert np.allclose(lengths(0.5)[:2], np.sqrt(0.9), atol=0.1)
    assert lengths(0.5)[2:].max() < 0.2


@pytest.mark.parametrize("size", [40, encoders.EXACT_UP_TO + 20])
def test_leading_directions_are_those_of_most_variance(rng, size):
    """Of a covariance with known eigenvectors: found up to their sign, the largest first, large or small."""
    vectors, _ = np.linalg.qr(rng.normal(size=(size, 6)))
    values = np.array([32.0, 16, 8, 4, 2, 1])
    covariance = (vectors * values) @ vectors.T + 1e-3 * np.eye(size)
    found = encoders.leading_directions(covariance, 5)
    assert found.shape == (size, 5)
    assert np.allclose(np.abs(found.T @ vectors), np.eye(5, 6), atol=1e-6)
