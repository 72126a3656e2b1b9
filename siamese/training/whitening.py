"""The closed-form layer of the served encoder: principal components of features, whitened within classes."""

from __future__ import annotations

import numpy as np

EXACT_UP_TO = 2048  # features; all eigenvectors of a larger covariance take too long


def leading_directions(covariance: np.ndarray, count: int) -> np.ndarray:
    """The `count` eigenvectors (f, count) of a covariance (f, f) with the largest eigenvalues, the largest first.

    For a large covariance they are found by subspace iteration (Halko, Martinsson and Tropp 2011).
    """
    if len(covariance) <= EXACT_UP_TO:
        _, directions = np.linalg.eigh(covariance)
        return np.asarray(directions[:, ::-1][:, :count])
    basis = np.random.default_rng(0).normal(size=(len(covariance), count + 64))
    for _ in range(8):
        basis, _ = np.linalg.qr(covariance @ basis)
    _, within = np.linalg.eigh(basis.T @ covariance @ basis)
    return np.asarray(basis @ within[:, ::-1][:, :count])


def principal_components(features: np.ndarray, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (f, d) and offset (d,) of the directions in which features (n, f) vary most, from their mean."""
    centre = features.mean(0, dtype=np.float64)
    scatter = np.zeros((features.shape[1],) * 2)
    for start in range(0, len(features), 4096):  # in blocks, each in float32: all in float64 would fill the memory
        centred = features[start : start + 4096] - centre.astype(np.float32)
        scatter += centred.T @ centred
    matrix = leading_directions(scatter / len(features), dimensions)
    return matrix.astype(np.float32), (-centre @ matrix).astype(np.float32)


def whitening(
    points: np.ndarray, classes: np.ndarray, shrinkage: float, between: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (d, d) and offset (d,) that whiten points (n, d) within `classes` (n,) and bring their mean to 0.

    After it, the scatter of a class's members is nearly a sphere, so that the Euclidean distance counts each direction
    by how telling it is (Hatch, Kajarekar and Stolcke 2006, *within-class covariance normalisation*).

    Args:
        shrinkage: the multiple of the identity that is mixed in, in units of the mean variance.
        between: each direction then counts by the share of its variance that lies between classes, to this power. A
            direction in which classes do not differ is noise (Ioffe 2006, *probabilistic linear discriminant
            analysis*). 0 leaves this step out.
    """
    centre = points.mean(0, dtype=np.float64)
    centred = points - centre
    names, index = np.unique(classes, return_inverse=True)
    sums = np.zeros((len(names), points.shape[1]))
    np.add.at(sums, index, centred)
    count = np.bincount(index)
    within = centred - (sums / count[:, None])[index]
    covariance = within.T @ within / len(within)
    covariance += shrinkage * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    values, vectors = np.linalg.eigh(covariance)
    matrix = vectors / np.sqrt(values)
    if between:
        means = sums / count[:, None] @ matrix
        # The scatter of the means is too large by that of the members that each is a mean of.
        values, vectors = np.linalg.eigh(np.cov(means.T) - np.mean(1 / count) * np.eye(matrix.shape[1]))
        values = np.maximum(values, 0)
        matrix = matrix @ vectors * (values / (values + 1)) ** between
    return matrix.astype(np.float32), (-centre @ matrix).astype(np.float32)
