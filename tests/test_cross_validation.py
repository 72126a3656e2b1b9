"""The unseen case imitated inside the training digits."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import cross_validation, pens
from siamese.data import SEEN_DIGITS
from siamese.errors import UnseenDigitInTraining
from siamese.recipes import recipe_named


@pytest.fixture(scope="module")
def drawn():
    """Forty pen digits each of 0 to 9, uint8."""
    images, digits = pens.images(40, np.random.default_rng(0))
    return np.round(images * 255).astype(np.uint8), digits


def test_a_fold_measures_digits_that_were_not_trained_on(drawn, monkeypatch):
    """The held-out digits are kept from the training; every figure is a rate; what is learned is seen best."""
    images, digits = drawn
    kept = np.isin(digits, SEEN_DIGITS)
    monkeypatch.setattr(cross_validation, "SET_ASIDE", 100)
    shown = []

    def watched(recipe, images, digits, **options):
        shown.append((recipe.digits, set(digits.tolist()), len(digits)))
        return train(recipe, images, digits, **options)

    train = cross_validation.train
    monkeypatch.setattr(cross_validation, "train", watched)
    recipe = recipe_named("baseline", batch=16)
    result = cross_validation.fold(recipe, images[kept], digits[kept], (4, 5), length=0.1)
    ((recipe_digits, trained_on, count),) = shown
    assert recipe_digits == (2, 3, 6, 7)
    assert trained_on == {2, 3, 6, 7}
    assert count <= 160
    assert set(result["splits"]) == {"seen", "held_out", "mixed"}
    for values in result["splits"].values():
        assert 0.4 < values["accuracy"] <= values["best"] <= 1
    assert result["splits"]["seen"]["accuracy"] > 0.75


def test_a_fold_leaves_out_what_its_judge_finds_like_its_strangers(drawn, monkeypatch):
    """The judge is asked about the digits held out; what it finds likest is handed on to be left out, in its share."""
    images, digits = drawn
    kept = np.isin(digits, SEEN_DIGITS)
    monkeypatch.setattr(cross_validation, "SET_ASIDE", 100)
    given = []

    def watched(recipe, images, digits, likeness):
        given.append(likeness)
        return train(recipe, images, digits)

    train = cross_validation.train
    monkeypatch.setattr(cross_validation, "train", watched)

    def judge(images):
        return images.mean((1, 2))[:, None].repeat(2, 1)

    for asked in (None, judge):
        cross_validation.fold(recipe_named("baseline", batch=16), images[kept], digits[kept], (4, 5), 0.1, asked)
    without, likeness = given
    assert without is None
    assert likeness.digits == (4, 5)
    assert likeness.of is judge
    assert likeness.share == cross_validation.LEFT_OUT
    assert 1 - likeness.share * 4 == pytest.approx(0.55, abs=0.04)  # what the filter lets pass for four digits


def test_unseen_digits_are_refused(drawn):
    """An image of an 8 among those given, and nothing starts."""
    with pytest.raises(UnseenDigitInTraining, match="8"):
        cross_validation.fold(recipe_named("baseline"), *drawn, (4, 5))


@pytest.mark.parametrize("held_out", [(4,), (0, 1), (2, 3, 4, 5, 6)])
def test_folds_that_make_no_sense_are_refused(drawn, held_out):
    """One digit makes no different pair; unseen digits are not the recipe's; two must remain."""
    images, digits = drawn
    kept = np.isin(digits, SEEN_DIGITS)
    with pytest.raises(ValueError, match="hold out two"):
        cross_validation.fold(recipe_named("baseline"), images[kept], digits[kept], held_out)


def test_a_shorter_recipe_has_its_share_of_steps():
    """Half of the steps of both branches, or of the epochs; never none."""
    whole = recipe_named("strokes")
    half = cross_validation.shortened(whole, (2, 3), 0.5)
    assert half.shape.steps == whole.shape.steps // 2
    assert half.detectors.steps == whole.detectors.steps // 2
    assert half.digits == (2, 3)
    assert half.world == 6  # the other four play the strangers
    assert cross_validation.shortened(recipe_named("baseline"), (2, 3), 0.001).epochs == 1
    with pytest.raises(ValueError, match="length"):
        cross_validation.shortened(whole, (2, 3), 0)
