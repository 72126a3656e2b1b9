"""How near an image lies to writings that were trained on: metrics, examples, and what distance from them is usual.

A network that was taught to tell six digits apart is sure of itself far from all of them; the distance from the nearest
writings of a digit is not (Papernot and McDaniel 2018, *deep k-nearest neighbors*; Sun et al. 2022). It is measured in
a space of its own: what is whitened within thousands of shapes says which differences matter between any two, and what
is whitened within one digit says how *its* writings differ.
"""

from __future__ import annotations

import numpy as np

from siamese.evaluation import pairwise_distances
from siamese.recipes import Evidence


def own_metrics(points: np.ndarray, classes: np.ndarray, own: float, shrinkage: float) -> np.ndarray:
    """(classes, d, d): for each class the matrix after which its points (n, d) scatter like a sphere.

    Args:
        classes: (n,), from 0.
        own: share of a class's own covariance; the rest is the mean of all classes' (Friedman 1989, *regularized
            discriminant analysis*).
        shrinkage: multiple of the identity that is mixed in, in mean variances.

    Raises:
        ValueError: a class has no points.
    """
    names = np.unique(classes)
    if not np.array_equal(names, np.arange(len(names))):
        raise ValueError("each class must have points")
    covariances = np.stack([np.cov(points[classes == name].astype(np.float64).T, bias=True) for name in names])
    metrics = []
    for covariance in own * covariances + (1 - own) * covariances.mean(0):
        spread = np.trace(covariance) / len(covariance)
        values, vectors = np.linalg.eigh(covariance + shrinkage * spread * np.eye(len(covariance)))
        metrics.append(vectors / np.sqrt(values))
    return np.stack(metrics).astype(np.float32)


def from_examples(points: np.ndarray, metrics: np.ndarray, examples: np.ndarray, neighbours: int) -> np.ndarray:
    """Distances (n, classes) of points (n, d): the mean of those from the nearest `neighbours` examples of a class.

    Args:
        metrics: (classes, d, d), see `own_metrics`.
        examples: (classes, k, d), each by the metric of its class.
    """
    columns = []
    for metric, of_class in zip(metrics, examples):
        distances = pairwise_distances(points @ metric, of_class)
        columns.append(np.partition(distances, neighbours - 1, axis=1)[:, :neighbours].mean(1))
    return np.stack(columns, axis=1)


def usual(distances: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median (classes,) and the standard deviation (classes,) of images' distances from their own class.

    Args:
        distances: (n, classes), from each class.
        classes: (n,), of the images, from 0.

    Raises:
        ValueError: a class has no images.
    """
    if set(np.unique(classes)) != set(range(distances.shape[1])):
        raise ValueError("each class must have images")
    own = distances[np.arange(len(classes)), classes]
    of_class = [own[classes == name] for name in range(distances.shape[1])]
    return np.array([np.median(some) for some in of_class]), np.array([np.std(some) for some in of_class])


def weights(
    evidence: Evidence, digits: int, ordinary: tuple[np.ndarray, np.ndarray] | None, none: bool = False
) -> list[np.ndarray]:
    """[(2 · digits, digits), (digits,)]: the layer that adds up logits and distances for `evidence`.

    Args:
        ordinary: what `usual` found; without it, the logits alone are asked, and the first has shape (digits, digits).
        none: whether one more column stands last, for *none of these*, which nothing speaks for or against.

    Raises:
        ValueError: nearness is to count, and nothing is known of distances.
    """
    matrix, bias = np.eye(digits) / evidence.softness, np.full(digits, evidence.raised)
    if ordinary is not None:
        median, deviation = ordinary
        steepness = evidence.nearness / deviation
        matrix = np.concatenate([matrix, np.diag(-steepness)])
        bias += steepness * median + evidence.nearness * evidence.familiar
    elif evidence.nearness:
        raise ValueError("nearness needs examples")
    if none:
        matrix, bias = np.pad(matrix, ((0, 0), (0, 1))), np.append(bias, 0)
    return [matrix.astype(np.float32), bias.astype(np.float32)]
