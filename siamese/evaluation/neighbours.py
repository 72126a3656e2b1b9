"""What a drawing looks most like: a vote of the known digits nearest to it. The network itself names no digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.evaluation.projection import NEIGHBOURS, EmbeddingMap


@dataclass(frozen=True)
class Neighbours:
    """Known digits to be asked; see `of_map`.

    Attributes:
        embeddings: (n, d) float32, with half of their squared lengths (n,); digits (n,).
        reach: the distance up to which one may vote.
    """

    embeddings: np.ndarray
    half_squares: np.ndarray
    digits: np.ndarray
    reach: float

    def vote(self, embedding: np.ndarray) -> int | None:
        """The digit that all of the nearest five show, or None where they don't agree or one of them is far away.

        All of them: asked about digits of our own pen that no network has learned from, four of five named a wrong one
        in one of twenty, all five in none of them; and who says nothing misleads nobody.

        Args:
            embedding: (d,).
        """
        if len(self.digits) < NEIGHBOURS:
            return None
        point = np.asarray(embedding, np.float32)
        # Half of the squared distance, less what is the same for all.
        farness = self.half_squares - self.embeddings @ point  # (n,)
        nearest = np.argpartition(farness, NEIGHBOURS - 1)[:NEIGHBOURS]
        farthest = 2 * float(farness[nearest].max()) + float(point @ point)
        digit = int(self.digits[nearest[0]])
        agreed = bool((self.digits[nearest] == digit).all())
        return digit if agreed and farthest <= self.reach**2 else None


def of_map(points: EmbeddingMap, threshold: float) -> Neighbours:
    """The points of a map as voters: those that the network calls the same as what is asked about."""
    embeddings = np.ascontiguousarray(points.embeddings, np.float32)
    half_squares = (embeddings.astype(np.float64) ** 2).sum(1) / 2
    return Neighbours(embeddings, half_squares.astype(np.float32), points.digits, threshold)
