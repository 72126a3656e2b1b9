"""What a page sends."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.classroom.submissions import read_strokes, submission
from siamese.errors import DrawingTooLarge, EmptyDrawing, InvalidSubmission, NotADigit
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing


def test_a_drawing_is_sent_as_compare_shows_it(rng):
    """The image that is sent is that of the quantised strokes, and the strokes give it again."""
    for digit in range(10):
        drawing = pens.draw(digit, rng)
        sent = submission(drawing)
        kept = read_strokes(sent.strokes)
        again = np.round(from_drawing(strokes.render(kept)) * 255).astype(int)
        image = np.frombuffer(sent.image, np.uint8).reshape(28, 28).astype(int)
        assert np.abs(image - again).max() <= 40  # a decimal moves the edge of a stroke by a shade
        assert len(sent.strokes) < 6000


def test_what_is_empty_or_a_scrawl_is_asked_for_again(rng):
    """By the names and words that Compare has."""
    with pytest.raises(EmptyDrawing):
        submission([])
    with pytest.raises(NotADigit):
        submission([np.array([[100.0, 100.0]])])
    with pytest.raises((EmptyDrawing, NotADigit, DrawingTooLarge)):
        submission([rng.uniform(0, 280, (100, 2)) for _ in range(59)])


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=3), st.none())
nested = st.recursive(numbers, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)))


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), nested.map(lambda value: json.dumps(value).encode()), nested))
def test_anything_forged_is_refused_by_name(packed):
    """Bytes, JSON of any shape, other types: strokes, or an error of ours."""
    try:
        drawing = read_strokes(packed)
    except (InvalidSubmission, DrawingTooLarge):
        return
    assert drawing
    assert all(stroke.ndim == 2 and np.isfinite(stroke).all() for stroke in drawing)
