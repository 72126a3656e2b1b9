"""Framing, ink polarity and refusals."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from siamese.errors import EmptyDrawing, InvalidImage, NotADigit, SiameseError
from siamese.evaluation.people import stroke_lists
from siamese.imaging import framing, pens, strokes
from siamese.imaging.framing import as_images, frame_drawing, from_drawing, stray_lines

#: Things that are no arrays of numbers.
JUNK = st.none() | st.text(max_size=5) | st.integers() | st.lists(st.lists(st.floats(), max_size=3), max_size=3)


def seven(size=280, width=18):
    """RGBA of a drawn 7."""
    return strokes.render(pens.draw(7, np.random.default_rng(1)), size=size, width=width)


def on_background(rgba, ink, background):
    """The drawing in another ink on an opaque background."""
    share = rgba[..., 3:] / 255
    rgb = np.round(share * ink + (1 - share) * background).astype(np.uint8)
    return np.dstack([np.broadcast_to(rgb, (*rgba.shape[:2], 3)), np.full(rgba.shape[:2], 255, np.uint8)])


def png(picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, options.pop("format", "PNG"), **options)
    return buffer.getvalue()


def test_the_frame_is_mnists():
    """The ink box fits 20×20, its longer side fills it, and the centre of mass is at (14, 14)."""
    image = from_drawing(seven())
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    rows, columns = np.flatnonzero(image.max(1) > 0.1), np.flatnonzero(image.max(0) > 0.1)
    assert max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1 == 20
    grid = np.arange(28)
    assert abs(image.sum(1) @ grid / image.sum() - 14) <= 0.51  # to a whole pixel
    assert abs(image.sum(0) @ grid / image.sum() - 14) <= 0.51


def test_mnist_images_pass_nearly_unchanged(mnist_file):
    """An MNIST image, framed again, stays close to itself: our framing is MNIST's."""
    from siamese.data.mnist import load_mnist

    images, _ = load_mnist("test", mnist_file)
    differences = [np.abs(framing.frame(image / 255) - image / 255).mean() for image in images[:200]]
    assert np.median(differences) < 0.02


@pytest.mark.parametrize(("ink", "background"), [(0, 255), (255, 0), (40, 200), (230, 90)])
def test_ink_may_be_darker_or_lighter_than_its_background(ink, background):
    """Black on white, white on black and greys of either polarity give nearly the same image."""
    expected = from_drawing(seven())
    assert np.abs(from_drawing(on_background(seven(), ink, background)) - expected).mean() < 0.03


def test_size_and_place_do_not_matter():
    """A drawing at half the size in a corner of a larger page gives nearly the same image."""
    page = np.zeros((600, 500, 4), np.uint8)
    page[20:160, 300:440] = seven(140)
    assert np.abs(from_drawing(page) - from_drawing(seven())).mean() < 0.03


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_is_accepted_whatever_the_pen(digit, rng):
    """Digits of thin and thick pens are digits, 1 and 8 included."""
    for width in (8, 18, 34):
        drawing = strokes.render(pens.draw(digit, rng), width=width)
        assert from_drawing(drawing).max() > 0.5


@pytest.mark.parametrize("value", [0, 255])
def test_blank_pages_are_empty(value):
    """A transparent, white or black page is EmptyDrawing."""
    with pytest.raises(EmptyDrawing):
        from_drawing(np.full((280, 280, 4), value, np.uint8))


def test_an_opaque_blank_page_is_empty():
    """A white opaque page has no ink."""
    with pytest.raises(EmptyDrawing):
        from_drawing(on_background(np.zeros((50, 50, 4), np.uint8), 0, 255))


def test_dots_smudges_and_specks_are_no_digits():
    """A dot, a filled square and a few loose specks are refused, each with its own words."""
    dot = strokes.render([np.array([[140.0, 140.0]])])
    with pytest.raises(NotADigit, match="dot"):
        from_drawing(dot)
    block = np.zeros((280, 280, 4), np.uint8)
    block[40:240, 50:230, 3] = 255
    with pytest.raises(NotADigit, match="too much ink"):
        from_drawing(block)
    specks = np.zeros((280, 280, 4), np.uint8)
    specks[[10, 270], [10, 270], 3] = 255
    with pytest.raises(NotADigit, match="specks"):
        from_drawing(specks)


def test_a_dense_scrawl_is_no_digit(rng):
    """A page scribbled over is refused."""
    scrawl = rng.uniform(30, 250, (120, 2))
    with pytest.raises(NotADigit):
        from_drawing(strokes.render([scrawl], width=24))


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((28, 28), np.uint8),
        np.zeros((0, 5, 4), np.uint8),
        np.zeros((5, 5, 3), np.uint8),
        np.zeros((5, 5, 4), np.float32),
        None,
    ],
)
def test_other_arrays_are_invalid(bad):
    """Only (H, W, 4) uint8 is a drawing."""
    with pytest.raises(InvalidImage):
        from_drawing(bad)


