"""Metrics, distances from examples, what of them is usual, and the evidence that follows."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import nearness
from siamese.recipes import Evidence


def test_what_is_usual_is_asked_of_the_own_class():
    """Distances from other classes do not matter."""
    distances = np.array([[1, 50], [3, 50], [50, 2], [50, 2]], float)
    median, deviation = nearness.usual(distances, np.array([0, 0, 1, 1]))
    assert np.allclose(median, [2, 2])
    assert np.allclose(deviation, [1, 0])
    with pytest.raises(ValueError, match="each class"):
        nearness.usual(distances, np.array([0, 0, 0, 0]))


def test_the_nearest_examples_count():
    """Of two classes' examples, for each point, and for both of a class: by hand."""
    examples = np.array([[[0, 0], [10, 0]], [[0, 5], [0, 7]]], np.float32)
    points = np.array([[9, 0], [0, 2]], np.float32)
    plain = np.stack([np.eye(2)] * 2).astype(np.float32)
    assert np.allclose(nearness.from_examples(points, plain, examples, 1), [[1, np.hypot(9, 5)], [2, 3]])
    assert np.allclose(nearness.from_examples(points, plain, examples, 2)[1], [(2 + np.hypot(10, 2)) / 2, 4])


def test_each_class_is_measured_by_its_own_metric():
    """A class stretched across comes out as a sphere by its own metric, by the mean one it stays stretched."""
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(4000, 2)) * [4, 1] + [5, 0]
    tall = rng.normal(size=(4000, 2)) * [1, 4]
    points, classes = np.concatenate([wide, tall]), np.repeat([0, 1], 4000)
    own = nearness.own_metrics(points, classes, own=1.0, shrinkage=0.0)
    assert np.allclose(np.cov((wide @ own[0]).T), np.eye(2), atol=1e-3)
    assert np.allclose(np.cov((tall @ own[1]).T), np.eye(2), atol=1e-3)
    mean = nearness.own_metrics(points, classes, own=0.0, shrinkage=0.0)
    assert np.allclose(mean[0], mean[1])
    spread = np.linalg.eigvalsh(np.cov((wide @ mean[0]).T))
    assert spread[1] / spread[0] == pytest.approx(16, rel=0.1)
    shrunk = nearness.own_metrics(points, classes, own=1.0, shrinkage=1.0)
    assert np.linalg.norm(shrunk[0]) < np.linalg.norm(own[0])
    with pytest.raises(ValueError, match="each class"):
        nearness.own_metrics(points, classes + 1, own=1.0, shrinkage=0.0)


def test_evidence_adds_up_logits_and_distances():
    """One image, two digits: what the layer gives is what the recipe says, by hand."""
    said = Evidence(softness=4.0, nearness=0.5, familiar=2.0, raised=0.25)
    ordinary = np.array([3.0, 4.0]), np.array([0.5, 2.0])
    matrix, bias = nearness.weights(said, 2, ordinary)
    assert matrix.shape == (4, 2)
    logits, distances = np.array([8.0, -8.0]), np.array([2.0, 8.0])
    found = np.concatenate([logits, distances]) @ matrix + bias
    nearer = (ordinary[0] - distances) / ordinary[1]
    assert np.allclose(found, logits / 4 + 0.5 * (nearer + 2) + 0.25)


def test_without_distances_the_logits_alone_count():
    """And a recipe that wants nearness all the same is refused."""
    matrix, bias = nearness.weights(Evidence(softness=2.0, raised=1.0), 3, None)
    assert np.array_equal(matrix, np.eye(3) / 2)
    assert np.array_equal(bias, np.ones(3))
    with pytest.raises(ValueError, match="examples"):
        nearness.weights(Evidence(nearness=1.0), 3, None)


def test_nothing_speaks_for_or_against_none():
    """Its column stands last, and is empty; the digits' columns are as without it."""
    said = Evidence(softness=4.0, nearness=0.5, raised=0.25)
    ordinary = np.array([3.0, 4.0]), np.array([0.5, 2.0])
    (matrix, bias), (plain, offset) = (nearness.weights(said, 2, ordinary, none) for none in (True, False))
    assert np.array_equal(matrix[:, :-1], plain)
    assert np.array_equal(bias[:-1], offset)
    assert not matrix[:, -1].any()
    assert bias[-1] == 0
