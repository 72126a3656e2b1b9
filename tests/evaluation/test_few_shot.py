"""Ranking symbols by the mean of their examples' embeddings, against values derived by hand."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.evaluation.few_shot import rank


def test_with_one_example_the_distance_is_that_of_the_pair():
    """From (0, 0), the example (3, 4) is 5 away and (0, 1) is 1 away: the second symbol wins."""
    ranking = rank(np.zeros(2), [np.array([[3.0, 4.0]]), np.array([[0.0, 1.0]])], threshold=2)
    assert [(found.index, found.distance) for found in ranking.candidates] == [(1, 1.0), (0, 5.0)]
    assert ranking.is_known
    assert ranking.lead == 4


def test_several_examples_are_stood_for_by_their_mean_and_each_is_evidence():
    """(0, 2) and (0, 4) have the mean (0, 3), which is 3 from the origin; the examples are 2 and 4 away."""
    (only,) = rank(np.zeros(2), [np.array([[0.0, 2.0], [0.0, 4.0]])], threshold=1).candidates
    assert only.distance == 3
    assert only.examples.tolist() == [2, 4]


@pytest.mark.parametrize(("threshold", "known"), [(1.0, True), (0.999, False)])
def test_beyond_the_threshold_it_is_none_of_these(threshold, known):
    """A distance of 1 is known up to a threshold of 1, as a pair on Compare is the same up to it."""
    assert rank(np.zeros(1), [np.array([[1.0]]), np.array([[3.0]])], threshold).is_known is known


@pytest.mark.parametrize(("second", "close"), [(1.09, True), (1.2, False)])
def test_a_small_lead_is_a_close_call(second, close):
    """With a threshold of 1 a lead of 0.09 is less than a tenth of it, one of 0.2 is more."""
    assert rank(np.zeros(1), [np.array([[1.0]]), np.array([[second]])], 1.0).is_close_call is close


def test_equal_distances_keep_the_order_and_are_a_close_call():
    """Two symbols at the same distance: the first stays first, and nobody is told that it won clearly."""
    ranking = rank(np.zeros(1), [np.array([[1.0]]), np.array([[-1.0]])], 2.0)
    assert [found.index for found in ranking.candidates] == [0, 1]
    assert ranking.is_close_call


def test_one_symbol_alone_is_never_a_close_call():
    """There is nothing that it could be confused with."""
    assert not rank(np.zeros(1), [np.array([[1.0]])], 2.0).is_close_call


@pytest.mark.parametrize("symbols", [[], [np.empty((0, 2))], [np.zeros((1, 3))], [np.zeros(2)]])
def test_what_cannot_be_ranked_is_refused(symbols):
    """No symbol, one without examples, another dimension or shape: an error, not a wrong ranking."""
    with pytest.raises(ValueError, match="needs"):
        rank(np.zeros(2), symbols, 1.0)
