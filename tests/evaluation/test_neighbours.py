"""The vote of known digits: all five nearest of one digit, near enough, or no answer."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.evaluation.neighbours import neighbours_from_map
from siamese.evaluation.projection import EmbeddingMap, principal_axes
from siamese.metrics.distances import pairwise_distances

# On a line: five 4s at 0 to 0.4, then a 9 at 0.5, then five 9s at 2.0 to 2.4.
PLACES = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 2.0, 2.1, 2.2, 2.3, 2.4])
DIGITS = np.array([4] * 5 + [9] * 6)


def known(places=PLACES, digits=DIGITS, threshold=1.0):
    embeddings = np.stack([places, np.ones_like(places)], 1).astype(np.float32)
    return neighbours_from_map(
        EmbeddingMap(embeddings, digits, np.arange(len(digits)), principal_axes(embeddings)), threshold
    )


@pytest.mark.parametrize(
    ("place", "digit"),
    [
        (0.1, 4),  # its five nearest are the 4s
        (2.5, 9),
        (0.45, None),  # 0.1 to 0.5: four 4s and a 9
        (-0.7, None),  # all 4s, but the fifth is 1.1 away
        (-0.5, 4),  # the fifth is 0.9 away
    ],
)
def test_all_five_must_agree_and_lie_near(place, digit):
    """One that says otherwise, or one beyond the threshold: no answer."""
    assert known().vote(np.array([place, 1.0])) == digit


def test_too_few_know_nothing():
    """With four known digits there is no vote."""
    assert known(PLACES[:4], DIGITS[:4]).vote(np.array([0.1, 1.0])) is None


def test_the_nearest_are_those_of_the_distance(rng):
    """In many dimensions, in float32: the five of the exact distances vote."""
    embeddings, digits = rng.normal(size=(400, 64)).astype(np.float32), rng.integers(0, 2, 400)
    neighbours = neighbours_from_map(EmbeddingMap(embeddings, digits, np.arange(400), principal_axes(embeddings)), 1e3)
    points = rng.normal(size=(50, 64)).astype(np.float32)
    answers = []
    for distances in pairwise_distances(points, embeddings):
        votes = set(digits[distances.argsort()[:5]].tolist())
        answers.append(votes.pop() if len(votes) == 1 else None)
    assert [neighbours.vote(point) for point in points] == answers
    assert None in answers
    assert {0, 1} & set(answers)
