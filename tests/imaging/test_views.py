"""Views: the identity changes nothing, a known square goes where the homography says, framing takes place and size."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.errors import EmptyDrawing, InvalidArgument, InvalidImage, NotADigit
from siamese.imaging import pens, views
from siamese.imaging.normalisation import stroke_width
from siamese.imaging.views import IDENTITY, OVERSAMPLING, RANGES, View, canvas, homography, transform


@pytest.fixture
def digit(rng):
    """A framed 4: no turn leaves it as it is."""
    return pens.image(4, rng)


def square() -> np.ndarray:
    """An image (28, 28) with a full square from 10 to 18 on both axes: 8 / 28 of a side wide, in the middle."""
    image = np.zeros((28, 28), np.float32)
    image[10:18, 10:18] = 1
    return image


def extent(ink: np.ndarray) -> list[float]:
    """Top, bottom, left and right of a canvas' ink, in pixels of the image about the middle."""
    marked = ink > 127
    rows, columns = np.flatnonzero(marked.any(1)), np.flatnonzero(marked.any(0))
    ends = np.array([rows[0], rows[-1] + 1, columns[0], columns[-1] + 1])
    return ((ends - len(ink) / 2) / OVERSAMPLING).tolist()


def test_the_identity_gives_the_image_itself(digit):
    """Bit for bit: nothing is mapped or framed again."""
    assert np.array_equal(transform(digit, IDENTITY), digit)
    grey = np.round(digit * 255).astype(np.uint8)
    assert np.array_equal(transform(grey, View()), grey / np.float32(255))


def test_a_view_that_changes_next_to_nothing_shows_next_to_nothing(digit):
    """What mapping and framing cost: less than a hundredth of the ink."""
    shown = transform(digit, View(angle=0.01))
    assert np.abs(shown - digit).mean() < 0.002
    assert shown.sum() == pytest.approx(digit.sum(), rel=0.01)


def test_four_quarter_turns_are_none(digit):
    """To what four mappings of the same strokes cost; one quarter turn is far from none."""
    turned = digit
    for _ in range(4):
        turned = transform(turned, View(angle=90))
    assert np.abs(turned - digit).mean() < 0.01
    assert np.abs(transform(digit, View(angle=90)) - digit).mean() > 0.1


def test_a_quarter_turn_is_clockwise(digit):
    """As `numpy.rot90` turns the other way round, three times."""
    expected = np.rot90(canvas(digit, View(angle=0)), -1).astype(float)
    assert np.abs(canvas(digit, View(angle=90)) - expected).mean() < 1


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [-4, 4, -4, 4]),
        ({"scale": 1.5}, [-6, 6, -6, 6]),
        ({"across": 0.5}, [-4, 4, 10, 18]),  # half a side is 14 pixels
        ({"down": -0.25}, [-11, -3, -4, 4]),
        ({"shear": 0.5}, [-4, 4, -6, 6]),  # 4 pixels up lean by half of that
        ({"angle": 90}, [-4, 4, -4, 4]),
        ({"angle": 45}, [-(32**0.5), 32**0.5, -(32**0.5), 32**0.5]),
    ],
)
def test_a_square_goes_where_it_should(changed, expected):
    """Its ends, computed by hand, to a pixel of the canvas."""
    assert extent(canvas(square(), View(**changed))) == pytest.approx(expected, abs=0.5)


def test_a_tilt_takes_the_top_further_away():
    """Cosine 1/2 halves the height; from 2 sides away, places 1/7 of a side up or down shrink or grow as by hand."""
    matrix = homography(View(tilt=60))
    half = 4 / 28
    for y in (-half, half):
        x_seen, y_seen, depth = matrix @ [half, y, 1]
        expected = 1 - y * np.sin(np.pi / 3) / 2
        assert (x_seen / depth, y_seen / depth) == pytest.approx((half / expected, y / 2 / expected))
    assert matrix @ [0, -half, 1] @ [0, 0, 1] > 1, "the top is divided by more than 1: further away"


@pytest.mark.parametrize("changed", [{"across": 0.4}, {"down": -0.3}, {"scale": 1.5}, {"scale": 0.7}])
def test_framing_takes_place_and_size_away(digit, changed):
    """Shifted or scaled, the image is nearly what it was."""
    assert np.abs(transform(digit, View(**changed)) - digit).mean() < 0.045  # a quarter turn: over 0.1


