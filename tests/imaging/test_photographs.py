"""The generator of photographs: what it says is written is written there, under the light that it says."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from siamese.imaging import pens
from tests.imaging.photographs import KINDS, blank, photograph, photograph_of

SIZE = (600, 450)


def _grey(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), np.float32)


@pytest.mark.parametrize("kind", ["even", "pencil", "turned", "keystone", "chalkboard", "everyday-homework"])
def test_ink_fills_the_boxes_and_nothing_else_changes(kind):
    """A photograph differs from the blank of an equal generator in the boxes only, and reaches all their sides."""
    taken = photograph(kind, [2, 7], np.random.default_rng(3), SIZE)
    grey, empty = _grey(taken.content), _grey(blank(kind, np.random.default_rng(3), SIZE))
    assert grey.shape == empty.shape == SIZE[::-1]
    changed = np.abs(grey - empty) > 25
    for left, top, right, bottom in taken.boxes:
        window = np.s_[int(top) - 4 : int(bottom) + 5, int(left) - 4 : int(right) + 5]
        rows, columns = np.flatnonzero(changed[window].any(1)), np.flatnonzero(changed[window].any(0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) - 4
        expected = np.array([0, 0, int(right) - int(left), int(bottom) - int(top)])
        np.testing.assert_allclose(found, expected, atol=4)
        changed[window] = False
    assert not changed.any()


def test_ink_is_dark_on_paper_and_light_on_a_board():
    """Within its box, a digit's extreme pixels lie on the pen's side of the sheet's tone."""
    for kind, side in (("even", -1), ("dark-mode", 1)):
        taken = photograph(kind, [8], np.random.default_rng(0), SIZE)
        left, top, right, bottom = map(int, taken.boxes[0])
        box = _grey(taken.content)[top:bottom, left:right]
        assert np.percentile(side * (box - np.median(box)), 98) > 80


def test_a_blank_sheet_has_no_ink():
    """A blank even sheet holds nothing but noise."""
    grey = _grey(blank("even", np.random.default_rng(1), SIZE))
    assert np.ptp(grey) < 40
    assert grey.std() < 5


@pytest.mark.parametrize("ratio", [1.3, 3.0])
def test_a_gradient_has_the_ratio_that_its_name_says(ratio):
    """The brightest of all 15-pixel squares is that many times the darkest, which lie in opposite corners."""
    grey = _grey(blank(f"gradient-{ratio}", np.random.default_rng(5), SIZE))
    squares = grey.reshape(30, 15, 40, 15).mean((1, 3))
    assert squares.max() / squares.min() == pytest.approx(ratio, rel=0.06)


def test_the_faint_red_has_the_grey_value_of_its_sheet():
    """Only colour tells that ink: converted to grey, a photograph is as even as its blank."""
    taken = photograph("faint-red", [3], np.random.default_rng(2), SIZE)
    empty = blank("faint-red", np.random.default_rng(2), SIZE)
    assert np.abs(_grey(taken.content) - _grey(empty)).max() < 25
    colours = (np.asarray(Image.open(io.BytesIO(content)), np.float32) for content in (taken.content, empty))
    assert np.abs(np.subtract(*colours)).max() > 50


def test_a_seed_gives_one_photograph_and_another_seed_another():
    """Randomness comes from the generator alone; one generator gives another photograph each time."""
    rng = np.random.default_rng(7)
    first, second = (photograph("everyday-form", [1, 2], rng, SIZE) for _ in range(2))
    assert photograph("everyday-form", [1, 2], np.random.default_rng(7), SIZE) == first
    assert first.content != second.content


def test_digits_stand_in_reading_order():
    """Thirty digits are five rows of six, none touching another, all within the picture."""
    digits = tuple(range(10)) * 3
    taken = photograph("rim-all", digits, np.random.default_rng(4), SIZE)
    assert taken.digits == digits
    boxes = np.array(taken.boxes).reshape(5, 6, 4)
    assert (boxes[:, 1:, 0] > boxes[:, :-1, 2]).all()
    assert (boxes[1:, :, 1] > boxes[:-1, :, 3]).all()
    assert (boxes >= 0).all()
    assert (boxes <= np.tile(SIZE, 2)).all()


def test_given_drawings_stand_in_the_same_places_under_another_light():
    """The same strokes with an equal generator have the same boxes on even light and under a shadow."""
    drawings = [pens.draw(digit, np.random.default_rng(digit)) for digit in (4, 6, 9)]
    even, shadow = (photograph_of(kind, drawings, np.random.default_rng(8), SIZE) for kind in ("even", "shadow"))
    np.testing.assert_allclose(even.boxes, shadow.boxes, rtol=0.01)
    assert even.digits == ()


def test_one_digit_takes_the_part_of_the_sheet_that_its_kind_says():
    """A digit is 35 to 55 per cent of the sheet's height plus its line, a small one an eighth, in either format."""
    for kind, size, low, high in (("even", (450, 600), 0.35, 0.58), ("small", SIZE, 0.115, 0.145)):
        _, top, _, bottom = photograph(kind, [5], np.random.default_rng(6), size).boxes[0]
        assert low <= (bottom - top) / size[1] <= high


def test_a_large_photograph_is_the_small_one_enlarged():
    """A picture beyond the size that is painted has the size asked for, and the boxes grow with it."""
    taken = photograph("blue", [5], np.random.default_rng(9), (1800, 1350))
    assert Image.open(io.BytesIO(taken.content)).size == taken.size == (1800, 1350)
    smaller = photograph("blue", [5], np.random.default_rng(9), (450, 338))
    np.testing.assert_allclose(taken.boxes, np.array(smaller.boxes) * 4, atol=8)


def test_every_kind_can_be_taken():
    """Each entry names a pen, a paper and marks that exist, and puts its digit into the picture."""
    for kind in KINDS:
        left, top, right, bottom = photograph(kind, [0], np.random.default_rng(0), (200, 150)).boxes[0]
        assert 0 < left < right < 200
        assert 0 < top < bottom < 150
