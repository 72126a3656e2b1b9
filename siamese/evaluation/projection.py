"""The map of the embedding space: principal components, places for new points, neighbours, and its file.

The axes are the principal components (Pearson 1901) of the points that the map shows, all ten digits in equal number;
labels are not used. The variance that is stated is therefore that of the points in the picture. They are fitted on
test images, which is fair for a picture: nothing is chosen, trained or measured with them. The projection is linear,
so that a new point has an exact place; methods that bend the space (t-SNE, UMAP) cannot give one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from siamese.errors import InvalidArtefact
from siamese.metrics.distances import pairwise_distances
from siamese.serving.card import Card
from siamese.serving.verifier import Verifier

AXES = 3
PER_DIGIT = 300
SEED = 11
NEIGHBOURS = 5
_BLOCK = 500  # rows; bounds the memory of all distances among some thousand points


@dataclass(frozen=True)
class Projection:
    """A linear projection of embeddings (d,) on three axes.

    Attributes:
        mean: (d,), of the points.
        axes: (3, d), orthonormal rows; rows of zeros where d < 3.
        variance_shares: (3,), the part of the points' variance along each axis, largest first.
    """

    mean: np.ndarray
    axes: np.ndarray
    variance_shares: np.ndarray

    def transform(self, embeddings: np.ndarray) -> np.ndarray:
        """Places (n, 3) float64 of embeddings (n, d)."""
        places: np.ndarray = (np.asarray(embeddings, np.float64) - self.mean) @ self.axes.T.astype(np.float64)
        return places


@dataclass(frozen=True)
class EmbeddingMap:
    """Points of a map: embeddings (n, d) float32, digits (n,), and their `indices` (n,) in the file of images."""

    embeddings: np.ndarray
    digits: np.ndarray
    indices: np.ndarray
    projection: Projection


def principal_axes(embeddings: np.ndarray) -> Projection:
    """The projection on the three principal components of embeddings (n, d).

    The largest entry of each axis is positive, so that the picture is not mirrored by chance.
    """
    points = np.asarray(embeddings, np.float64)
    mean = points.mean(0)
    variances, vectors = np.linalg.eigh(np.cov(points - mean, rowvar=False, bias=True).reshape(points.shape[1], -1))
    count = min(AXES, len(variances))
    axes, shares = np.zeros((AXES, points.shape[1])), np.zeros(AXES)
    axes[:count] = vectors[:, ::-1].T[:count]
    axes[:count] *= np.sign(axes[np.arange(count), np.abs(axes[:count]).argmax(1)])[:, None]
    total = variances.sum()
    if total > 0:
        shares[:count] = np.clip(variances[::-1][:count] / total, 0, 1)
    return Projection(mean.astype(np.float32), axes.astype(np.float32), shares)


def stratified(digits: np.ndarray, per_digit: int, rng: np.random.Generator) -> np.ndarray:
    """Indices, ascending, of at most `per_digit` random images of each digit in digits (n,)."""
    groups = [rng.permutation(np.flatnonzero(digits == digit))[:per_digit] for digit in np.unique(digits)]
    return np.sort(np.concatenate(groups))


def make_map(verifier: Verifier, images: np.ndarray, digits: np.ndarray) -> EmbeddingMap:
    """The map of images (n, 28, 28) with digits (n,): 300 of each digit, or all where there are fewer."""
    indices = stratified(digits, PER_DIGIT, np.random.default_rng(SEED))
    embeddings = verifier.embed(images[indices]).astype(np.float16).astype(np.float32)  # as the file holds them
    return EmbeddingMap(embeddings, digits[indices].astype(np.int64), indices, principal_axes(embeddings))


def publish_map(card: Card, images: np.ndarray, digits: np.ndarray) -> bytes:
    """The bytes of the model's `map.npz`: the map of MNIST's test images (n, 28, 28) with digits (n,).

    The file holds embeddings in float16. Their distances are right to about a thousandth, which is less than a pixel
    of the picture. A person's digits are placed with the encoder's full float32.
    """
    points = make_map(Verifier(card), images, digits)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        embeddings=points.embeddings.astype(np.float16),
        digits=points.digits.astype(np.uint8),
        indices=points.indices.astype(np.uint16),
        mean=points.projection.mean,
        axes=points.projection.axes,
        shares=points.projection.variance_shares.astype(np.float32),
    )
    return buffer.getvalue()


def load_map(card: Card) -> EmbeddingMap:
    """The committed map of a model.

    Raises:
        InvalidArtefact: there is none, or it is damaged or of the wrong shape or values.
    """
    embeddings, digits, indices, mean, axes, shares = card.arrays(
        "map.npz", ("embeddings", "digits", "indices", "mean", "axes", "shares")
    )
    count = len(digits) if digits.ndim == 1 else 0
    kinds = "".join(array.dtype.kind for array in (embeddings, digits, indices, mean, axes, shares))
    shapes = (embeddings.shape, indices.shape, mean.shape, axes.shape, shares.shape)
    size = card.embedding
    if (
        not 0 < count <= 10_000
        or kinds != "fuufff"
        or shapes != ((count, size), (count,), (size,), (AXES, size), (AXES,))
        or not all(np.isfinite(array).all() for array in (embeddings, mean, axes, shares))
        or digits.max() > 9
        or indices.max() > 9_999
        or len(np.unique(indices)) != count
        or not _orthonormal(axes)
        or shares.min() < 0
        or shares.sum() > 1.001
    ):
        raise InvalidArtefact(f"the map of {card.name!r} has the wrong shape or values")
    projection = Projection(mean, axes, shares.astype(np.float64))
    return EmbeddingMap(embeddings.astype(np.float32), digits.astype(np.int64), indices.astype(np.int64), projection)


def _orthonormal(axes: np.ndarray) -> bool:
    """Whether rows are of length 1 (or 0, for spaces of fewer dimensions) and at right angles."""
    products = axes.astype(np.float64) @ axes.T.astype(np.float64)
    lengths = np.diag(products)
    right_angles = np.allclose(products - np.diag(lengths), 0, atol=1e-3)
    return bool(right_angles and (np.isclose(lengths, 1, atol=1e-3) | (lengths == 0)).all())


def nearest(points: np.ndarray, others: np.ndarray, count: int = NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """Rows (m, count) of the nearest `others` (n, d) of each of `points` (m, d), nearest first, and their distances."""
    distances = pairwise_distances(np.asarray(points), np.asarray(others))
    count = min(count, len(others))
    rows = np.argpartition(distances, count - 1, axis=1)[:, :count] if count else np.empty((len(points), 0), int)
    order = np.take_along_axis(distances, rows, 1).argsort(1, kind="stable")
    rows = np.take_along_axis(rows, order, 1)
    return rows, np.take_along_axis(distances, rows, 1)


def neighbourhood_preservation(embeddings: np.ndarray, places: np.ndarray, count: int = NEIGHBOURS) -> float:
    """The mean part of each point's nearest `count` points that are nearest in the picture, too, in 0..1.

    Args:
        embeddings: (n, d), in which the true nearest points are sought.
        places: (n, k), in the picture.
    """
    count = min(count, len(places) - 1)
    if count < 1:
        return 1.0
    shared = 0
    for start in range(0, len(places), _BLOCK):
        rows = slice(start, start + _BLOCK)
        true, shown = (_nearest_others(array[rows], array, start, count) for array in (embeddings, places))
        shared += sum(len(np.intersect1d(a, b)) for a, b in zip(true, shown))
    return shared / (count * len(places))


def _nearest_others(points: np.ndarray, all_points: np.ndarray, start: int, count: int) -> np.ndarray:
    """The rows (m, count) of the nearest points other than the point itself, in no order."""
    distances = pairwise_distances(points, all_points)
    distances[np.arange(len(points)), start + np.arange(len(points))] = np.inf
    return np.argpartition(distances, count - 1, axis=1)[:, :count]
