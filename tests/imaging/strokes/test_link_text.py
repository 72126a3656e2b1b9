"""Drawings as text for links, and what is compared of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.errors import InvalidDrawing
from siamese.imaging import pens, strokes


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union of the ink of two rendered drawings."""
    a, b = first[..., 3] > 127, second[..., 3] > 127
    return (a & b).sum() / (a | b).sum()


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


class TestQuantised:
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


@given(
    st.lists(st.tuples(st.floats(0, 280), st.floats(0, 280)), min_size=1, max_size=60),
    st.sampled_from((0.8, 2, 8)),
)
def test_no_point_of_a_stroke_is_farther_from_the_simplified_one_than_the_tolerance(points, tolerance):
    """Both ends stay, the points are some of the stroke's in their order, and each left out lies near a segment."""
    stroke = np.array(points, float)
    kept = strokes.simplified(stroke, tolerance)
    assert kept[0].tolist() == stroke[0].tolist()
    assert kept[-1].tolist() == stroke[-1].tolist()
    following = iter(stroke.tolist())
    assert all(point in following for point in kept.tolist())
    starts, ends = (kept[:-1], kept[1:]) if len(kept) > 1 else (kept, kept)
    along = ends - starts
    length = np.maximum((along**2).sum(1), 1e-12)
    fraction = np.clip(((stroke[:, None] - starts) * along).sum(2) / length, 0, 1)
    apart = np.linalg.norm(stroke[:, None] - starts - fraction[..., None] * along, axis=2)
    assert apart.min(1).max() <= tolerance + 1e-6
