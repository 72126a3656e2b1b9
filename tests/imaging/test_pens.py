"""The built-in pen-stroke digits: enough like people's to stand in for them."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.imaging import pens, strokes


@pytest.mark.parametrize("digit", range(10))
def test_strokes_stay_on_the_canvas(digit):
    """Whatever the hand, every point lies within the canvas, so a mouse can draw it."""
    for seed in range(30):
        points = np.concatenate(pens.draw(digit, np.random.default_rng(seed)))
        assert points.min() >= 0
        assert points.max() <= strokes.CANVAS


@pytest.mark.parametrize("digit", range(10))
def test_a_seed_draws_one_digit_and_another_seed_another(digit):
    """Randomness comes from the generator alone."""
    first, again, other = (np.concatenate(pens.draw(digit, np.random.default_rng(seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_written_in_more_than_one_way(digit):
    """Sixty drawings of a digit differ in their strokes or where these turn, not only in jitter."""
    lengths = {tuple(map(len, pens.draw(digit, np.random.default_rng(seed)))) for seed in range(60)}
    assert len(lengths) > 1


def test_images_are_framed_like_mnist():
    """Images are 28×28 in 0..1, with the ink within 20×20 and its centre of mass in the middle."""
    images, digits = pens.images(3, np.random.default_rng(0))
    assert images.shape == (30, 28, 28)
    assert images.min() >= 0
    assert images.max() <= 1
    np.testing.assert_array_equal(np.bincount(digits), np.full(10, 3))
    for image in images:
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        assert np.ptp(rows) < 20
        assert np.ptp(columns) < 20
        centre = (image.sum(1) @ np.arange(28) / image.sum(), image.sum(0) @ np.arange(28) / image.sum())
        np.testing.assert_allclose(centre, 13.5, atol=1.0)


def test_digits_are_told_apart_by_their_neighbours():
    """The nearest image, by pixels, among 40 drawings of each digit is the same digit nine times in ten."""
    references, names = pens.images(40, np.random.default_rng(1))
    queries, classes = pens.images(6, np.random.default_rng(2))
    distances = ((queries[:, None] - references[None]) ** 2).sum((2, 3))
    assert (names[distances.argmin(1)] == classes).mean() > 0.9
