"""What the networks compute: encoders, the distance, the contrastive loss, the two-input model (Keras 3).

An encoder maps normalised images (n, 28, 28) to embeddings (n, d); the distance of two images is the Euclidean one of
their embeddings. There are three:

- `dense_encoder`, as published with Keras;
- `convolutional_encoder`, small enough to learn while one watches;
- `two_part_encoder`, the served one. One trunk of convolutions, two parts: *what shape is it*, and *is it a 2, a 3, …
  or none of these*.

      images (n, 28, 28) → convolutions → features ┬→ shape (n, d), of unit length ┬→ embeddings (n, d + digits)
                                                   └→ shares (n, digits) ──────────┘

  The squared distance of two embeddings is the weighted mean of how far their shapes and their shares lie
  apart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from siamese.constants import SIDE
from siamese.serving.embedding_parts import FLOOR
from siamese.training.recipes import LiveRecipe, TwoPartRecipe

SHRINKAGE, BETWEEN = 0.1, 1.5  # of the whitening


def unit_length(embeddings):
    """Embeddings (n, d) scaled to Euclidean length 1."""
    square = ops.sum(ops.square(embeddings), axis=-1, keepdims=True)
    return embeddings * ops.rsqrt(ops.maximum(square, 1e-12))


@keras.saving.register_keras_serializable("siamese")
class UnitLength(keras.layers.Layer):
    """Embeddings (n, d) scaled to Euclidean length 1."""

    def call(self, embeddings):
        return unit_length(embeddings)


@keras.saving.register_keras_serializable("siamese")
class EuclideanDistance(keras.layers.Layer):
    """Distances (n,) of two batches of embeddings (n, d)."""

    def call(self, left, right):
        # The floor keeps the gradient of the root finite for identical embeddings.
        return ops.sqrt(ops.maximum(ops.sum(ops.square(left - right), axis=-1), 1e-7))

    def compute_output_shape(self, left_shape, right_shape):
        return left_shape[:-1]


@keras.saving.register_keras_serializable("siamese")
class ContrastiveLoss(keras.losses.Loss):
    """Contrastive loss of Hadsell, Chopra and LeCun 2006, without their factor 1/2.

    is_same · distance² + (1 - is_same) · max(margin - distance, 0)²
    """

    def __init__(self, margin: float = 1.0, name: str = "contrastive_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.margin = margin

    def call(self, is_same, distance):
        is_same = ops.cast(is_same, distance.dtype)
        pull = is_same * ops.square(distance)
        push = (1 - is_same) * ops.square(ops.maximum(self.margin - distance, 0))
        return pull + push

    def get_config(self):
        return {**super().get_config(), "margin": self.margin}


@keras.saving.register_keras_serializable("siamese")
class Root(keras.layers.Layer):
    """The square root of features that are at least 0: strong and weak ones come closer."""

    FLOOR = 1e-2  # keeps the slope finite at 0, where float rounding would be magnified

    def call(self, features):
        return ops.sqrt(features + self.FLOOR)

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable("siamese")
class Shares(keras.layers.Layer):
    """Square roots of the shares (n, digits) that detectors' logits (n, digits) leave to each digit.

    One whole is shared out among the digits and *none of these*, for which nothing speaks and nothing speaks against:
    its logit is 0. Two images of one known digit agree in all shares, those of two known digits differ in two, a novel
    class and a known digit in one, two novel classes in none, so that the shape alone decides about these. The root
    makes the Euclidean distance that of Hellinger (1909), for which a doubt counts less than a contradiction.

    Args:
        temperature: what logits are divided by: networks are surer than they should be (Guo et al. 2017).
    """

    def __init__(self, temperature=1.0, **kwargs):
        super().__init__(**kwargs)
        self.temperature = temperature

    def call(self, logits):
        logits = logits / self.temperature
        shares = ops.softmax(ops.concatenate([logits, ops.zeros_like(logits[:, :1])], -1))
        # The floor keeps the slope of the root finite, where float rounding would be magnified.
        return ops.sqrt(shares[:, :-1] + FLOOR)

    def compute_output_shape(self, logits_shape):
        return logits_shape

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable("siamese")
class Weighted(keras.layers.Layer):
    """Embeddings (n, sum of d): several parts (n, d) side by side, each with a weight.

    Their squared distance is the mean of the parts' squared distances, weighted by the squares of `weights`: each part
    has its say, whatever its number of dimensions.
    """

    def __init__(self, weights, **kwargs):
        super().__init__(**kwargs)
        total = float(np.sqrt(np.sum(np.square(weights))))
        self.weights_given = tuple(float(weight) for weight in weights)
        self._shares = [weight / total for weight in self.weights_given]

    def call(self, parts):
        return ops.concatenate([share * part for share, part in zip(self._shares, parts)], axis=-1)

    def compute_output_shape(self, input_shapes):
        return (input_shapes[0][0], sum(shape[-1] for shape in input_shapes))

    def get_config(self):
        return {**super().get_config(), "weights": self.weights_given}


def dense_encoder(units: tuple[int, ...], dropout: float) -> keras.Model:
    """The published fully connected encoder: images (n, 28, 28) -> embeddings (n, units[-1]).

    ReLU after every layer, dropout between layers, as in the Keras example `mnist_siamese_graph`.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Flatten()(images)
    for index, width in enumerate(units):
        x = keras.layers.Dense(width, activation="relu")(x)
        if index < len(units) - 1:
            x = keras.layers.Dropout(dropout)(x)
    return keras.Model(images, x, name="encoder")


