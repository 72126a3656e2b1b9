"""Slant correction: upright afterwards, the same whatever the batch, harmless to blank images."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import pens
from siamese.errors import InvalidArtefact
from siamese.normalisation import Normalisation, correct_slant, normalise


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


def test_the_batch_does_not_matter(rng):
    """One by one or in batches of any size: the same bits."""
    images = rng.random((67, 28, 28)).astype(np.float32)
    together = correct_slant(images)
    for size in (1, 2, 5, 64):
        parts = [correct_slant(images[start : start + size]) for start in range(0, 67, size)]
        assert np.array_equal(np.concatenate(parts), together)


def test_blank_images_stay_blank():
    """No ink, no division by it."""
    assert not correct_slant(np.zeros((2, 28, 28), np.float32)).any()


def test_normalisation_travels_in_the_card():
    """To JSON and back; an unknown step is refused; no step changes nothing."""
    assert Normalisation.from_json(Normalisation(slant=True).to_json()) == Normalisation(slant=True)
    with pytest.raises(InvalidArtefact, match="preprocessing"):
        Normalisation.from_json({"magic": True})
    images = np.ones((1, 28, 28), np.float32)
    assert normalise(images, Normalisation()) is images
