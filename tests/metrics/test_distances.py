"""The distance of embeddings: by hand, and against numpy."""

from __future__ import annotations

import numpy as np

from siamese.metrics.distances import embedding_distance, pairwise_distances


def test_pairwise_distances_by_hand():
    """3, 4, 5; never less than 0."""
    points = np.array([[0, 0], [3, 4]], np.float32)
    assert np.array_equal(pairwise_distances(points, points), [[0, 5], [5, 0]])
    near = np.full((1, 3), 1e4, np.float32)
    assert pairwise_distances(near, near + np.float32(1e-3)).min() >= 0


def test_distances_are_euclidean_symmetric_and_zero_for_equals(rng):
    """As numpy's norm of the difference; zero on the diagonal to rounding."""
    embeddings = rng.normal(size=(40, 12)).astype(np.float32)
    distances = pairwise_distances(embeddings, embeddings)
    wide = embeddings.astype(float)
    expected = np.linalg.norm(wide[:, None] - wide[None], axis=-1)
    assert np.allclose(distances, expected, atol=1e-6)
    assert np.allclose(distances, distances.T)
    assert np.abs(np.diag(distances)).max() < 1e-6


def test_one_pair_has_the_distance_that_it_has_among_many(rng):
    """(0, 0) and (3, 4) are exactly 5 apart; in general one pair's distance is that of the matrix, to rounding."""
    assert embedding_distance(np.zeros(2, np.float32), np.array([3, 4], np.float32)) == 5.0
    left, right = rng.normal(size=(2, 64)).astype(np.float32)
    assert np.isclose(embedding_distance(left, right), pairwise_distances(left[None], right[None])[0, 0], rtol=1e-12)
    assert embedding_distance(left, right) == embedding_distance(right, left)
    assert embedding_distance(left, left) == 0.0
