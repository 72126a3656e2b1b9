"""The chart of robustness: a line in a band for each split, told apart without colour, and what changes nothing."""

from __future__ import annotations

import numpy as np

from siamese.charts.robustness import accuracy_by_change
from siamese.data.splits import SPLITS
from siamese.evaluation.robustness import Change

FIGURES = np.array([[0.9, 0.88, 0.92], [0.7, 0.66, 0.74]])
CHANGE = Change(np.array([0.0, 30.0]), np.array([100, 90]), dict.fromkeys(SPLITS, FIGURES))


def test_each_split_has_a_line_in_its_band():
    """The band goes along the upper ends and back along the lower ones; it is in no legend."""
    figure = accuracy_by_change(CHANGE, "turn, degrees", 0.0, 0.45)
    bands, lines = figure.data[::2], figure.data[1::2]
    assert [line.name for line in lines] == list(SPLITS)
    for band, line in zip(bands, lines):
        assert (list(band.x), list(band.y)) == ([0, 30, 30, 0], [0.92, 0.74, 0.66, 0.88])
        assert not band.showlegend
        assert list(line.y) == [0.9, 0.7]
    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == 3


def test_what_changes_nothing_is_marked_and_guessing_too():
    """A line down at the amount that changes nothing, a level at one half, the ticks at the amounts."""
    figure = accuracy_by_change(CHANGE, "turn, degrees", 0.0, 0.45)
    down, level = figure.layout.shapes
    assert (down.x0, down.x1) == (0, 0)
    assert (level.y0, level.y1) == (0.5, 0.5)
    assert list(figure.layout.xaxis.tickvals) == [0, 30]
    assert figure.layout.xaxis.title.text == "turn, degrees"
    assert figure.layout.yaxis.range[0] == 0.45
