"""Where *same* ends: the threshold at which errors cost least on validation pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siamese.metrics.rates import PairCurves


def best_threshold(curves: PairCurves) -> float:
    """The grid threshold of highest accuracy, the middle one of those that tie."""
    return least_costly_threshold([curves], [1.0])


def least_costly_threshold(curves: Sequence[PairCurves], reject_weights: Sequence[float]) -> float:
    """The grid threshold at which errors cost least, the middle one of those that tie.

    A false accept of any of `curves` costs its rate, a false reject its rate times that curve's weight.
    """
    cost = np.sum(
        [
            weight * (1 - each.true_accept_rate) + each.false_accept_rate
            for each, weight in zip(curves, reject_weights, strict=True)
        ],
        axis=0,
    )
    best = np.flatnonzero(cost <= cost.min() + 1e-12)
    return float(curves[0].thresholds[best[len(best) // 2]])
