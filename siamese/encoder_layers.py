"""Layers and builders of the encoders: convolutions, memberships, fusion.

Every encoder here maps normalised images (n, 28, 28) to embeddings (n, d).
"""

from __future__ import annotations

import os

import keras
import numpy as np
from keras import ops

from siamese.encoder import SIDE, UnitLength

NINE_TENTHS = 1.2816  # standard deviations from the median of a normal distribution to its 90th percentile


@keras.saving.register_keras_serializable("siamese")
class Memberships(keras.layers.Layer):
    """How well embeddings (n, d) fit each training digit: (n, digits), each 0..1.

    For each digit a normal distribution of its own images' embeddings; an image's Mahalanobis distance from
    it (Lee et al. 2018 found strangers by it), measured in the digit's own spread, goes through a logistic
    function. An image of none of the digits fits none of them.

    Args:
        digits: how many.
        reach: the distance, in spreads beyond the median of the digit's own images, that counts one half.
        softness: of the logistic function, in spreads.
    """

    def __init__(self, digits, reach, softness, **kwargs):
        super().__init__(**kwargs)
        self.digits, self.reach, self.softness = digits, reach, softness

    def build(self, input_shape):
        size = int(input_shape[-1])
        fixed = {"trainable": False, "initializer": "zeros"}
        self.matrix = self.add_weight(shape=(size, self.digits * size), name="matrix", **fixed)
        self.offset = self.add_weight(shape=(self.digits * size,), name="offset", **fixed)
        self.scale = self.add_weight(shape=(self.digits,), name="scale", **fixed)
        self.median = self.add_weight(shape=(self.digits,), name="median", **fixed)

    def call(self, embeddings):
        white = ops.matmul(embeddings, self.matrix) + self.offset
        white = ops.reshape(white, (-1, self.digits, self.matrix.shape[0]))
        distance = ops.sqrt(ops.sum(ops.square(white), -1) + 1e-6)
        beyond = (distance - self.median) * self.scale
        return ops.sigmoid((self.reach - beyond) / self.softness)

    def fit(self, embeddings, classes, others, their_classes, shrinkage):
        """Take the digits' distributions from embeddings (n, d) of `classes` (n,), 0 to digits - 1.

        Median and spread come from `others` (m, d), which the encoder was not trained on: its own training
        images lie closer. `shrinkage` adds to each covariance that share of its mean
        variance, the same in every direction.
        """
        matrices, offsets, medians, scales = [], [], [], []
        for digit in range(self.digits):
            own = embeddings[classes == digit].astype(np.float64)
            centre, size = own.mean(0), own.shape[1]
            covariance = np.atleast_2d(np.cov(own.T))
            covariance += max(shrinkage * np.trace(covariance) / size, 1e-9) * np.eye(size)
            matrix = np.linalg.cholesky(np.linalg.inv(covariance))
            distance = np.linalg.norm((others[their_classes == digit] - centre) @ matrix, axis=1)
            median = np.median(distance)
            matrices.append(matrix)
            offsets.append(-centre @ matrix)
            medians.append(median)
            scales.append(NINE_TENTHS / max(np.quantile(distance, 0.9) - median, 1e-6))
        self.set_weights([np.concatenate(matrices, 1), np.concatenate(offsets), np.array(scales), np.array(medians)])

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.digits)

    def get_config(self):
        own = {"digits": self.digits, "reach": self.reach, "softness": self.softness}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("siamese")
class Fusion(keras.layers.Layer):
    """Embeddings (n, sum of d) from several parts, each with a weight.

    Its squared distance is the mean of the parts' squared distances, weighted by the squares
    of `weights`: every part has its say, whatever its number of dimensions.
    """

    def __init__(self, weights, **kwargs):
        super().__init__(**kwargs)
        total = float(np.sqrt(np.sum(np.square(weights))))
        self.weights_given = tuple(float(weight) for weight in weights)
        self._shares = [weight / total for weight in self.weights_given]

    def call(self, branches):
        return ops.concatenate([share * branch for share, branch in zip(self._shares, branches)], axis=-1)

    def compute_output_shape(self, input_shapes):
        return (input_shapes[0][0], sum(shape[-1] for shape in input_shapes))

    def get_config(self):
        return {**super().get_config(), "weights": self.weights_given}


def load_encoder(path: str | os.PathLike) -> keras.Model:
    """The encoder in a `.keras` file of ours, in safe mode: no code from the file is run."""
    # Whoever calls this has imported this module, and with it the classes that the file names.
    return keras.saving.load_model(path, safe_mode=True)


def convolutional_branch(channels: tuple[int, ...], strides: tuple[int, ...], embedding: int, name: str) -> keras.Model:
    """A branch: images (n, 28, 28) -> (n, embedding) of unit length, by 3 × 3 convolutions.

    Convolution, batch normalisation, ReLU for each of `channels`; the map is flattened, not
    averaged, since where a stroke lies matters; one linear layer.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Dense(embedding)(_convolutions(images, channels, strides))
    return keras.Model(images, UnitLength()(x), name=name)


def _convolutions(images, channels: tuple[int, ...], strides: tuple[int, ...]):
    """The flattened map of 3 × 3 convolutions, each with batch normalisation and ReLU."""
    x = keras.layers.Reshape((SIDE, SIDE, 1))(images)
    for width, stride in zip(channels, strides):
        x = keras.layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.95)(x)
        x = keras.layers.ReLU()(x)
    return keras.layers.Flatten()(x)


def fused_encoder(shape: keras.Model, memberships: Memberships, weight: float) -> keras.Model:
    """One encoder: images (n, 28, 28) -> the embedding of `shape`, and beside it `weight` times the memberships.

    Two images of the same training digit agree in all memberships, those of two training digits differ in two,
    a stranger and a training digit in one, two strangers in none, so that the shape alone decides about these.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    embedding = shape(images)
    parts = [embedding, memberships(embedding)]
    return keras.Model(images, Fusion((1.0, weight), name="fusion")(parts), name="encoder")
