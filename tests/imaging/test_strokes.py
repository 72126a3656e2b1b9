"""Strokes from and to the canvas, as text for links, and as pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.errors import InvalidDrawing
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing

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


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union of the ink of two rendered drawings."""
    a, b = first[..., 3] > 127, second[..., 3] > 127
    return (a & b).sum() / (a | b).sum()


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


class TestText:
    @pytest.mark.parametrize("digit", range(10))
    def test_round_trip_shows_nearly_the_same_digit_in_700_characters(self, digit):
        """The text is URL-safe and short; the drawing that it gives back covers the same pixels, 90% at least."""
        drawn_strokes = pens.draw(digit, np.random.default_rng(100 + digit))
        text = strokes.encode(drawn_strokes)
        assert len(text) <= 700
        assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        assert overlap(strokes.render(drawn_strokes), strokes.render(strokes.decode(text))) > 0.9

    def test_nothing_is_an_empty_text(self):
        """No strokes encode to no characters, and back."""
        assert strokes.encode([]) == ""
        assert strokes.decode("") == []

    def test_a_long_scrawl_gets_coarser_until_it_fits(self):
        """A hand's long scrawl keeps to the limit at the price of detail."""
        turns = np.linspace(0, 40, 4000)
        scrawl = 140 + 100 * np.stack([np.cos(turns), np.sin(1.3 * turns)], 1)
        assert len(strokes.encode([scrawl], limit=300)) <= 300

    def test_what_cannot_fit_is_refused(self):
        """Sixty dots do not fit in twenty characters."""
        with pytest.raises(InvalidDrawing):
            strokes.encode([np.array([[5.0 * i, 9.0]]) for i in range(strokes.MAX_STROKES)], limit=20)

    @pytest.mark.parametrize("rubbish", ["A", "abc", "!!!!", "é" * 8, "<script>", "A" * 5000, "____", None, 7, "AAAA"])
    def test_rubbish_is_refused_by_name(self, rubbish):
        """Text that no drawing gives is InvalidDrawing."""
        with pytest.raises(InvalidDrawing):
            strokes.decode(rubbish)

    @settings(max_examples=80, deadline=None)
    @given(st.text(max_size=60))
    def test_any_text_is_a_drawing_or_a_named_error(self, text):
        """Nothing else than InvalidDrawing comes out of a forged link."""
        try:
            read = strokes.decode(text)
        except InvalidDrawing:
            return
        assert all(stroke.min() >= 0 and stroke.max() <= strokes.CANVAS for stroke in read)


class TestRender:
    def test_a_line_is_as_thick_as_the_pen(self):
        """A level line of pen 18 covers 18 rows, to one row, with the ends 9 beyond its own."""
        ink = strokes.render([np.array([[60.0, 140.0], [220.0, 140.0]])])[..., 3] > 127
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        assert abs(len(rows) - 18) <= 1
        assert abs(columns[0] - 51) <= 1
        assert abs(columns[-1] - 229) <= 1

    def test_a_dot_is_round(self):
        """One point is a disc of the pen's width: π/4 of its box."""
        ink = strokes.render([np.array([[140.0, 140.0]])], width=40)[..., 3] > 127
        box = ink[np.ix_(ink.any(1), ink.any(0))]
        assert abs(box.mean() - math.pi / 4) < 0.03

    def test_edges_are_smooth(self):
        """A slanted line has half-covered pixels along its edges."""
        alpha = strokes.render([np.array([[60.0, 60.0], [200.0, 220.0]])])[..., 3]
        assert ((alpha > 0) & (alpha < 255)).sum() > 100

    def test_size_does_not_change_what_the_network_sees(self):
        """Half the size gives nearly the same 28×28 image."""
        drawn_strokes = pens.draw(3, np.random.default_rng(3))
        full, half = (from_drawing(strokes.render(drawn_strokes, size=size)) for size in (280, 140))
        assert np.abs(full - half).mean() < 0.02

    @pytest.mark.parametrize("bad", [[np.zeros((3, 3))], [np.array([[np.nan, 1.0]])], [np.zeros(4)]])
    def test_strokes_of_other_shapes_are_refused(self, bad):
        """Only finite (n, 2) arrays are strokes."""
        with pytest.raises(InvalidDrawing):
            strokes.render(bad)


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


class TestShared:
    """What is compared is what a link holds, so that both sides of a link see the same distance."""

    @pytest.mark.parametrize("digit", range(10))
    def test_text_stands_still(self, digit):
        """A decoded drawing becomes the same text again, also when a canvas was started with it in between."""
        text = strokes.encode(pens.draw(digit, np.random.default_rng(digit)))
        drawn_strokes = strokes.decode(text)
        assert strokes.encode(drawn_strokes) == text
        assert strokes.encode(strokes.from_canvas(strokes.to_canvas(drawn_strokes))) == text

    def test_a_grown_drawing_keeps_its_first_stroke(self):
        """A stroke added to what came by a link leaves the strokes before it as they were."""
        first, second = pens.draw(4, np.random.default_rng(1))[:2]
        held = strokes.quantised([first])
        (kept, _) = strokes.quantised([*strokes.from_canvas(strokes.to_canvas(held)), second])
        assert np.array_equal(kept, held[0])

    def test_it_gets_coarser_when_the_link_is_full(self):
        """Strokes that were in a link before are made coarser, too, where the whole would not fit."""
        held = strokes.quantised(pens.draw(3, np.random.default_rng(3)))
        limit = len(strokes.encode(held)) - 4
        assert len(strokes.encode(held, limit)) <= limit

    def test_what_no_link_can_hold_stays_as_it_is(self):
        """A scrawl beyond every limit is compared as it was drawn."""
        scrawl = [np.array([[4.0 * i, 9.0], [4.0 * i, 200.0]]) for i in range(strokes.MAX_STROKES)]
        assert np.array_equal(strokes.quantised(scrawl, limit=20), scrawl)
