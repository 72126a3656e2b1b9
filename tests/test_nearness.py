"""Examples that stand for many points, and what distance from them is usual."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import nearness


def test_centroids_find_the_middles_of_heaps(rng):
    """Three tight heaps, three centroids: one in the middle of each."""
    middles = np.array([[0, 0], [10, 0], [0, 10]], np.float32)
    points = np.concatenate([middle + 0.1 * rng.normal(size=(30, 2)) for middle in middles]).astype(np.float32)
    # Lloyd's algorithm may start with two in one heap; of some starts one has each.
    found = [nearness.centroids(points, 3, np.random.default_rng(seed)) for seed in range(10)]
    best = min(found, key=lambda some: nearness.squared_distances(points, some).min(1).sum())
    assert np.allclose(best[np.lexsort(best.T)], middles[np.lexsort(middles.T)], atol=0.1)


def test_more_centroids_stand_closer(rng):
    """The mean distance from the nearest falls with their number, and is below that of points taken at random."""
    points = rng.normal(size=(300, 4)).astype(np.float32)

    def spread(centroids):
        return np.sqrt(nearness.squared_distances(points, centroids).min(1)).mean()

    few, many = (nearness.centroids(points, count, np.random.default_rng(0)) for count in (5, 40))
    assert spread(many) < spread(few) < spread(points[:5])
    assert many.dtype == np.float32


def test_few_points_stand_for_themselves(rng):
    """Where more are asked for than there are, all points are among them; of none nothing can be said."""
    points = rng.normal(size=(3, 2)).astype(np.float32)
    found = nearness.centroids(points, 5, rng)
    assert found.shape == (5, 2)
    assert nearness.squared_distances(points, found).min(1).max() < 1e-10
    with pytest.raises(ValueError, match="no points"):
        nearness.centroids(points[:0], 5, rng)


def test_squared_distances_by_hand():
    """3, 4, 5; never below 0."""
    points = np.array([[0, 0], [3, 4]], np.float32)
    assert np.array_equal(nearness.squared_distances(points, points), [[0, 25], [25, 0]])
    near = np.full((1, 3), 1e4, np.float32)
    assert nearness.squared_distances(near, near + np.float32(1e-3)).min() >= 0


def test_what_is_usual_is_asked_of_the_own_class():
    """Two spaces, of which one measures in other units, count the same; other classes' distances do not."""
    first = np.array([[1, 50], [3, 50], [50, 2], [50, 2]], float)
    shares, median, deviation = nearness.usual([first, 100 * first], np.array([0, 0, 1, 1]))
    assert np.allclose(shares, [1 / 2, 1 / 200])
    assert np.allclose(median, [2, 2])
    assert np.allclose(deviation, [1, 0])
    with pytest.raises(ValueError, match="each class"):
        nearness.usual([first], np.array([0, 0, 0, 0]))
