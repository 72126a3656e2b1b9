"""The two parts of an embedding, side by side."""

from __future__ import annotations

import numpy as np

from siamese.charts import embedding_parts


def test_shapes_and_their_difference_are_cells_of_one_scale():
    """Three rows, left on top; the largest number of all has the strongest colour."""
    left, right = np.array([0.5, -0.5]), np.array([0.25, 0.75])
    (cells,) = embedding_parts.shapes(left, right).data
    assert list(cells.y) == ["difference", "right", "left"]
    assert np.allclose(cells.z, [left - right, right, left])
    assert (cells.zmin, cells.zmax) == (-1.25, 1.25)


def test_answers_are_bars_of_both_images():
    """A bar for each digit and for none, of each image; what is next to nothing has no number."""
    bars = embedding_parts.class_probabilities(np.array([0.9, 0.001, 0.099]), np.array([0.0, 0.5, 0.5]), (2, 3)).data
    assert [bar.name for bar in bars] == ["left", "right"]
    assert list(bars[0].x) == ["2", "3", "none"]
    assert list(bars[0].text) == ["90%", "", "10%"]
    assert bars[0].marker.pattern.shape != bars[1].marker.pattern.shape
