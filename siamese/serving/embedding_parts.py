"""The two parts of an embedding by the served encoder: *what shape is it*, and *is it a 2, a 3, … or none of these*."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.errors import InvalidArtefact
from siamese.serving.card import Card

FLOOR = 1e-4  # of a share; `training.layers.Shares` adds it before it takes the root


@dataclass(frozen=True)
class Parts:
    """What the embeddings of n images hold.

    Attributes:
        shape: (n, d), of unit length.
        roots: (n, digits), square roots of the shares.
        weight: of the roots in the distance; the shape's is 1.
    """

    shape: np.ndarray
    roots: np.ndarray
    weight: float

    @property
    def shares(self) -> np.ndarray:
        """(n, digits + 1): how one whole is shared out among the digits and, last, *none of these*."""
        of_digits = np.maximum(self.roots.astype(np.float64) ** 2 - FLOOR, 0)
        return np.concatenate([of_digits, np.maximum(1 - of_digits.sum(1, keepdims=True), 0)], 1)

    def apart(self, left: int, right: int) -> tuple[float, float, float]:
        """(distance of the shapes, distance of the roots, distance of the embeddings) of two of the images."""
        shapes = float(np.linalg.norm(self.shape[left] - self.shape[right]))
        roots = float(np.linalg.norm(self.roots[left] - self.roots[right]))
        weight = self.weight**2
        return shapes, roots, float(np.sqrt((shapes**2 + weight * roots**2) / (1 + weight)))


def has_parts(card: Card) -> bool:
    """Whether the model's encoder has two parts."""
    return card.raw["recipe"].get("kind") == "TwoPartRecipe"


def parts_of(card: Card, embeddings: np.ndarray) -> Parts:
    """The parts of embeddings (n, d + digits) by the model of `card`.

    Raises:
        InvalidArtefact: its encoder has not two parts, or the card does not say how long they are.
    """
    recipe = card.raw["recipe"]
    try:
        width, weight = int(recipe["embedding"]), float(recipe["share_weight"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArtefact(f"the card of {card.name!r} does not say what parts its encoder has") from error
    if not has_parts(card) or width + len(card.digits) != embeddings.shape[1] or not 0 < weight < np.inf:
        raise InvalidArtefact(f"the card of {card.name!r} does not say what parts its encoder has")
    total = np.sqrt(1 + weight**2)
    return Parts(embeddings[:, :width] * total, embeddings[:, width:] * (total / weight), weight)
