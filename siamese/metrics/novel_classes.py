"""Rates for pairs with novel classes: classes that the network was not trained on."""

from __future__ import annotations

import numpy as np

from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import BINS, bin_index
from siamese.metrics.rates import PairCurves, accept_rates


def novel_class_curves(
    curves: PairCurves, n_known: int, known: np.ndarray, novel: np.ndarray, upper: float, n_classes: int
) -> tuple[PairCurves, PairCurves]:
    """Rates for pairs of known digits and novel classes together, and rates for pairs of novel classes alone.

    Args:
        curves: rates of the known digits among themselves.
        n_known: the number of known digits.
        known, novel: embeddings, as for `novel_class_counts`.
        upper: end of the distance grid.
        n_classes: known digits and novel classes together, as which the first rates are weighted.
    """
    same, across, different = novel_class_counts(known, novel, upper)
    mixed = mixed_curves(curves, n_known, same, across, different, n_novel=n_classes - n_known)
    return mixed, novel_curves(curves.thresholds, same, different)


def novel_class_counts(
    known: np.ndarray, novel: np.ndarray, upper: float, bins: int = BINS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts (bins,) of distances: within a novel class, of a novel class and a known digit, of two novel classes.

    Args:
        known: embeddings (n, d) of images of known digits.
        novel: embeddings (classes, instances, d) of images of novel classes.
    """

    def count(distances: np.ndarray) -> np.ndarray:
        return np.bincount(bin_index(distances, upper, bins), minlength=bins)

    n_classes, instances = novel.shape[:2]
    flat = novel.reshape(n_classes * instances, -1)
    among = pairwise_distances(flat, flat)
    first, second = np.triu_indices(len(flat), 1)
    is_same = first // instances == second // instances
    among = among[first, second]
    return count(among[is_same]), count(pairwise_distances(known, flat).ravel()), count(among[~is_same])


def mixed_curves(
    known: PairCurves, n_known: int, same: np.ndarray, across: np.ndarray, different: np.ndarray, n_novel: int
) -> PairCurves:
    """Rates for pairs of `n_known` known digits and `n_novel` novel classes; every pair of classes weighs the same.

    Args:
        known: rates of the known digits among themselves.
        same, across, different: counts (bins,) of distances on the same grid, as `novel_class_counts` gives them.
    """
    n_classes = n_known + n_novel
    accepts = (n_known * known.true_accept_rate + n_novel * accept_rates(same)) / n_classes
    false = n_known * (n_known - 1) * known.false_accept_rate + 2 * n_known * n_novel * accept_rates(across)
    false = false + n_novel * (n_novel - 1) * accept_rates(different)
    return PairCurves(known.thresholds, accepts, false / (n_classes * (n_classes - 1)))


def novel_curves(thresholds: np.ndarray, same: np.ndarray, different: np.ndarray) -> PairCurves:
    """Rates for pairs of novel classes alone, from counts (bins,) of distances within and between them."""
    return PairCurves(thresholds, accept_rates(same), accept_rates(different))
