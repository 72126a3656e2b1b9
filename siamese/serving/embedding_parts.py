"""The two parts of an embedding by a two-part encoder: a shape embedding and class probabilities.

The class probabilities say whether an image shows a 2, a 3, … or none of the known digits. They enter the embedding as
square roots, so that their Euclidean distance is √2 times the Hellinger distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.errors import InvalidArtefact
from siamese.serving.card import Card

FLOOR = 1e-4  # of a probability; `training.encoder.Shares` adds it before it takes the root


@dataclass(frozen=True)
class EmbeddingParts:
    """The parts of the embeddings of n images.

    Attributes:
        shapes: (n, d), shape embeddings of unit length.
        root_probabilities: (n, digits), square roots of the class probabilities of the known digits.
        weight: of the root probabilities in the distance; that of the shapes is 1.
    """

    shapes: np.ndarray
    root_probabilities: np.ndarray
    weight: float

    @property
    def class_probabilities(self) -> np.ndarray:
        """Probabilities (n, digits + 1) of the known digits and, in the last column, of *none of these*."""
        of_digits = np.maximum(self.root_probabilities.astype(np.float64) ** 2 - FLOOR, 0)
        return np.concatenate([of_digits, np.maximum(1 - of_digits.sum(1, keepdims=True), 0)], 1)

    def distances(self, left: int, right: int) -> tuple[float, float, float]:
        """The distances of two of the images: of their shapes, of their root probabilities, of their embeddings."""
        shapes = float(np.linalg.norm(self.shapes[left] - self.shapes[right]))
        roots = float(np.linalg.norm(self.root_probabilities[left] - self.root_probabilities[right]))
        weight = self.weight**2
        return shapes, roots, float(np.sqrt((shapes**2 + weight * roots**2) / (1 + weight)))


def has_two_parts(card: Card) -> bool:
    """Whether the model's encoder has two parts."""
    return bool(card.raw["recipe"].get("kind") == "TwoPartRecipe")


def split_embeddings(card: Card, embeddings: np.ndarray) -> EmbeddingParts:
    """The parts of embeddings (n, d + digits) by the model of `card`.

    Raises:
        InvalidArtefact: its encoder does not have two parts, or the card does not say how long they are.
    """
    recipe = card.raw["recipe"]
    try:
        width, weight = int(recipe["embedding"]), float(recipe["share_weight"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArtefact(f"the card of {card.name!r} does not say what parts its encoder has") from error
    if not has_two_parts(card) or width + len(card.digits) != embeddings.shape[1] or not 0 < weight < np.inf:
        raise InvalidArtefact(f"the card of {card.name!r} does not say what parts its encoder has")
    total = np.sqrt(1 + weight**2)
    return EmbeddingParts(embeddings[:, :width] * total, embeddings[:, width:] * (total / weight), weight)
