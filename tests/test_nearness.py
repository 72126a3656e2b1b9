"""Distances from examples, what of them is usual, and the evidence that follows."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import nearness
from siamese.recipes import Evidence


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


def test_the_nearest_example_counts(rng):
    """Of two classes' examples, for each point: by hand."""
    examples = [np.array([[0, 0], [10, 0]], np.float32), np.array([[0, 5]], np.float32)]
    points = np.array([[9, 0], [0, 2]], np.float32)
    assert np.allclose(nearness.from_examples(points, examples), [[1, np.hypot(9, 5)], [2, 3]])


def test_evidence_adds_up_logits_and_distances():
    """One image, two digits, two spaces: what the layer gives is what the recipe says, by hand."""
    said = Evidence(softness=4.0, nearness=0.5, familiar=2.0, raised=0.25)
    ordinary = np.array([1.0, 0.1]), np.array([3.0, 4.0]), np.array([0.5, 2.0])
    matrix, bias = nearness.weights(said, 2, ordinary)
    assert matrix.shape == (6, 2)
    logits, first, second = np.array([8.0, -8.0]), np.array([1.0, 2.0]), np.array([10.0, 60.0])
    found = np.concatenate([logits, first, second]) @ matrix + bias
    nearer = (ordinary[1] - (first + 0.1 * second)) / ordinary[2]
    assert np.allclose(found, logits / 4 + 0.5 * (nearer + 2) + 0.25)


def test_without_distances_the_logits_alone_count():
    """And a recipe that wants nearness all the same is refused."""
    matrix, bias = nearness.weights(Evidence(softness=2.0, raised=1.0), 3, None)
    assert np.array_equal(matrix, np.eye(3) / 2)
    assert np.array_equal(bias, np.ones(3))
    with pytest.raises(ValueError, match="examples"):
        nearness.weights(Evidence(nearness=1.0), 3, None)
