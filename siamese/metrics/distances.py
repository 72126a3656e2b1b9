"""The distance of two embeddings, for whole sets of them."""

from __future__ import annotations

import numpy as np


def pairwise_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances (n, m) float64 of embeddings (n, d) and (m, d)."""
    left, right = left.astype(np.float64), right.astype(np.float64)
    # In float64 the expanded square loses nothing that matters; in float32 it would near zero.
    square = (left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * left @ right.T
    return np.sqrt(np.maximum(square, 0, out=square), out=square)
