"""The unseen case imitated inside the training digits."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data.splits import SEEN_DIGITS
from siamese.errors import UnseenDigitInTraining
from siamese.imaging import pens
from siamese.metrics import rates
from siamese.metrics.calibration import Calibration
from siamese.training import cross_validation
from siamese.training.recipes import recipe_named


@pytest.fixture(scope="module")
def pen_digits():
    """Forty pen digits each of 0 to 9, uint8."""
    images, digits = pens.images(40, np.random.default_rng(0))
    return np.round(images * 255).astype(np.uint8), digits


def test_a_fold_measures_digits_that_were_not_trained_on(pen_digits, monkeypatch):
    """The held-out digits are kept from the training; every figure is a rate; what is learned is seen best."""
    images, digits = pen_digits
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


def test_unseen_digits_are_refused(pen_digits):
    """An image of an 8 among those given, and nothing starts."""
    with pytest.raises(UnseenDigitInTraining, match="8"):
        cross_validation.fold(recipe_named("baseline"), *pen_digits, (4, 5))


@pytest.mark.parametrize("held_out", [(4,), (0, 1), (2, 3, 4, 5, 6)])
def test_folds_that_make_no_sense_are_refused(pen_digits, held_out):
    """One digit makes no different pair; unseen digits are not the recipe's; two must remain."""
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)
    with pytest.raises(ValueError, match="hold out two"):
        cross_validation.fold(recipe_named("baseline"), images[kept], digits[kept], held_out)


def test_a_shorter_recipe_has_its_share_of_steps():
    """Half of the steps, or of the epochs; never none."""
    whole = recipe_named("strokes")
    half = cross_validation.shortened(whole, (2, 3), 0.5)
    assert half.epochs * half.steps == whole.epochs * whole.steps // 2
    assert half.digits == (2, 3)
    assert half.n_classes == 6  # the other four stand for unseen digits
    assert cross_validation.shortened(recipe_named("baseline"), (2, 3), 0.001).epochs == 1
    with pytest.raises(ValueError, match="length"):
        cross_validation.shortened(whole, (2, 3), 0)


def test_where_it_is_sure_it_may_be_wrong():
    """By hand: half of the pairs lie far off the threshold, a tenth of these on the wrong side."""
    thresholds = np.array([0.0, 1.0, 2.0, 3.0])
    # Steps 0..1, 1..2, 2..3: same pairs 0.45, 0.5, 0.05; different pairs 0.05, 0.5, 0.45.
    curves = rates.PairCurves(thresholds, np.array([0, 0.45, 0.95, 1.0]), np.array([0, 0.05, 0.55, 1.0]))
    sure = Calibration(slope=20.0, midpoint=1.5, lapse=0.2)  # its lapse rate does not count
    assert cross_validation.right_where_sure(curves, sure) == pytest.approx(0.9)
    assert cross_validation.right_where_sure(curves, Calibration(slope=0.1, midpoint=1.5)) == 1.0
