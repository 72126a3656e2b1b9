"""Distortions of a batch."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from siamese.imaging import pens
from siamese.training.augmentation import jitter
from siamese.training.recipes import Jitter


def test_jitter_moves_ink_but_stays_in_range(rng):
    """Each image changes, values stay in 0..1, and the ink does not vanish."""
    keras.utils.set_random_seed(0)
    images = np.stack([pens.image(digit, rng) for digit in (2, 3, 4, 5)])
    moved = jitter(tf.constant(images), Jitter()).numpy()
    assert moved.shape == images.shape
    assert 0 <= moved.min() <= moved.max() <= 1
    assert (np.abs(moved - images).reshape(4, -1).mean(1) > 0.005).all()
    assert (moved.sum((1, 2)) > 0.3 * images.sum((1, 2))).all()


def test_no_jitter_changes_nothing(rng):
    """With every deviation 0 the images come back as they were."""
    still = Jitter(rotation=0, slant=0, size=0, shift=0, elastic=0, thickness=(0, 0), contrast=0)
    images = rng.random((3, 28, 28)).astype(np.float32)
    assert np.allclose(jitter(tf.constant(images), still).numpy(), images, atol=1e-5)
