"""Strokes from and to the canvas's JSON."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.errors import InvalidDrawing
from siamese.imaging import pens, strokes

# A straight pen line from (40, 60) to (100, 60) and a curve, as the canvas component 0.13 sends them.
LINE = {
    "type": "Path",
    "originX": "center",
    "originY": "center",
    "left": 70,
    "top": 60,
    "width": 60,
    "height": 0,
    "stroke": "#0f172a",
    "strokeWidth": 18,
    "strokeUniform": False,
    "scaleX": 1,
    "scaleY": 1,
    "angle": 0,
    "flipX": False,
    "flipY": False,
    "path": [["M", 40, 60], ["Q", 40, 60, 70, 60], ["L", 100, 60]],
}


def drawing(**changes) -> dict:
    """Canvas JSON of the line alone, placed otherwise."""
    return {"version": "7.4.0", "objects": [LINE | changes]}


class TestFromCanvas:
    def test_untouched_stroke_lies_where_it_was_drawn(self):
        """A stroke that nobody moved has its path's own coordinates."""
        (stroke,) = strokes.from_canvas(drawing())
        np.testing.assert_allclose(stroke[[0, -1]], [[40, 60], [100, 60]])

    @pytest.mark.parametrize("nothing", [None, {"objects": []}, {"version": "7.4.0", "objects": [], "background": ""}])
    def test_an_empty_canvas_has_no_strokes(self, nothing):
        """Before the first stroke and after clearing there is nothing, and no error."""
        assert strokes.from_canvas(nothing) == []

    def test_moved_scaled_and_turned_stroke_lies_where_it_is_seen(self):
        """Moved to (140, 140), stretched twofold and turned by 90°, the line runs down from (140, 80) to (140, 200)."""
        (stroke,) = strokes.from_canvas(drawing(left=140, top=140, scaleX=2, angle=90))
        np.testing.assert_allclose(stroke[[0, -1]], [[140, 80], [140, 200]], atol=1e-9)

    def test_flipped_stroke_is_mirrored(self):
        """Flipping in x swaps the line's ends."""
        (stroke,) = strokes.from_canvas(drawing(flipX=True))
        np.testing.assert_allclose(stroke[[0, -1]], [[100, 60], [40, 60]])

    def test_corner_origin_counts_the_pen(self):
        """With its origin at the left top, an untouched object stands half a pen beyond its path: 40 - 9, 60 - 9."""
        (stroke,) = strokes.from_canvas(drawing(originX="left", originY="top", left=31, top=51))
        np.testing.assert_allclose(stroke[[0, -1]], [[40, 60], [100, 60]])

    def test_corner_origin_turns_with_the_object(self):
        """Turned by 90° about its left top corner at (100, 100), the line's start lies at (100 - 9, 100 + 9)."""
        (stroke,) = strokes.from_canvas(drawing(originX="left", originY="top", left=100, top=100, angle=90))
        np.testing.assert_allclose(stroke[[0, -1]], [[91, 109], [91, 169]], atol=1e-9)

    def test_a_curve_includes_its_turning_point(self):
        """The quadratic curve 0,0 → 0,100 by way of 100,50 reaches x = 50 at its middle, exactly."""
        path = [["M", 0, 0], ["Q", 100, 50, 0, 100]]
        (stroke,) = strokes.from_canvas(drawing(path=path, left=25, top=50, width=50, height=100))
        assert stroke[:, 0].max() == 50

    def test_other_objects_are_passed_over(self):
        """A rectangle or text is no pen stroke."""
        both = {"objects": [{"type": "Rect", "left": 3}, LINE, "text", None]}
        assert len(strokes.from_canvas(both)) == 1

    @pytest.mark.parametrize(
        "hostile",
        [
            [],
            "objects",
            {"objects": None},
            {"objects": [LINE] * (strokes.MAX_STROKES + 1)},
            drawing(path=[["L", 1, 2]] * (strokes.MAX_POINTS + 1)),
            drawing(path=[["M", 1, math.nan]]),
            drawing(path=[["M", 1, math.inf]]),
            drawing(path=[["M", 1, 10**400]]),
            drawing(path=[["M", 1]]),
            drawing(path=[["M", "1", "2"]]),
            drawing(path=[["M", [1], {}]]),
            drawing(path=[[["M"], 1, 2]]),
            drawing(path=[["A", 1, 2]]),
            drawing(path=["M 1 2"]),
            drawing(left="10"),
            drawing(scaleX=1e300),
            drawing(angle=None),
        ],
    )
    def test_hostile_json_is_refused_by_name(self, hostile):
        """Wrong types, numbers that are none, and floods give InvalidDrawing, nothing else."""
        with pytest.raises(InvalidDrawing):
            strokes.from_canvas(hostile)

    json_values = st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*LINE, "objects"]), inner),
        max_leaves=12,
    )

    @settings(max_examples=60, deadline=None)
    @given(json_values, st.sampled_from(list(LINE)))
    def test_any_json_gives_finite_strokes_or_a_named_error(self, value, field):
        """Whatever a client forges, what comes out can be rendered or is InvalidDrawing."""
        for forged in (value, {"objects": value}, drawing(**{field: value})):
            try:
                read = strokes.from_canvas(forged)
            except InvalidDrawing:
                continue
            assert all(np.isfinite(stroke).all() for stroke in read)
            strokes.render(read, size=28)


class TestToCanvas:
    @pytest.mark.parametrize("digit", range(10))
    def test_round_trip_keeps_every_stroke(self, digit):
        """A drawing put on a canvas and read back is the same to a hundredth of a pixel."""
        drawn_strokes = pens.draw(digit, np.random.default_rng(digit))
        back = strokes.from_canvas(strokes.to_canvas(drawn_strokes))
        assert len(back) == len(drawn_strokes)
        for before, after in zip(drawn_strokes, back):
            np.testing.assert_allclose(after, before, atol=0.006)

    def test_a_dot_stays_visible(self):
        """A single point becomes a line of hardly any length, because a path of one point is not painted."""
        (item,) = strokes.to_canvas([np.array([[10.0, 20.0]])])["objects"]
        assert len(item["path"]) == 2


def test_what_the_canvas_sends_back_is_known_again():
    """Rounded to hundredths it is the drawing itself, a dot included; more or moved strokes are not."""
    drawn_strokes = [np.array([[10.123, 20.456], [30.789, 40.012], [50.5, 20.25]]), np.array([[100.333, 90.666]])]
    back = strokes.from_canvas(strokes.to_canvas([np.round(stroke, 2) for stroke in drawn_strokes]))
    assert strokes.is_echo(back, drawn_strokes)
    assert strokes.is_echo([], [])
    assert not strokes.is_echo(back[:1], drawn_strokes)
    assert not strokes.is_echo([*back, back[0]], drawn_strokes)
    assert not strokes.is_echo([back[0] + 0.1, back[1]], drawn_strokes)
    assert not strokes.is_echo([back[0][:2], back[1]], drawn_strokes)
