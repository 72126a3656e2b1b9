"""The figure of the contrastive loss, against values derived by hand."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.charts import how as how_charts
from siamese.charts.how import contrastive


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


def test_shapes_and_their_difference_are_cells_of_one_scale():
    """Three rows, left on top; the largest number of all has the strongest colour."""
    left, right = np.array([0.5, -0.5]), np.array([0.25, 0.75])
    (cells,) = how_charts.shapes(left, right).data
    assert list(cells.y) == ["difference", "right", "left"]
    assert np.allclose(cells.z, [left - right, right, left])
    assert (cells.zmin, cells.zmax) == (-1.25, 1.25)


def test_answers_are_bars_of_both_images():
    """A bar for each digit and for none, of each image; what is next to nothing has no number."""
    bars = how_charts.shares(np.array([0.9, 0.001, 0.099]), np.array([0.0, 0.5, 0.5]), (2, 3)).data
    assert [bar.name for bar in bars] == ["left", "right"]
    assert list(bars[0].x) == ["2", "3", "none"]
    assert list(bars[0].text) == ["90%", "", "10%"]
    assert bars[0].marker.pattern.shape != bars[1].marker.pattern.shape
