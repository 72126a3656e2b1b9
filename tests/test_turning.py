"""The training digits on their side as strangers."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import pens, turning
from siamese.artefacts import load_card
from siamese.data import SEEN_DIGITS, UNSEEN_DIGITS
from siamese.errors import UnseenDigitInTraining


@pytest.fixture(scope="module")
def drawn():
    """Thirty pen digits each of 0 to 9, uint8."""
    images, digits = pens.images(30, np.random.default_rng(0))
    return np.round(images * 255).astype(np.uint8), digits


def test_eight_symmetries_of_a_square():
    """All differ, each is undone by one of them, and a mirror is a mirror."""
    image = np.arange(784.0).reshape(1, 28, 28)
    turned = [turning.turn(image, symmetry) for symmetry in range(8)]
    assert len({one.tobytes() for one in turned}) == 8
    for one in turned:
        assert any(np.array_equal(turning.turn(one, symmetry), image) for symmetry in range(8))
    assert np.array_equal(turned[0], image)
    assert np.array_equal(turned[4], image[:, :, ::-1])
    assert np.array_equal(turned[2], image[:, ::-1, ::-1])


def test_no_kind_is_a_digit_again():
    """Only digits 2 to 7, never upright, and no 6 on its head, which is a 9."""
    assert set(turning.KINDS) == set(SEEN_DIGITS)
    assert all(symmetry in range(1, 8) for kinds in turning.KINDS.values() for symmetry in kinds)
    on_its_head = {2, 6}
    assert not on_its_head & set(turning.KINDS[6])


def test_shapes_are_those_of_the_images_given(drawn, rng):
    """As many of each kind; each is one of the images, turned."""
    images, digits = drawn
    kept = np.isin(digits, (2, 4))
    shapes = turning.turned_digits(images[kept], digits[kept], rng)
    assert shapes.shape == (8, 30, 28, 28)
    turned_twos = {turning.turn(image[None], 1).tobytes() for image in images[digits == 2]}
    assert all(image[None].tobytes() in turned_twos for image in shapes[0])


def test_a_model_is_measured_among_its_own_and_strangers(drawn):
    """Rates, of which none is above the best; known digits are told apart better than strangers; the same twice."""
    images, digits = drawn
    kept = np.isin(digits, SEEN_DIGITS)
    copies = np.repeat(images[kept], 4, 0), np.repeat(digits[kept], 4)
    first, again = (turning.measure(load_card("digits"), *copies) for _ in range(2))
    assert first == again
    assert set(first["splits"]) == {"seen", "mixed", "strangers"}
    for values in first["splits"].values():
        assert 0.5 < values["accuracy"] <= values["best"] <= 1
        assert 0.5 < values["roc_auc"] <= 1
    assert first["splits"]["seen"]["best"] > first["splits"]["strangers"]["best"]


def test_unseen_digits_are_refused(drawn):
    """No 0, 1, 8 or 9 may take part in what choices are made by."""
    assert set(UNSEEN_DIGITS) <= set(drawn[1].tolist())
    with pytest.raises(UnseenDigitInTraining):
        turning.measure(load_card("digits"), *drawn)
