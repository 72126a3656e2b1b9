"""The chart of a live training: its axes stand still while its lines grow."""

from __future__ import annotations

import pytest

from siamese.charts.live import training
from siamese.live.protocol import EpochResult

PREDICTED = {"seen": 0.9, "unseen": 0.8}


def results(count: int) -> list[EpochResult]:
    return [EpochResult(n, 2 / n, 1.0, 0.9, 0.9, 0.9 + n / 100, 0.8, 0.6 + n / 100) for n in range(1, count + 1)]


def test_lines_grow_and_axes_stay():
    """Each epoch adds a point to four lines; the ranges of epochs and accuracy do not depend on it."""
    figures = [training(results(count), 10, PREDICTED) for count in (0, 1, 7)]
    assert [len(figure.data[0].x) for figure in figures] == [0, 1, 7]
    assert [line.name for line in figures[2].data] == ["seen pairs", "mixed pairs", "unseen pairs", "loss"]
    assert figures[2].data[2].y[-1] == pytest.approx(0.67)
    for axis in ("xaxis", "xaxis2", "yaxis"):
        assert len({figure.layout[axis].range for figure in figures}) == 1


def test_lines_differ_by_more_than_colour():
    """Dash and marker tell them apart, too."""
    lines = training(results(2), 3, PREDICTED).data[:3]
    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == 3


@pytest.mark.parametrize(
    "predicted", [{"seen": 0.9, "unseen": 0.9}, {"seen": 0.7, "unseen": 0.72}, {"seen": 0.5, "unseen": 0.5}]
)
def test_labels_of_predictions_do_not_cover_each_other(predicted):
    """Equal or near predictions: each label stands apart, the levels themselves are where they belong."""
    figure = training([], 5, predicted)
    heights = [note.y for note in figure.layout.annotations if "you say" in note.text]
    assert abs(heights[0] - heights[1]) >= 0.09
    assert min(heights) > figure.layout.yaxis.range[0] + 0.05, "within the axis"
    assert [shape.y0 for shape in figure.layout.shapes][:2] == list(predicted.values())


def test_equal_levels_hide_neither_each_other_nor_guessing():
    """Their dashes take turns: along a period no place is inked by both, and some is left for the line below."""

    def inked(dash: str) -> list[bool]:
        lengths = [int(part.removesuffix("px")) for part in dash.split(",")]
        return [place % 2 == 0 for place, length in enumerate(lengths) for _ in range(length)]

    seen, unseen = (inked(shape.line.dash) for shape in training([], 5, {"seen": 0.5, "unseen": 0.5}).layout.shapes[:2])
    assert len(seen) == len(unseen)
    assert any(seen)
    assert any(unseen)
    assert not any(a and b for a, b in zip(seen, unseen))
    assert not all(a or b for a, b in zip(seen, unseen))
