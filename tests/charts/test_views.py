"""The chart of *Turn it*: the curve with its gaps, the threshold, both regions in words, the present place."""

from __future__ import annotations

import numpy as np

from siamese.charts.views import distance_by_view
from siamese.evaluation.view_curve import ViewCurve

CURVE = ViewCurve(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([np.nan, 0.8, 0.0, 0.4, 1.6]))


def test_the_curve_keeps_its_gap_and_the_axis_holds_everything():
    """What has no distance is not drawn; the highest distance is on the axis, and so is the threshold."""
    figure = distance_by_view(CURVE, 0.5, 1.0, 0.4, "turn, degrees", 0.0)
    line, _ = figure.data
    assert np.isnan(line.y).tolist() == [True, False, False, False, False]
    assert not line.connectgaps
    low, high = figure.layout.yaxis.range
    assert -0.2 < low < 0
    assert high > 1.6
    assert distance_by_view(CURVE, 5.0, 1.0, 0.4, "turn", 0.0).layout.yaxis.range[1] > 5.0


def test_both_regions_are_named_and_meet_at_the_threshold():
    """In words and signs, not by colour alone."""
    figure = distance_by_view(CURVE, 0.5, 1.0, 0.4, "turn, degrees", 0.0)
    words = {note.text: note for note in figure.layout.annotations}
    assert set(words) == {"= same digit", "≠ different digits"}
    regions = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(shape.y0, shape.y1) for shape in regions] == [(0, 0.5), (0.5, figure.layout.yaxis.range[1])]


def test_the_mark_has_a_shape_for_each_verdict_and_goes_where_nothing_is_left():
    """A circle where it is same, a diamond where it is different, none where there is no distance."""
    for at, distance, symbol in ((1.0, 0.4, "circle"), (2.0, 1.6, "diamond")):
        mark = distance_by_view(CURVE, 0.5, at, distance, "turn", 0.0).data[1]
        assert (mark.x, mark.y, mark.marker.symbol) == ((at,), (distance,), symbol)
        assert mark.text == (f"{distance:.2f}",)
    assert len(distance_by_view(CURVE, 0.5, -2.0, None, "turn", 0.0).data) == 1
    nothing = ViewCurve(CURVE.values, np.full(5, np.nan))
    assert distance_by_view(nothing, 0.5, 0.0, None, "turn", 0.0).layout.yaxis.range[1] > 0.5
