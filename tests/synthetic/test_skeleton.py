"""Redrawing: the middle line keeps strokes and loops, the pen has the width asked for."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.imaging import pens
from siamese.synthetic.look_alikes import label
from siamese.synthetic.skeleton import middle_line, redraw


def parts(masks: np.ndarray, diagonal: bool) -> list[int]:
    """How many connected parts each mask has."""
    return [len(np.unique(found[found > 0])) for found in label(masks, diagonal)]


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """Forty pen digits of 2 to 7, uint8."""
    images, digits = pens.images(8, np.random.default_rng(4))
    return np.round(images[np.isin(digits, range(2, 8))][:40] * 255).astype(np.uint8)


def test_a_bar_becomes_a_line():
    """A bar of 5 × 21 pixels is thinned to one pixel in each of its middle columns, on its middle row."""
    ink = np.zeros((1, 15, 31), bool)
    ink[0, 5:10, 5:26] = True
    line = middle_line(ink)[0]
    assert (line[:, 10:21].sum(0) == 1).all()
    assert line[7, 10:21].all()


def test_lines_keep_strokes_and_loops(drawn):
    """Thinned ink has as many parts, and as many holes, as the ink had, and is far thinner."""
    ink = np.pad(drawn > 115, ((0, 0), (1, 1), (1, 1)))
    line = middle_line(ink)
    assert parts(line, True) == parts(ink, True)
    assert parts(~line, False) == parts(~ink, False)
    assert line.sum() < 0.6 * ink.sum()


@pytest.mark.parametrize("width", [1.5, 2.5, 3.5])
def test_the_pen_has_its_width(width):
    """A straight stroke drawn again with a pen of some width has that much ink across."""
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 12:16, 4:24] = 255
    across = redraw(image, np.array([width]))[0, :, 10:18].sum(0) / 255
    assert np.allclose(across, width, atol=0.05)


def test_a_digit_drawn_again_lies_where_it_lay(drawn):
    """Redrawn ink covers the middle of the old ink and keeps within a pen's width of it."""
    again = redraw(drawn, np.full(len(drawn), 2.0))
    near = np.stack([np.roll(drawn > 60, shift, (1, 2)) for shift in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))]).any(0)
    assert ((again > 128) & ~near).sum() < 0.03 * (again > 128).sum()
    assert again.shape == drawn.shape
    assert again.dtype == np.uint8
    assert (again.reshape(len(again), -1).max(1) > 200).all()


def test_the_same_input_gives_the_same_digits_in_any_batch(drawn):
    """Nothing random, and nothing that depends on the rest of the batch."""
    widths = np.linspace(1.4, 3.2, len(drawn))
    assert np.array_equal(redraw(drawn, widths)[7:9], redraw(drawn[7:9], widths[7:9]))
