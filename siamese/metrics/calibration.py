"""Calibration: the probability that two images show the same digit, from their distance.

It is a logistic function (Platt 1999) whose midpoint is the threshold, so that verdict and probability never
contradict each other. It never reaches 0 or 1: a *lapse rate* stays on both sides, as of an observer who answers now
and then without having looked (Wichmann and Hill 2001). Without it, two images at distance 0 would be the same digit
for sure, though the network may not have learned what tells some classes apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import PairCurves, pair_curves

MAX_LAPSE = 0.25


@dataclass(frozen=True)
class Calibration:
    """P(same) = lapse + (1 - 2 · lapse) / (1 + exp(slope · (distance - midpoint)))."""

    slope: float
    midpoint: float
    lapse: float = 0.0

    def probability_same(self, distance: np.ndarray | float) -> np.ndarray:
        """Calibrated probability that a pair at `distance` is of one digit, same shape."""
        exponent = np.clip(self.slope * (np.asarray(distance, float) - self.midpoint), -500, 500)
        return self.lapse + (1 - 2 * self.lapse) / (1 + np.exp(exponent))


def calibrate(curves: PairCurves, threshold: float, least_lapse: float = 0.0) -> Calibration:
    """The calibration of highest likelihood with its midpoint at `threshold`, on the balanced pairs behind `curves`.

    All pairs count; same pairs and different pairs weigh a half each. The lapse rate stays between `least_lapse` and
    `MAX_LAPSE`.
    """
    same, different = np.diff(curves.true_accept_rate) / 2, np.diff(curves.false_accept_rate) / 2
    middles = (curves.thresholds[1:] + curves.thresholds[:-1]) / 2
    scale = curves.thresholds[-1]
    offsets = (middles - threshold) / scale

    def loss(log_slope: float, lapse: float) -> float:
        probability = Calibration(np.exp(log_slope), 0.0, lapse).probability_same(offsets)
        probability = np.clip(probability, 1e-12, 1 - 1e-12)
        # A very weak prior keeps perfectly separated pairs from an infinite slope.
        return float(-(same * np.log(probability) + different * np.log(1 - probability)).sum() + 1e-9 * log_slope**2)

    best = (np.inf, 0.0, 0.0)
    slopes, lapses = np.linspace(0, np.log(1000), 21), np.linspace(least_lapse, MAX_LAPSE, 21)
    # A grid search that narrows: there are two parameters and one minimum. Newton's method overshoots near lapse 0.
    for _ in range(14):
        best = min(best, *((loss(log_slope, lapse), log_slope, lapse) for log_slope in slopes for lapse in lapses))
        slopes = best[1] + (slopes - slopes.mean()) / 3
        width = np.ptp(lapses) / 6
        lapses = np.linspace(max(best[2] - width, least_lapse), min(best[2] + width, MAX_LAPSE), 21)
    return Calibration(float(np.exp(best[1]) / scale), threshold, float(best[2]))


def calibration_error(
    histograms: PairHistograms, digits: Iterable[int], probability_same: np.ndarray, bins: int = 10
) -> tuple[float, np.ndarray]:
    """Expected calibration error and its reliability table (m, 3): predicted, observed, weight.

    Pairs are weighted as in `accuracy_at`, half same and half different, and grouped into `bins` equal steps of
    predicted probability (Guo et al. 2017).

    Args:
        probability_same: (histogram bins,) the probability given to a distance in each grid bin.
    """
    curves = pair_curves(histograms, digits)
    same, different = np.diff(curves.true_accept_rate) / 2, np.diff(curves.false_accept_rate) / 2
    group = np.minimum((probability_same * bins).astype(int), bins - 1)
    weight = np.bincount(group, same + different, bins)
    occupied = weight > 0
    predicted = np.bincount(group, (same + different) * probability_same, bins)[occupied] / weight[occupied]
    observed = np.bincount(group, same, bins)[occupied] / weight[occupied]
    table = np.stack([predicted, observed, weight[occupied]], 1)
    return float((np.abs(predicted - observed) * weight[occupied]).sum() / weight.sum()), table
