"""Encoders, the distance, the contrastive loss and the two-input Siamese model (Keras 3)."""

from __future__ import annotations

import keras
from keras import ops

SIDE = 28


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