@pytest.mark.parametrize(
    "bad",
    [
        np.full((1, 28, 28), np.nan),
        np.full((1, 28, 28), np.inf),
        np.full((1, 28, 28), 1.01),
        np.full((1, 28, 28), -0.1),
        np.zeros((28, 28)),
        np.zeros((1, 27, 28)),
        np.zeros((1, 28, 28), np.int64),
        np.zeros((1, 28, 28), bool),
        np.array([["a"]]),
    ],
)
def test_images_are_checked(bad):
    """NaN, infinities, ranges, shapes and types are refused at the border."""
    with pytest.raises(InvalidImage):
        as_images(bad)


def test_uint8_and_float_images_are_the_same():
    """255 becomes 1, and float images pass as they are."""
    image = (np.arange(784).reshape(1, 28, 28) % 256).astype(np.uint8)
    assert np.array_equal(as_images(image), as_images(image / np.float32(255)))


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(4)),
        elements=st.sampled_from([0, 1, 128, 254, 255]),
    )
)
def test_any_rgba_gives_an_image_or_a_named_error(rgba):
    """Whatever the pixels: a finite (28, 28) image in 0..1, or one of our errors."""
    try:
        image = from_drawing(rgba)
    except SiameseError:
        return
    assert image.shape == (28, 28)
    assert 0 <= image.min() <= image.max() <= 1


def test_all_ink_and_lines_of_one_pixel(rng):
    """A page of ink is refused; digits drawn one pixel wide are as strong as others; a line one pixel wide is a 1."""
    full = np.zeros((280, 280, 4), np.uint8)
    full[..., 3] = 255
    with pytest.raises(SiameseError):
        from_drawing(full)
    for digit in range(10):
        assert from_drawing(strokes.render(pens.draw(digit, rng), width=1)).max() > 0.5
    line = np.zeros((280, 280, 4), np.uint8)
    line[60:220, 140, 3] = 255
    image = from_drawing(line)
    assert image.any(1).sum() == 20
    assert image.any(0).sum() == 1


def test_transparent_ink_is_no_ink():
    """A page whose colours say seven but whose alpha says nothing is empty."""
    hidden = on_background(seven(), 0, 255)
    hidden[..., 3] = 0
    with pytest.raises(EmptyDrawing):
        from_drawing(hidden)


@settings(max_examples=150, deadline=None)
@given(st.one_of(arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(min_dims=0, max_dims=4, max_side=29)), JUNK))
def test_whatever_is_given_as_an_image_is_an_image_or_a_named_error(value):
    """Every dtype and shape, and things that are no arrays: the public functions raise InvalidImage or none."""
    for function in (as_images, framing.as_image, from_drawing):
        try:
            image = function(value)
        except (InvalidImage, EmptyDrawing, NotADigit):
            continue
        assert image.dtype == np.float32
        assert not image.size or (0 <= image.min() <= image.max() <= 1)


@settings(max_examples=100, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        (1, 28, 28),
        elements=st.floats(width=16) | st.floats(0, 1, width=16),
        fill=st.floats(0, 1, width=16),
    )
)
def test_float_images_pass_exactly_when_they_are_within_0_and_1(images):
    """NaN, infinities, negative and larger values are refused, wherever they are; others pass."""
    if np.isfinite(images).all() and images.min() >= 0 and images.max() <= 1:
        assert as_images(images).dtype == np.float32
        return
    with pytest.raises(InvalidImage):
        as_images(images)


def test_a_stray_line_along_an_edge_is_left_out(rng):
    """The side of a hand leaves a long line there: the image is as without it, and `frame_drawing` says so."""
    for digit in range(10):
        drawing = pens.draw(digit, rng)
        place = 280 * (digit % 2) + (5 - 10 * (digit % 2))
        line = np.stack([np.full(9, float(place)), np.linspace(60, 190, 9)], 1)
        line = line if digit % 3 else line[:, ::-1]
        if np.abs(np.concatenate(drawing)[:, int(digit % 3 == 0)] - place).min() < 60:
            continue  # a line that is near to the digit may be part of it
        image, left_out = frame_drawing(strokes.render([*drawing, line]))
        assert left_out
        assert np.array_equal(image, from_drawing(strokes.render(drawing)))


def test_a_real_stroke_is_never_left_out(rng):
    """Digits that fill the canvas, that stand at its edge, and lines in the middle or alone stay whole."""
    for digit in range(10):
        drawing = [np.clip(1.5 * (stroke - 140) + 140, 0, 280) for stroke in pens.draw(digit, rng)]
        assert not frame_drawing(strokes.render(drawing))[1]
        drawing = pens.draw(digit, rng)
        beside = [stroke - np.concatenate(drawing).min(0) + (2, 60) for stroke in drawing]
        assert not frame_drawing(strokes.render(beside))[1]
    line = np.stack([np.full(9, 5.0), np.linspace(60, 190, 9)], 1)
    assert not frame_drawing(strokes.render([line]))[1]


def test_nothing_is_left_out_of_people_s_drawings(drawings_file):
    """1,500 digits that people drew: no stroke of theirs is taken for a stray line."""
    for drawing in stroke_lists(drawings_file):
        assert stray_lines(framing.ink_density(strokes.render(drawing))) is None
