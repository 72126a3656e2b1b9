"""The hardest pairs: those of MNIST's test images that a model gets most wrong, as indices into MNIST's file.

The committed file holds numbers and no images; the pairs can be shown where MNIST is at hand.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from siamese.errors import InvalidArtefact
from siamese.metrics.distances import pairwise_distances
from siamese.serving.card import Card
from siamese.serving.verifier import Verifier

FILE = "hardest.npz"
COUNT = 12  # pairs of images for each pair of digits
PAIRS_OF_DIGITS = tuple((a, b) for a in range(10) for b in range(a, 10))
_ROWS = {digits: row for row, digits in enumerate(PAIRS_OF_DIGITS)}
_TEST_IMAGES = 10_000
_LARGEST = 1e6  # no distance of a usable encoder comes near


@dataclass(frozen=True)
class HardPair:
    """Two test images, their digits, and their distance by a model."""

    left: int
    right: int
    left_digit: int
    right_digit: int
    distance: float

    @property
    def digits(self) -> tuple[int, int]:
        """The digits of left and right."""
        return self.left_digit, self.right_digit

    @property
    def is_same(self) -> bool:
        """Whether both show one digit."""
        return self.left_digit == self.right_digit


@dataclass(frozen=True)
class Hardest:
    """For each pair of digits (a <= b, the order of `PAIRS_OF_DIGITS`), its hardest pairs of images.

    Attributes:
        indices: (55, COUNT, 2) int64, an image of a and one of b; -1 where there are fewer pairs.
        distances: (55, COUNT) float32, decreasing where a = b (one digit, far apart), else increasing; NaN where
            there are fewer pairs.
    """

    indices: np.ndarray
    distances: np.ndarray

    def pairs(self, left: Iterable[int], right: Iterable[int], same: bool) -> list[HardPair]:
        """The hardest pairs of one digit in `left` and one in `right`, of one digit or of two, hardest first."""
        right = tuple(right)
        cells = {(min(a, b), max(a, b)) for a in left for b in right if (a == b) == same}
        found = [
            HardPair(int(indices[0]), int(indices[1]), a, b, float(distance))
            for a, b in sorted(cells)
            for indices, distance in zip(self.indices[_ROWS[a, b]], self.distances[_ROWS[a, b]])
            if indices[0] >= 0
        ]
        return sorted(found, key=lambda pair: -pair.distance if same else pair.distance)[:COUNT]


def find_hardest(embeddings: np.ndarray, digits: np.ndarray) -> Hardest:
    """The hardest pairs of embeddings (n, d) with digits (n,): of one digit the furthest, of two digits the nearest.

    For each pair of digits an image is taken once, or one odd image would fill the list.
    """
    return _find(lambda left, right: pairwise_distances(embeddings[left], embeddings[right]), digits)


def hardest_among(distances: np.ndarray, digits: np.ndarray) -> Hardest:
    """The same from the distances (n, n) of all images, where they are known already."""
    return _find(lambda left, right: distances[np.ix_(left, right)], digits)


def _find(distances_of: Callable[[np.ndarray, np.ndarray], np.ndarray], digits: np.ndarray) -> Hardest:
    """The hardest pairs, by the distances (a, b) of a images and b others."""
    groups = [np.flatnonzero(digits == digit) for digit in range(10)]
    indices = np.full((len(PAIRS_OF_DIGITS), COUNT, 2), -1, np.int64)
    distances = np.full((len(PAIRS_OF_DIGITS), COUNT), np.nan, np.float32)
    for row, (a, b) in enumerate(PAIRS_OF_DIGITS):
        between = distances_of(groups[a], groups[b])  # (n_a, n_b)
        for rank, (i, j) in enumerate(_hardest(between, a == b)):
            indices[row, rank] = groups[a][i], groups[b][j]
            distances[row, rank] = np.round(between[i, j], 6)
    return Hardest(indices, distances)


def _hardest(distances: np.ndarray, same: bool) -> list[tuple[int, int]]:
    """Rows and columns in distances (n, m) of the hardest pairs, at most COUNT, no row or column twice."""
    # Rounded, so that the last bits of a sum do not decide between equals.
    errors = np.round(-distances if same else distances, 6)
    if same:
        errors[np.tril_indices(len(errors))] = np.inf  # an image and itself is no pair, and each pair counts once
    found: list[tuple[int, int]] = []
    while errors.size and len(found) < COUNT:
        i, j = np.unravel_index(errors.argmin(), errors.shape)
        if not np.isfinite(errors[i, j]):
            break
        found.append((int(i), int(j)))
        for row in (i, j) if same else (i,):
            errors[row] = np.inf
        for column in (i, j) if same else (j,):
            errors[:, column] = np.inf
    return found


def publish_hardest(card: Card, images: np.ndarray, digits: np.ndarray) -> bytes:
    """The bytes of the file of a model's hardest pairs of MNIST's test images (n, 28, 28) with digits (n,)."""
    hardest = find_hardest(Verifier(card).embed(images), digits)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, indices=hardest.indices.astype(np.int16), distances=hardest.distances)
    return buffer.getvalue()


def has_hardest(card: Card) -> bool:
    """Whether the model's card names the file of hardest pairs; older models have none."""
    return FILE in card.raw["files"]


def load_hardest(card: Card) -> Hardest:
    """The committed hardest pairs of a model.

    Raises:
        InvalidArtefact: there is no such file, or it is damaged or of the wrong shape or values.
    """
    indices, distances = card.arrays(FILE, ("indices", "distances"))
    shape = (len(PAIRS_OF_DIGITS), COUNT)
    if (
        (indices.dtype.kind, distances.dtype.kind) != ("i", "f")
        or (indices.shape, distances.shape) != ((*shape, 2), shape)
        or not _is_possible(indices.astype(np.int64), distances)
    ):
        raise InvalidArtefact(f"the hardest pairs of {card.name!r} have the wrong shape or values")
    return Hardest(indices.astype(np.int64), distances.astype(np.float32))


def _is_possible(indices: np.ndarray, distances: np.ndarray) -> bool:
    """Whether every pair is of two different test images at a finite distance, or missing as a whole."""
    missing = (indices == -1).all(2)
    present = indices[~missing]
    return bool(
        (present >= 0).all()
        and (present < _TEST_IMAGES).all()
        and (present[:, 0] != present[:, 1]).all()
        and np.isnan(distances[missing]).all()
        and (np.isfinite(distances[~missing]) & (distances[~missing] >= 0) & (distances[~missing] < _LARGEST)).all()
    )
