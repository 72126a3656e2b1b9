"""The figure of the contrastive loss, against values derived by hand."""

from __future__ import annotations

import pytest

from siamese.charts.contrastive_loss import contrastive


@pytest.mark.parametrize(("is_same", "marks"), [(True, 1), (False, 1), (None, 2)])
def test_a_pair_is_marked_on_the_term_that_is_its_own_or_on_both(is_same, marks):
    """Where the truth is known only its term counts."""
    figure = contrastive(1.0, 2.0, 0.5, is_same)
    marked = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert len(marked) == marks
    assert all(trace.x[0] == 0.5 and trace.y[0] == 0.25 for trace in marked)


def test_without_a_pair_there_are_the_curves_alone():
    """Nothing is marked when Compare is empty."""
    same, different = contrastive(1.0, 2.0, None, None).data
    at = list(same.x).index(0.5)
    assert (same.y[at], different.y[at]) == (0.25, 0.25)
