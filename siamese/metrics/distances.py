"""The distance of two embeddings: of one pair, and of whole sets of them."""

from __future__ import annotations

import numpy as np


def embedding_distance(left: np.ndarray, right: np.ndarray) -> float:
    """Euclidean distance of two embeddings (d,), computed in float64.

    A `Verifier` decides by this function. It is exactly symmetric, and exactly 0 for equal embeddings.
    """
    difference = left.astype(np.float64) - right
    return float(np.sqrt((difference**2).sum()))


def pairwise_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances (n, m) float64 of embeddings (n, d) and (m, d).

    One matrix product computes all of them, so that fifty million pairs take seconds. The last bits may differ from
    those of `embedding_distance`.
    """
    left, right = left.astype(np.float64), right.astype(np.float64)
    # In float64 the expanded square loses nothing that matters; in float32 it would near zero.
    distances: np.ndarray = (left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * left @ right.T
    np.maximum(distances, 0, out=distances)
    np.sqrt(distances, out=distances)
    return distances
