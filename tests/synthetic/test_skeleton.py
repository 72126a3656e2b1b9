"""Re-rendering: the skeleton keeps strokes and loops, the pen has the given width."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.imaging import pens
from siamese.synthetic.look_alikes import connected_components
from siamese.synthetic.skeleton import rerender, skeletonise


def components(masks: np.ndarray, diagonal: bool) -> list[int]:
    """How many connected components each mask has."""
    return [len(np.unique(found[found > 0])) for found in connected_components(masks, diagonal)]


@pytest.fixture(scope="module")
def pen_digits() -> np.ndarray:
    """Forty pen digits of 2 to 7, uint8."""
    images, digits = pens.images(8, np.random.default_rng(4))
    return np.round(images[np.isin(digits, range(2, 8))][:40] * 255).astype(np.uint8)


def test_a_bar_becomes_a_line():
    """A bar of 5 × 21 pixels is thinned to one pixel in each of its middle columns, on its middle row."""
    ink = np.zeros((1, 15, 31), bool)
    ink[0, 5:10, 5:26] = True
    line = skeletonise(ink)[0]
    assert (line[:, 10:21].sum(0) == 1).all()
    assert line[7, 10:21].all()


def test_skeletons_keep_strokes_and_loops(pen_digits):
    """Thinned ink has as many components, and as many holes, as the ink had, and is far thinner."""
    ink = np.pad(pen_digits > 115, ((0, 0), (1, 1), (1, 1)))
    line = skeletonise(ink)
    assert components(line, True) == components(ink, True)
    assert components(~line, False) == components(~ink, False)
    assert line.sum() < 0.6 * ink.sum()


@pytest.mark.parametrize("width", [1.5, 2.5, 3.5])
def test_the_pen_has_its_width(width):
    """A straight stroke re-rendered with a pen of some width has that much ink across."""
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 12:16, 4:24] = 255
    across = rerender(image, np.array([width]))[0, :, 10:18].sum(0) / 255
    assert np.allclose(across, width, atol=0.05)


def test_a_rerendered_digit_lies_where_it_lay(pen_digits):
    """Re-rendered ink covers the middle of the old ink and keeps within a pen's width of it."""
    again = rerender(pen_digits, np.full(len(pen_digits), 2.0))
    near = np.stack(
        [np.roll(pen_digits > 60, shift, (1, 2)) for shift in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))]
    ).any(0)
    assert ((again > 128) & ~near).sum() < 0.03 * (again > 128).sum()
    assert again.shape == pen_digits.shape
    assert again.dtype == np.uint8
    assert (again.reshape(len(again), -1).max(1) > 200).all()


def test_the_same_input_gives_the_same_digits_in_any_batch(pen_digits):
    """Nothing random, and nothing that depends on the rest of the batch."""
    widths = np.linspace(1.4, 3.2, len(pen_digits))
    assert np.array_equal(rerender(pen_digits, widths)[7:9], rerender(pen_digits[7:9], widths[7:9]))
