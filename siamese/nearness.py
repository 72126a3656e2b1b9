"""How near an embedding lies to writings that were trained on: examples, and what distance from them is usual.

A network that was taught to tell six digits apart is sure of itself far from all of them; the distance from the nearest
writing of a digit is not (Papernot and McDaniel 2018, *deep k-nearest neighbors*; Sun et al. 2022).
"""

from __future__ import annotations

import numpy as np


def centroids(points: np.ndarray, count: int, rng: np.random.Generator, rounds: int = 12) -> np.ndarray:
    """(count, d): points that stand for `points` (n, d), by Lloyd's algorithm (1982) from `count` of them.

    Where there are fewer points than `count`, some stand for themselves more than once.
    """
    if not len(points):
        raise ValueError("no points to stand for")
    chosen = points[np.resize(rng.permutation(len(points)), count)].astype(np.float64)
    for _ in range(rounds):
        nearest = squared_distances(points, chosen).argmin(1)
        sizes = np.bincount(nearest, minlength=count)
        sums = np.zeros_like(chosen)
        np.add.at(sums, nearest, points)
        chosen = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], chosen)
    return chosen.astype(np.float32)


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
