"""Embeddings that several tests of metrics use."""

from __future__ import annotations

import numpy as np

from siamese.metrics.histograms import pair_histograms


def on_a_line():
    """Four images on a line, digits 2 2 3 3 at 0, 1, 3, 7: distances 1 and 4 (same), 3 7 2 6 (different)."""
    return pair_histograms(np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3]), upper=10.0, bins=100)


def cloud(rng, count=400, spread=1.0, digits=(2, 3, 4)):
    """Embeddings of unit length scattered about one centre a digit."""
    labels = rng.choice(digits, count)
    centres = rng.normal(size=(10, 16))
    embeddings = centres[labels] + spread * rng.normal(size=(count, 16))
    return (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32), labels
