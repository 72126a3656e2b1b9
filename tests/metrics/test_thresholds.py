"""The choice of the threshold."""

from __future__ import annotations

from siamese.metrics import rates, thresholds
from siamese.metrics.histograms import pair_histograms


def test_costly_false_rejects_loosen_the_threshold(rng):
    """Equal costs give the best threshold; a costly false reject of one of two kinds of pairs loosens it."""
    digits = rng.choice([2, 3], 600)
    apart = pair_histograms(rng.normal(size=(600, 1)) + 2.0 * (digits == 3)[:, None], digits, 8.0, 800, knots=81)
    curves = rates.pair_curves(apart, (2, 3))
    loosened = [thresholds.least_costly_threshold([curves, curves], [1.0, cost]) for cost in (1.0, 2.0, 4.0)]
    assert loosened[0] == thresholds.best_threshold(curves) == curves.thresholds[curves.accuracy.argmax()]
    assert loosened[0] < loosened[1] < loosened[2]
