"""How sure a model is: fitted to counts, never at odds with the verdict, never quite certain."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data.splits import SEEN_DIGITS
from siamese.imaging import pens
from siamese.metrics import calibration, histograms, rates
from siamese.metrics.calibration import Calibration, calibrate
from siamese.serving import catalogue
from siamese.serving.card import read_card
from siamese.training.recipes import LiveRecipe, recipe_named
from siamese.training.train import train

BINS = 400
MIDDLES = (np.arange(BINS) + 0.5) * 2 / BINS


def histograms_of(calibration: Calibration) -> histograms.PairHistograms:
    """Histograms of two digits, with the part of same pairs at each distance that `calibration` says."""
    base = np.exp(-(((MIDDLES - calibration.midpoint) / 0.5) ** 2))
    scale = 1e7 / base.sum()
    same = calibration.probability_same(MIDDLES)
    counts = np.zeros((10, 10, BINS), np.int64)
    counts[2, 2] = counts[3, 3] = (base * same * scale).astype(np.int64)
    counts[2, 3] = counts[3, 2] = (base * (1 - same) * scale).astype(np.int64)
    return histograms.PairHistograms(counts, 2.0, np.full(10, 100), np.zeros((10, 101, 10, 10), np.float32))


@pytest.mark.parametrize("lapse", [0.0, 0.004, 0.03])
def test_a_known_calibration_is_recovered(lapse):
    """Pairs drawn from a logistic with lapses give its slope and lapses back, and a calibration error near 0."""
    histograms = histograms_of(Calibration(8.0, 0.9, lapse))
    found = calibrate(rates.pair_curves(histograms, (2, 3)), 0.9)
    assert found.slope == pytest.approx(8, rel=0.02)
    assert found.midpoint == 0.9
    assert found.lapse == pytest.approx(lapse, abs=0.001)
    error, table = calibration.calibration_error(histograms, (2, 3), found.probability_same(MIDDLES))
    assert error < 0.01
    assert table[:, 2].sum() == pytest.approx(1)


def test_a_least_lapse_rate_is_kept():
    """Where more lapses are known of than the pairs show, so many are kept, and nothing is surer than that."""
    found = calibrate(rates.pair_curves(histograms_of(Calibration(8.0, 0.9)), (2, 3)), 0.9, least_lapse=0.02)
    assert found.lapse == pytest.approx(0.02, abs=1e-6)
    assert found.probability_same(0.0) <= 0.98
    assert found.probability_same(2.0) >= 0.02


def test_pairs_that_are_separated_without_an_error_give_finite_numbers():
    """Same pairs all below the threshold, different ones all above it: a steep slope, no lapses, no overflow."""
    thresholds = np.linspace(0, 2, 101)
    curves = rates.PairCurves(thresholds, (thresholds > 0.3).astype(float), (thresholds > 1.5).astype(float))
    found = calibrate(curves, 0.9)
    assert np.isfinite(found.slope)
    assert found.slope > 10
    assert found.lapse < 1e-3


def test_verdict_and_certainty_agree_at_every_distance():
    """Up to the midpoint *same* is the likelier, beyond it *different*, whatever slope and lapse rate."""
    for slope, lapse in ((0.5, 0.0), (8.0, 0.01), (200.0, 0.2)):
        sure = Calibration(slope, 0.7, lapse)
        distances = np.linspace(0, 2, 998)  # none of them the midpoint, where rounding decides
        assert ((sure.probability_same(distances) > 0.5) == (distances < 0.7)).all()


@pytest.mark.parametrize(
    "recipe",
    [recipe_named("baseline", epochs=1, units=(16, 8)), LiveRecipe(name="live", title="Live", epochs=1)],
    ids=lambda recipe: recipe.name,
)
def test_every_training_ties_certainty_to_its_threshold(recipe):
    """Recipes without synthetic classes, too: at the threshold *same* and *different* are equally probable."""
    images, digits = pens.images(15, np.random.default_rng(0))
    kept = np.isin(digits, SEEN_DIGITS)
    trained = train(recipe, images[kept], digits[kept])
    assert trained.calibration.midpoint == trained.threshold
    assert float(trained.calibration.probability_same(trained.threshold)) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["baseline", "digits", "strokes"])
def test_committed_models_agree_with_themselves(name):
    """No model that comes with the project says *same* and is surer of *different* while its threshold is its own."""
    card = read_card(catalogue.MODELS / name)
    assert card.calibration.midpoint == card.threshold


def test_calibration_error_of_a_liar():
    """Whoever says 90% where half is true is off by 0.4."""
    counts = np.zeros((10, 10, 10), np.int64)
    counts[2, 2, 5] = counts[3, 3, 5] = counts[2, 3, 5] = counts[3, 2, 5] = 100
    counted = histograms.PairHistograms(counts, 2.0, np.full(10, 100), np.zeros((10, 11, 10, 10), np.float32))
    error, _ = calibration.calibration_error(counted, (2, 3), np.full(10, 0.9))
    assert error == pytest.approx(0.4)
