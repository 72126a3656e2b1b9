"""How near an embedding lies to writings that were trained on: examples, and what distance from them is usual.

A network that was taught to tell six digits apart is sure of itself far from all of them; the distance from the nearest
writing of a digit is not (Papernot and McDaniel 2018, *deep k-nearest neighbors*; Sun et al. 2022).
"""

from __future__ import annotations

import numpy as np

from siamese.recipes import Evidence


def squared_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(n, m): of points (n, d) and (m, d)."""
    squares = (left**2).sum(1)[:, None] + (right**2).sum(1) - 2 * left @ right.T
    return np.maximum(squares, 0)


def usual(distances: list[np.ndarray], classes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What distances from the nearest example of the own class are usual.

    Args:
        distances: of one set of images in several spaces, each (n, classes): from the nearest example of each class.
        classes: (n,), of the images, from 0.

    Returns:
        Shares (spaces,) that make the distances of all spaces alike; the median (classes,) and the standard deviation
        (classes,), within each class, of the sum of an image's distances from its own class by these shares.

    Raises:
        ValueError: a class has no images.
    """
    if set(np.unique(classes)) != set(range(distances[0].shape[1])):
        raise ValueError("each class must have images")
    own = np.stack([of_space[np.arange(len(classes)), classes] for of_space in distances])  # (spaces, n)
    shares = 1 / np.median(own, axis=1)
    sums = shares @ own
    of_class = [sums[classes == name] for name in range(distances[0].shape[1])]
    return shares, np.array([np.median(some) for some in of_class]), np.array([np.std(some) for some in of_class])


def from_examples(points: np.ndarray, examples: list[np.ndarray]) -> np.ndarray:
    """Distances (n, classes) of points (n, d) from the nearest of each class's examples (k, d)."""
    return np.stack([np.sqrt(squared_distances(points, of_class).min(1)) for of_class in examples], axis=1)


def weights(
    evidence: Evidence, digits: int, ordinary: tuple[np.ndarray, np.ndarray, np.ndarray] | None
) -> list[np.ndarray]:
    """[(digits + spaces · digits, digits), (digits,)]: the layer that adds up logits and distances for `evidence`.

    Args:
        ordinary: what `usual` found; without it, the logits alone are asked.

    Raises:
        ValueError: nearness is to count, and nothing is known of distances.
    """
    logits = np.eye(digits) / evidence.softness
    if ordinary is None:
        if evidence.nearness:
            raise ValueError("nearness needs examples")
        return [logits.astype(np.float32), np.full(digits, evidence.raised, np.float32)]
    shares, median, deviation = ordinary
    steepness = evidence.nearness / deviation
    parts = [logits, *(np.diag(-share * steepness) for share in shares)]
    bias = steepness * median + evidence.nearness * evidence.familiar + evidence.raised
    return [np.concatenate(parts).astype(np.float32), bias.astype(np.float32)]