@pytest.mark.parametrize("thickness", [-1.0, 1.0, 2.0, 3.0])
def test_strokes_grow_by_about_so_many_pixels(digit, thickness):
    """Measured on the canvas, in pixels of the image."""

    def width(view: View) -> float:
        return float(stroke_width_of(canvas(digit, view))) / OVERSAMPLING

    assert width(View(thickness=thickness)) - width(View()) == pytest.approx(thickness, rel=0.35)


@pytest.mark.parametrize("thickness", [-2.0, -1.5, -0.2, 0.5, 3.0])
def test_a_bar_grows_by_exactly_so_many_pixels(thickness):
    """A full bar 6 pixels wide: its ink in one row is its width."""
    bar = np.zeros((28, 28), np.float32)
    bar[4:24, 11:17] = 1
    ink = canvas(bar, View(thickness=thickness)) / 255
    assert ink[len(ink) // 2].sum() / OVERSAMPLING == pytest.approx(6 + thickness, abs=0.02)


def stroke_width_of(ink: np.ndarray) -> float:
    """Ink over half of the outline's length, as `stroke_width` has it for images of 28 × 28."""
    wide = np.pad(ink / 255, 1)
    down, across = wide[1:, 1:] - wide[:-1, 1:], wide[1:, 1:] - wide[1:, :-1]
    return 2 * wide.sum() / np.hypot(down, across).sum()


def test_the_framed_image_has_the_stroke_that_its_canvas_has(digit):
    """A thicker pen is thicker after framing, too, and blur leaves a digit."""
    widths = [stroke_width(transform(digit, View(thickness=each))[None])[0] for each in (-1, 0.1, 1, 2)]
    assert widths == sorted(widths)
    assert transform(digit, View(blur=2)).max() > 0.5


def test_what_leaves_the_picture_is_empty():
    """A small digit at the edge that is enlarged and shifted by a whole side; the framing's own errors."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 20:22] = 1
    with pytest.raises(EmptyDrawing):
        transform(image, View(scale=1.5, across=1))


def test_what_becomes_a_blot_is_no_digit():
    """A ring whose stroke grows until nothing of its hole is left."""
    image = square()
    image[13:15, 13:15] = 0
    with pytest.raises(NotADigit):
        transform(image, View(thickness=3))


@pytest.mark.parametrize("name", RANGES)
def test_a_value_out_of_range_is_refused(name):
    """Beyond either end, and what is no number."""
    limits = RANGES[name]
    for value in (limits.low - 0.01, limits.high + 0.01, float("nan"), float("inf"), "0", None, True):
        with pytest.raises(InvalidArgument, match=name):
            View(**{name: value})
    for value in (limits.low, limits.high):
        assert getattr(IDENTITY.at(name, value), name) == value


def test_the_identity_is_in_every_range():
    """The declared values that change nothing are those of a view without arguments."""
    assert {name: limits.identity for name, limits in RANGES.items()} == vars(IDENTITY)
    with pytest.raises(InvalidArgument, match="colour"):
        IDENTITY.at("colour", 1)


@pytest.mark.parametrize(
    "image", [np.zeros((27, 28)), np.full((28, 28), np.nan), np.full((28, 28), 2.0), [[1], [2, 3]]]
)
def test_what_is_no_image_is_refused(image):
    """Wrong shape, not finite, out of range, no array: with and without a change."""
    for view in (IDENTITY, View(angle=30)):
        with pytest.raises(InvalidImage):
            transform(image, view)


def test_along_several_views_those_that_leave_a_digit_come_back():
    """In order, with a mask of which they are."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 20:22] = 1
    images, left = views.transform_along(image, [IDENTITY, View(scale=1.5, across=1), View(angle=20)])
    assert left.tolist() == [True, False, True]
    assert images.shape == (2, 28, 28)
    assert np.array_equal(images[1], transform(image, View(angle=20)))
    none, left = views.transform_along(image, [View(scale=1.5, across=1)])
    assert (none.shape, left.tolist()) == ((0, 28, 28), [False])
