"""Shared weights, the distance, saving and loading."""

from __future__ import annotations

import keras
import numpy as np

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
