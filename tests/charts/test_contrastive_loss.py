"""The figure of the contrastive loss, against values derived by hand."""

from __future__ import annotations

import pytest

from siamese.charts.contrastive_loss import contrastive, contrastive_terms


@pytest.mark.parametrize(
    ("distance", "margin", "same", "different"),
    [(0.5, 1, 0.25, 0.25), (0.2, 1, 0.04, 0.64), (1.5, 1, 2.25, 0), (1.5, 2, 2.25, 0.25)],
)
def test_terms(distance, margin, same, different):
    """A same pair costs d², a different pair max(margin - d, 0)²."""
    found = contrastive_terms(distance, margin)
    assert [float(term) for term in found] == pytest.approx([same, different])


@pytest.mark.parametrize(("is_same", "marks"), [(True, 1), (False, 1), (None, 2)])
def test_a_pair_is_marked_on_the_term_that_is_its_own_or_on_both(is_same, marks):
    """Where the truth is known only its term counts."""
    figure = contrastive(1.0, 2.0, 0.5, is_same)
    marked = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert len(marked) == marks
    assert all(trace.x[0] == 0.5 and trace.y[0] == 0.25 for trace in marked)


def test_without_a_pair_there_are_the_curves_alone():
    """Nothing is marked when Compare is empty."""
    assert len(contrastive(1.0, 2.0, None, None).data) == 2
