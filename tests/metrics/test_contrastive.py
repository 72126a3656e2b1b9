"""The contrastive loss of a pair, against values derived by hand."""

from __future__ import annotations

import pytest

from siamese.metrics.contrastive import contrastive_terms


@pytest.mark.parametrize(
    ("distance", "margin", "same", "different"),
    [(0.5, 1, 0.25, 0.25), (0.2, 1, 0.04, 0.64), (1.5, 1, 2.25, 0), (1.5, 2, 2.25, 0.25)],
)
def test_terms(distance, margin, same, different):
    """A same pair costs d², a different pair max(margin - d, 0)²."""
    found = contrastive_terms(distance, margin)
    assert [float(term) for term in found] == pytest.approx([same, different])
