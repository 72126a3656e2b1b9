"""Choosing the threshold: the distance at which errors cost least on validation pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siamese.metrics.rates import PairCurves


def best_threshold(curves: PairCurves) -> float:
    """The grid threshold of highest accuracy, a distance; the middle one of those that tie.

    Args:
        curves: of validation pairs, as `pair_curves` gives them.

    Example:
        >>> import numpy as np
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> from siamese.metrics.thresholds import best_threshold
        >>> apart, digits = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([2, 2, 3, 3])
        >>> curves = rates.pair_curves(pair_histograms(apart, digits, upper=10.0), (2, 3))
        >>> 0.1 <= best_threshold(curves) < 4.9
        True
    """
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
