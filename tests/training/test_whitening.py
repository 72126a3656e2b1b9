"""The closed-form layer: principal components, and whitening within classes."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.training.whitening import EXACT_UP_TO, leading_directions, whitening


def test_whitening_makes_classes_spheres(rng):
    """After whitening, the scatter within classes is the identity, when nothing is shrunk."""
    scale = rng.normal(size=(6, 6))
    classes = np.repeat(np.arange(5), 400)
    features = 3 * rng.normal(size=(5, 6))[classes] + rng.normal(size=(2000, 6)) @ scale
    matrix, offset = whitening(features, classes, 0.0, 0.0)
    white = features @ matrix + offset
    within = np.concatenate([white[classes == c] - white[classes == c].mean(0) for c in range(5)])
    assert np.allclose(np.cov(within.T), np.eye(6), atol=0.02)


def test_directions_in_which_classes_do_not_differ_count_less(rng):
    """Classes differ along the first two of four axes: with `between`, the others all but vanish."""
    classes = np.repeat(np.arange(40), 50)
    means = rng.normal(size=(40, 4)) * [3, 3, 0, 0]
    features = means[classes] + rng.normal(size=(2000, 4))

    def lengths(between):
        matrix, _ = whitening(features, classes, 0.0, between)
        return np.linalg.norm(matrix, axis=1)

    assert np.allclose(lengths(0.0), 1, atol=0.1)
    assert np.allclose(lengths(0.5)[:2], np.sqrt(0.9), atol=0.1)
    assert lengths(0.5)[2:].max() < 0.2


@pytest.mark.parametrize("size", [40, EXACT_UP_TO + 20])
def test_leading_directions_are_those_of_most_variance(rng, size):
    """Of a covariance with known eigenvectors: found up to their sign, the largest first, large or small."""
    vectors, _ = np.linalg.qr(rng.normal(size=(size, 6)))
    values = np.array([32.0, 16, 8, 4, 2, 1])
    covariance = (vectors * values) @ vectors.T + 1e-3 * np.eye(size)
    found = leading_directions(covariance, 5)
    assert found.shape == (size, 5)
    assert np.allclose(np.abs(found.T @ vectors), np.eye(5, 6), atol=1e-6)
