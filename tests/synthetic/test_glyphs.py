"""Synthetic classes: the look-alike filter, which keeps unseen digits out, and glyphs."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.imaging import pens
from siamese.imaging.framing import from_drawing
from siamese.imaging.strokes import render
from siamese.synthetic.glyphs import glyph_pool
from siamese.synthetic.look_alikes import connected_components, looks_like_unseen

CIRCLE = np.linspace(0, 2 * np.pi, 40)


def ring(x, y, width, height, share=1.0):
    """A stroke round an ellipse, closed when share is 1."""
    angle = CIRCLE * share
    return np.stack([x + width * np.cos(angle), y + height * np.sin(angle)], 1)


def line(*points):
    return np.array(points, float)


def framed(strokes, width=18):
    return from_drawing(render(strokes, width=width))[None]


UNSEEN = {
    "a plain loop": [ring(140, 140, 60, 90)],
    "an almost closed loop": [ring(140, 140, 60, 90, 0.97)],
    "a straight stroke": [line((150, 40), (135, 240))],
    "a lying stroke": [line((40, 140), (240, 150))],
    "two stacked loops": [ring(140, 85, 45, 45), ring(140, 185, 50, 52)],
    "a loop with a tail": [ring(140, 90, 45, 45), line((185, 90), (180, 240))],
}
OTHERS = {
    "an L": [line((90, 40), (90, 230), (200, 230))],
    "a T": [line((60, 50), (220, 50)), line((140, 50), (140, 240))],
    "a zigzag": [line((60, 60), (220, 60), (70, 220), (220, 220))],
    "a cross": [line((60, 60), (220, 220)), line((220, 60), (60, 220))],
    "an open bow": [ring(140, 140, 80, 90, 0.55)],
    "a loop with two tails": [ring(140, 140, 45, 45), line((95, 140), (30, 60)), line((185, 140), (250, 230))],
}


def flooded(mask: np.ndarray, diagonal: bool) -> np.ndarray:
    """What `connected_components` gives for one mask (h, w), by flooding each component from its last pixel on."""
    height, width = mask.shape
    found = np.zeros(mask.shape, int)
    for number in range(height * width, 0, -1):
        todo = [divmod(number - 1, width)]
        while todo:
            y, x = todo.pop()
            if not (0 <= y < height and 0 <= x < width) or not mask[y, x] or found[y, x]:
                continue
            found[y, x] = number
            todo += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
            todo += [(y + dy, x + dx) for dy in (-1, 1) for dx in (-1, 1)] if diagonal else []
    return found


@pytest.mark.parametrize("diagonal", [False, True])
def test_components_are_labelled_by_their_last_pixel_however_they_wind(rng, diagonal):
    """Random masks, thin and thick, nothing, everything, and one line that winds through the whole image and back."""
    winding = np.zeros((13, 13), bool)
    winding[::2] = True
    winding[1::4, -1] = winding[3::4, 0] = True
    masks = [rng.random((13, 13)) < share for share in (0.3, 0.5, 0.6, 0.8) for _ in range(5)]
    masks = np.array([*masks, winding, winding[::-1], np.zeros_like(winding), np.ones_like(winding)])
    assert np.array_equal(connected_components(masks, diagonal), [flooded(mask, diagonal) for mask in masks])


@pytest.mark.parametrize("width", [10, 18, 26])
@pytest.mark.parametrize("name", UNSEEN)
def test_the_filter_rejects_what_looks_like_an_unseen_digit(name, width):
    """Plain loops, plain strokes, two loops, a loop with a tail: whatever the pen."""
    assert looks_like_unseen(framed(UNSEEN[name], width))[0]


@pytest.mark.parametrize("width", [10, 18])
@pytest.mark.parametrize("name", OTHERS)
def test_the_filter_lets_other_shapes_through(name, width):
    """Shapes that are none of these stay in."""
    assert not looks_like_unseen(framed(OTHERS[name], width))[0]


@pytest.mark.parametrize("digit", [0, 1, 8, 9])
def test_the_filter_rejects_drawn_unseen_digits(digit):
    """Of the built-in 0, 1, 8 and 9, nearly all are rejected (a 1 with a flag may read as another shape)."""
    rng = np.random.default_rng(digit)
    images = np.stack([pens.image(digit, rng) for _ in range(40)])
    assert looks_like_unseen(images).mean() > (0.6 if digit == 1 else 0.75)


def test_glyphs_of_the_pool_pass_the_filter(rng):
    """The prototypes of a small pool: many shapes, several instances of each, hardly any like an unseen digit."""
    pool, rejected = glyph_pool(rng, 40, 4)
    assert pool.shape == (40, 4, 28, 28)
    assert pool.dtype == np.uint8
    assert rejected > 0
    # The prototype of a class is filtered; of its varied instances a few may close a gap.
    assert looks_like_unseen(pool.reshape(-1, 28, 28)).mean() < 0.1
    assert (pool.reshape(40, -1).max(1) > 128).all()


def test_instances_of_a_glyph_are_nearer_to_each_other_than_to_others(rng):
    """A class holds together: pixels of two instances differ less than those of two classes, on average."""
    pool = glyph_pool(rng, 20, 4)[0].reshape(20, 4, 784) / 255
    within = np.abs(pool[:, 0] - pool[:, 1]).mean()
    between = np.abs(pool[:, 0] - np.roll(pool[:, 0], 1, 0)).mean()
    assert within < 0.8 * between


def test_the_same_seed_makes_the_same_classes():
    """Randomness comes in as rng alone."""
    first, second = (glyph_pool(np.random.default_rng(3), 8, 2)[0] for _ in range(2))
    assert np.array_equal(first, second)