def siamese_model(encoder: keras.Model) -> keras.Model:
    """The two-input model: (left, right) images (n, 28, 28) -> distances (n,), weights shared."""
    left = keras.Input((SIDE, SIDE), name="left")
    right = keras.Input((SIDE, SIDE), name="right")
    distance = EuclideanDistance(name="distance")(encoder(left), encoder(right))
    return keras.Model([left, right], distance, name="siamese")


def convolutional_encoder(recipe: LiveRecipe) -> keras.Model:
    """images (n, 28, 28) -> embeddings (n, d) of unit length: 3 × 3 convolutions and one linear layer."""
    images = keras.Input((SIDE, SIDE), name="images")
    features = _features(images, recipe.channels, recipe.strides, first=3)
    return keras.Model(images, UnitLength()(keras.layers.Dense(recipe.embedding)(features)), name="encoder")


def _features(images, channels: tuple[int, ...], strides: tuple[int, ...], first: int):
    """The flattened map of convolutions, the first one `first` pixels wide, each with batch normalisation and ReLU."""
    x = keras.layers.Reshape((SIDE, SIDE, 1))(images)
    for number, (width, stride) in enumerate(zip(channels, strides, strict=True)):
        x = keras.layers.Conv2D(width, 3 if number else first, strides=stride, padding="same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))
    return keras.layers.Flatten(name="features")(x)  # not averaged: where a stroke lies matters


@dataclass(frozen=True)
class TwoParts:
    """The served encoder, and the same layers as they are trained.

    Attributes:
        encoder: images (n, 28, 28) -> embeddings (n, d + digits).
        heads: images -> [directions (n, d) of unit length, logits (n, digits)], which losses are computed from.
    """

    encoder: keras.Model
    heads: keras.Model

    def whiten(self, images: np.ndarray, classes: np.ndarray) -> None:
        """Compute the encoder's layer "shape" from images (n, 28, 28) of `classes` (n,).

        The trained layer "directions" serves the training and is left out: thousands of classes teach the convolutions
        what shapes are made of, and how writings of *one* class differ is then measured in their features, in closed
        form (Snyder et al. 2018 do so with voices). The features' principal components are whitened within classes.
        """
        before = keras.Model(self.encoder.inputs, self.encoder.get_layer("shape").input)
        features = before.predict(images, batch_size=512, verbose=0)
        layer = self.encoder.get_layer("shape")
        components, middle = principal_components(features, layer.units)
        matrix, offset = whitening(features @ components + middle, classes, SHRINKAGE, BETWEEN)
        layer.set_weights([components @ matrix, middle @ matrix + offset])


def two_part_encoder(recipe: TwoPartRecipe) -> TwoParts:
    """The encoder of `recipe`, untrained; its layer "shape" is computed by `TwoParts.whiten`."""
    images = keras.Input((SIDE, SIDE), name="images")
    features = _features(images, recipe.channels, recipe.strides, first=5)  # a stroke is some four pixels wide

    directions = UnitLength()(keras.layers.Dense(recipe.embedding, use_bias=False, name="directions")(features))
    # One against the rest, each for itself (Shu et al. 2017, *deep open classification*): all may say no.
    logits = keras.layers.Dense(len(recipe.digits), name="detectors")(features)

    shape = UnitLength()(keras.layers.Dense(recipe.embedding, trainable=False, name="shape")(Root()(features)))
    shares = Shares(recipe.temperature, name="shares")(logits)
    parts = Weighted((1.0, recipe.share_weight), name="parts")([shape, shares])
    return TwoParts(keras.Model(images, parts, name="encoder"), keras.Model(images, [directions, logits], name="heads"))


EXACT_UP_TO = 2048  # features; beyond, all eigenvectors of a covariance take longer than what they are wanted for


def leading_directions(covariance: np.ndarray, count: int) -> np.ndarray:
    """(f, count): eigenvectors of a covariance (f, f) with the largest eigenvalues, the largest first.

    Of a large one by subspace iteration (Halko, Martinsson and Tropp 2011).
    """
    if len(covariance) <= EXACT_UP_TO:
        _, directions = np.linalg.eigh(covariance)
        return directions[:, ::-1][:, :count]
    basis = np.random.default_rng(0).normal(size=(len(covariance), count + 64))
    for _ in range(8):
        basis, _ = np.linalg.qr(covariance @ basis)
    _, within = np.linalg.eigh(basis.T @ covariance @ basis)
    return basis @ within[:, ::-1][:, :count]


def principal_components(features: np.ndarray, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """(matrix (f, d), offset (d,)): the directions in which features (n, f) vary most, from their mean."""
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
    """(matrix (d, d), offset (d,)): points (n, d), whitened within classes, their mean at 0.

    After it, the scatter of a class's own members is nearly a sphere, so that plain Euclidean
    distance counts each direction by how telling it is (Hatch, Kajarekar and Stolcke 2006, *within-class
    covariance normalisation*). `shrinkage` mixes in a multiple of the identity. With `between`, each direction then
    counts by the share of its variance that lies between classes, to this power: one in which classes do not
    differ is noise (Ioffe 2006, *probabilistic linear discriminant analysis*).
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


def load_encoder(path: str | os.PathLike) -> keras.Model:
    """The encoder in a `.keras` file of ours, in safe mode: no code from the file is run."""
    # Whoever calls this has imported this module, and with it the classes that the file names.
    return keras.saving.load_model(path, safe_mode=True)
