"""Slant, size, thickness: what each correction leaves, the same whatever the batch, harmless to blank images."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.errors import InvalidArtefact
from siamese.imaging import pens
from siamese.imaging.normalisation import (
    ENLARGEMENT,
    SPREADS,
    Normalisation,
    correct_slant,
    even_size,
    normalise,
    stroke_width,
    thicken,
)


def slant(image):
    """The regression of column on row of an image's ink."""
    grid = np.arange(28)
    mass = image.sum()
    row, column = image.sum(1) @ grid / mass, image.sum(0) @ grid / mass
    covariance = grid @ image @ grid / mass - row * column
    return covariance / (image.sum(1) @ grid**2 / mass - row**2)


def test_a_slanted_bar_stands_upright_afterwards():
    """A bar that leans half a column a row leans (nearly) no more, and keeps its ink and its middle."""
    bar = np.zeros((28, 28), np.float32)
    for row in range(4, 24):
        bar[row, 14 + (row - 14) // 2] = 1
    upright = correct_slant(bar[None])[0]
    assert abs(slant(bar)) > 0.4
    assert abs(slant(upright)) < 0.02
    assert upright.sum() == pytest.approx(bar.sum(), rel=1e-3)


@pytest.mark.parametrize("digit", range(10))
def test_drawn_digits_stand_upright_afterwards(digit):
    """Whatever the digit, the remaining slant is near 0."""
    images = np.stack([pens.image(digit, np.random.default_rng(seed)) for seed in range(5)])
    assert max(abs(slant(image)) for image in correct_slant(images)) < 0.06


def spreads(image):
    """Standard deviation of the ink's row and column, pixels."""
    grid, mass = np.arange(28), image.sum()
    return [np.sqrt(ink @ grid**2 / mass - (ink @ grid / mass) ** 2) for ink in (image.sum(1), image.sum(0))]


def block(height, width, top=4, left=5):
    image = np.zeros((28, 28), np.float32)
    image[top : top + height, left : left + width] = 1
    return image


def test_a_small_block_grows_and_a_large_one_shrinks_to_the_same_spread():
    """All the way, where the limits allow it, and to the middle; half the way is the geometric mean."""
    for image in (block(18, 15), block(22, 19)):
        whole, half = even_size(image[None], 1.0)[0], even_size(image[None], 0.5)[0]
        assert spreads(whole) == pytest.approx(SPREADS, abs=0.12)
        assert spreads(half) == pytest.approx(np.sqrt(np.multiply(spreads(image), SPREADS)), abs=0.12)
        grid = np.arange(28)
        for ink in (whole.sum(0), whole.sum(1), half.sum(0), half.sum(1)):
            assert ink @ grid / ink.sum() == pytest.approx(13.5, abs=0.05)


def test_a_plain_stroke_stays_narrow():
    """A bar three pixels wide grows by the largest enlargement and no more: all the way would be six times."""
    bar = block(20, 3)
    sized = even_size(bar[None], 1.0)[0]
    assert sized[14].sum() == pytest.approx(3 * ENLARGEMENT[1], abs=0.05)
    assert (sized.max(0) > 0).sum() <= 6


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_stroke_width_is_measured_and_evened_out(width):
    """A line's width is found; thin lines come near to the thickness asked for, thick ones stay."""
    line = block(20, width)
    with_ends = 20 * width / (20 + width)  # the outline runs along both ends, too
    assert stroke_width(line[None])[0] == pytest.approx(with_ends, rel=0.05)
    soft = (line + np.roll(line, 1, 0)) / 2
    assert stroke_width(soft[None])[0] == pytest.approx(with_ends, rel=0.05)
    grown = thicken(line[None], 3.6)[0]
    assert grown.max() <= 1
    if width >= 4:
        assert np.array_equal(grown, line)
    else:
        assert line[14].sum() + 0.5 < grown[14].sum() <= min(width + 2, 4.5)


@pytest.mark.parametrize(
    "correct",
    [correct_slant, lambda images: even_size(images, 0.5), lambda images: thicken(images, 3.6)],
    ids=["slant", "size", "thickness"],
)
def test_the_batch_does_not_matter(rng, correct):
    """One by one or in batches of any size: the same bits."""
    images = rng.random((67, 28, 28)).astype(np.float32)
    together = correct(images)
    assert together.dtype == np.float32
    for size in (1, 2, 5, 64):
        parts = [correct(images[start : start + size]) for start in range(0, 67, size)]
        assert np.array_equal(np.concatenate(parts), together)


def test_blank_images_stay_blank():
    """No ink, no division by it; a single pixel in a corner does no harm."""
    blank, corner = np.zeros((2, 28, 28), np.float32), block(1, 1, 0, 0)[None]
    assert not correct_slant(blank).any()
    assert not even_size(blank, 0.5).any()
    assert not thicken(blank, 3.6).any()
    assert np.isfinite(even_size(corner, 1.0)).all()
    assert np.isfinite(thicken(corner, 3.6)).all()


def test_normalisation_travels_in_the_card():
    """To JSON and back; an unknown step is refused; no step changes nothing."""
    assert Normalisation.from_json(Normalisation(slant=True).to_json()) == Normalisation(slant=True)
    every = Normalisation(slant=True, size=0.5, thickness=3.6)
    assert Normalisation.from_json(every.to_json()) == every
    for unknown in (
        {"magic": True},
        {"slant": 1},
        {"size": True},
        {"size": 1.5},
        {"size": "half"},
        {"size": float("nan")},
        {"thickness": -1},
        {"thickness": None},
    ):
        with pytest.raises(InvalidArtefact, match="normalisation"):
            Normalisation.from_json(unknown)
    images = np.ones((1, 28, 28), np.float32)
    assert normalise(images, Normalisation()) is images
