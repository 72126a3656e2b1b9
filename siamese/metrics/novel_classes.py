"""Rates for pairs with classes that the network was not trained on."""

from __future__ import annotations

import numpy as np

from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import BINS, bin_of
from siamese.metrics.rates import PairCurves, accept_rates


def curves_among_strangers(
    known: PairCurves,
    digits: int,
    same: np.ndarray,
    across: np.ndarray,
    different: np.ndarray,
    strangers: int,
) -> PairCurves:
    """Rates for pairs of `digits` known digits and of `strangers` that the network was not trained on.

    Every pair of the digits + strangers classes weighs the same, as in `pair_curves`.

    Args:
        known: rates of the known digits among themselves.
        same, across, different: distances' counts (bins,) on the same grid: of two images of one
            stranger, of a stranger and a known digit, of two different strangers.
    """
    every = digits + strangers
    accepts = (digits * known.true_accept_rate + strangers * accept_rates(same)) / every
    false = digits * (digits - 1) * known.false_accept_rate + 2 * digits * strangers * accept_rates(across)
    false = false + strangers * (strangers - 1) * accept_rates(different)
    return PairCurves(known.thresholds, accepts, false / (every * (every - 1)))


def curves_of_strangers(thresholds: np.ndarray, same: np.ndarray, different: np.ndarray) -> PairCurves:
    """Rates for pairs of strangers alone, from counts (bins,) of distances of the same and of different ones."""
    return PairCurves(thresholds, accept_rates(same), accept_rates(different))


def stranger_counts(
    known: np.ndarray, strangers: np.ndarray, upper: float, bins: int = BINS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts (bins,) of distances: of one stranger's images, of a stranger and a known digit, of two strangers.

    Args:
        known: embeddings (n, d) of images of known digits.
        strangers: embeddings (classes, instances, d) of classes that no one knows.
    """

    def count(distance):
        return np.bincount(bin_of(distance, upper, bins), minlength=bins)

    classes, instances = strangers.shape[:2]
    flat = strangers.reshape(classes * instances, -1)
    among = pairwise_distances(flat, flat)
    first, second = np.triu_indices(len(flat), 1)
    alike = first // instances == second // instances
    among = among[first, second]
    return count(among[alike]), count(pairwise_distances(known, flat).ravel()), count(among[~alike])


def curves_with_strangers(
    curves: PairCurves, digits: int, known: np.ndarray, strangers: np.ndarray, upper: float, world: int
) -> tuple[PairCurves, PairCurves]:
    """Rates among `digits` known digits and as many strangers as make `world`; and those of strangers alone.

    Args:
        curves: rates of the known digits among themselves.
        known, strangers: embeddings, as for `stranger_counts`.
    """
    same, across, different = stranger_counts(known, strangers, upper)
    among = curves_among_strangers(curves, digits, same, across, different, strangers=world - digits)
    return among, curves_of_strangers(curves.thresholds, same, different)
