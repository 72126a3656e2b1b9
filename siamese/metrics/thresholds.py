"""Choosing the threshold: the distance at which errors cost least on validation pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siamese.metrics.rates import PairCurves


def best_threshold(curves: PairCurves) -> float:
    """The grid threshold of highest accuracy, the middle one of those that tie."""
    return least_costly_threshold([curves], [1.0])


def least_costly_threshold(curves: Sequence[PairCurves], reject_costs: Sequence[float]) -> float:
    """The grid threshold at which errors cost least, the middle one of those that tie.

    The cost is the sum over `curves` of the false accept rate and of the false reject rate times its `reject_costs`.

    Raises:
        ValueError: not one cost for each of the curves.
    """
    cost = np.sum(
        [
            reject_cost * (1 - each.true_accept_rate) + each.false_accept_rate
            for each, reject_cost in zip(curves, reject_costs, strict=True)
        ],
        axis=0,
    )
    cheapest = np.flatnonzero(cost <= cost.min() + 1e-12)
    return float(curves[0].thresholds[cheapest[len(cheapest) // 2]])
