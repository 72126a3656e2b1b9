"""Explanation by occlusion: how the distance of a pair changes when a patch of ink is removed, place by place.

The method is that of Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", applied to the
distance of a pair. The patch is soft, because a hard edge would itself be a shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siamese.constants import SIDE
from siamese.serving.verifier import Verification, Verifier

STEP = 2  # pixels from place to place: as fine as the soft patch can tell apart, at a quarter of the embeddings
SIGMA = 1.6  # pixels; the patch is half as strong at 1.9 pixels, so it cuts a stroke, which is 2 to 3 wide
_RADIUS = 3 * SIGMA  # of the patch; beyond it no ink is removed


@dataclass(frozen=True)
class Explanation:
    """The effect of each place's ink on the distance of a pair.

    Attributes:
        distance: of the two images as they are.
        effects: (2, 28, 28), for left and right: how the distance changes without the ink around a pixel.
            Above 0, that ink makes the two more alike; below 0, less alike; 0 where there is no ink.
        embeddings: (2, d), of left and right.
    """

    distance: float
    effects: np.ndarray
    embeddings: np.ndarray

    @property
    def squared_differences(self) -> np.ndarray:
        """Squared differences (d,) of the embeddings; their sum is the squared distance."""
        squares: np.ndarray = (self.embeddings[0] - self.embeddings[1]) ** 2
        return squares

    @property
    def strongest(self) -> float:
        """The largest change of the distance, whatever its sign."""
        return float(np.abs(self.effects).max())

    def peak(self, side: int) -> tuple[int, int, float]:
        """Row, column and effect of the place on `side` (0 left, 1 right) that changes the distance most."""
        row, column = np.unravel_index(np.abs(self.effects[side]).argmax(), (SIDE, SIDE))
        return int(row), int(column), float(self.effects[side, row, column])

    def dimensions_for(self, share: float) -> int:
        """How many dimensions, the most different first, make up `share` of the squared distance; 0 if it is 0."""
        squares = np.sort(self.squared_differences)[::-1]
        total = float(squares.sum())
        return int(np.searchsorted(np.cumsum(squares), share * total * (1 - 1e-12)) + 1) if total > 0 else 0


def explain(verifier: Verifier, result: Verification) -> Explanation:
    """The explanation of a verification, on its normalised images."""
    # Not through `embed`: an image without a part of its ink would be normalised anew, and all of its ink would move.
    return occlusion(verifier.encode, result.left, result.right)


def occlusion(
    encode: Callable[[np.ndarray], np.ndarray], left: np.ndarray, right: np.ndarray, step: int = STEP
) -> Explanation:
    """The explanation of the distance of two normalised images (28, 28) in 0..1.

    Args:
        encode: images (n, 28, 28) float32 -> embeddings (n, d).
        step: side of the squares of pixels that are tried, each with the patch on its middle.
    """
    images = [np.asarray(left, np.float32), np.asarray(right, np.float32)]
    places = [inked_places(image, step) for image in images]  # (n, 2) each
    batch = [np.stack(images)]
    batch += [image * (1 - patches(found, step)) for image, found in zip(images, places)]
    embeddings = encode(np.concatenate(batch).astype(np.float32)).astype(np.float64)  # (2 + n + m, d)
    whole, left_without, right_without = np.split(embeddings, [2, 2 + len(places[0])])
    distance = float(np.linalg.norm(whole[0] - whole[1]))
    effects = np.zeros((2, SIDE, SIDE))
    for side, (without, other) in enumerate(((left_without, whole[1]), (right_without, whole[0]))):
        changes = np.linalg.norm(without - other, axis=1) - distance  # (n,)
        for (row, column), change in zip(places[side], changes):
            effects[side, row : row + step, column : column + step] = change
        effects[side][images[side] <= 0] = 0
    return Explanation(distance, effects, whole)


def inked_places(image: np.ndarray, step: int = STEP) -> np.ndarray:
    """Row and column (n, 2) of the first pixel of each square of `step` by `step` pixels that has ink in it."""
    squares: np.ndarray = image.reshape(SIDE // step, step, SIDE // step, step).max((1, 3))
    return np.argwhere(squares > 0) * step


def patches(places: np.ndarray, step: int = STEP) -> np.ndarray:
    """Masks (n, 28, 28): the part of the ink that each place's patch removes, from 1 in its middle to 0 far from it."""
    middle = np.asarray(places, float).reshape(-1, 2, 1) + (step - 1) / 2
    away = np.arange(SIDE) - middle  # (n, 2, 28), of rows and of columns
    squared = away[:, 0, :, None] ** 2 + away[:, 1, None, :] ** 2
    # The middle of a square lies between its pixels; these lose all their ink.
    inner = 2 * ((step - 1) / 2) ** 2
    falling = np.exp(-np.maximum(squared - inner, 0) / (2 * SIGMA**2))
    return np.where(squared <= _RADIUS**2, falling, 0)
