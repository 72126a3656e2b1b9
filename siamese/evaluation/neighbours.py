"""Nearest-neighbour classification: which digit a drawing looks most like, by a vote of known digits.

The network itself names no digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.evaluation.projection import NEIGHBOURS, EmbeddingMap


@dataclass(frozen=True)
class Neighbours:
    """Known digits that vote.

    Attributes:
        embeddings: (n, d) float32.
        half_squares: (n,) float32, half of their squared lengths.
        digits: (n,).
        max_distance: up to which a known digit may vote.
    """

    embeddings: np.ndarray
    half_squares: np.ndarray
    digits: np.ndarray
    max_distance: float

    def vote(self, embedding: np.ndarray) -> int | None:
        """The digit of the nearest five, or None where they do not all agree or one is beyond `max_distance`.

        All five must agree: on digits of the built-in pen, which no served network was trained on, the vote of four of
        five was wrong in one case of twenty, and the vote of all five in none.

        Args:
            embedding: (d,).
        """
        if len(self.digits) < NEIGHBOURS:
            return None
        point = np.asarray(embedding, np.float32)
        # Half of the squared distance, less half of the query's squared length, which is the same for all.
        scores = self.half_squares - self.embeddings @ point  # (n,)
        nearest = np.argpartition(scores, NEIGHBOURS - 1)[:NEIGHBOURS]
        farthest = 2 * float(scores[nearest].max()) + float(point @ point)
        digit = int(self.digits[nearest[0]])
        agreed = bool((self.digits[nearest] == digit).all())
        return digit if agreed and farthest <= self.max_distance**2 else None


def neighbours_from_map(points: EmbeddingMap, threshold: float) -> Neighbours:
    """The points of a map as voters; one may vote where the network calls it and the query *same*."""
    embeddings = np.ascontiguousarray(points.embeddings, np.float32)
    half_squares = (embeddings.astype(np.float64) ** 2).sum(1) / 2
    return Neighbours(embeddings, half_squares.astype(np.float32), points.digits, threshold)
