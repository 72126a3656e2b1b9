"""The encoders, and the two-input model that shares one (Keras 3).

An encoder maps normalised images (n, 28, 28) to embeddings (n, d). The distance of two images is the Euclidean distance
of their embeddings. There are three encoders:

- `dense_encoder`, as published with Keras;
- `convolutional_encoder`, small enough to learn while one watches;
- `two_part_encoder`, the served one. One trunk of convolutions, two parts: *what shape is it*, and *is it a 2, a 3, …
  or none of these*.

      images (n, 28, 28) → convolutions → features ┬→ shape (n, d), of unit length ┬→ embeddings (n, d + digits)
                                                   └→ shares (n, digits) ──────────┘

  The squared distance of two embeddings is the weighted mean of the squared distances of their shapes and of their
  shares, which are the roots of class probabilities.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import keras
import numpy as np

from siamese.constants import SIDE
from siamese.training.layers import EuclideanDistance, Root, Shares, UnitLength, Weighted
from siamese.training.recipes import LiveRecipe, TwoPartRecipe
from siamese.training.whitening import principal_components, whitening

SHRINKAGE, BETWEEN = 0.1, 1.5  # of the whitening


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
    """The encoder of `recipe`: images (n, 28, 28) -> embeddings (n, d) of unit length.

    3 × 3 convolutions and one linear layer.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    features = _features(images, recipe.channels, recipe.strides, first=3)
    return keras.Model(images, UnitLength()(keras.layers.Dense(recipe.embedding)(features)), name="encoder")


def _features(
    images: keras.KerasTensor, channels: tuple[int, ...], strides: tuple[int, ...], first: int
) -> keras.KerasTensor:
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
        heads: images -> [directions (n, d) of unit length, logits (n, digits)], from which losses are computed.
    """

    encoder: keras.Model
    heads: keras.Model

    def fit_shape_layer(self, images: np.ndarray, classes: np.ndarray) -> None:
        """Fits the closed-form layer "shape" to images (n, 28, 28) of `classes` (n,).

        The trained layer "directions" serves the training and is left out of the encoder: thousands of classes teach
        the convolutions what shapes are made of. How the samples of *one* class differ is then measured in their
        features, in closed form (Snyder et al. 2018 do so with voices): the principal components of the features are
        whitened within classes.
        """
        before = keras.Model(self.encoder.inputs, self.encoder.get_layer("shape").input)
        features = before.predict(images, batch_size=512, verbose=0)
        layer = self.encoder.get_layer("shape")
        components, offset = principal_components(features, layer.units)
        matrix, shift = whitening(features @ components + offset, classes, SHRINKAGE, BETWEEN)
        layer.set_weights([components @ matrix, offset @ matrix + shift])


def two_part_encoder(recipe: TwoPartRecipe) -> TwoParts:
    """The untrained encoder of `recipe`; `TwoParts.fit_shape_layer` fits its layer "shape"."""
    images = keras.Input((SIDE, SIDE), name="images")
    features = _features(images, recipe.channels, recipe.strides, first=5)  # a stroke is some four pixels wide

    directions = UnitLength()(keras.layers.Dense(recipe.embedding, use_bias=False, name="directions")(features))
    # Each detector is one against the rest (Shu et al. 2017, *deep open classification*): all may say no.
    logits = keras.layers.Dense(len(recipe.digits), name="detectors")(features)

    shape = UnitLength()(keras.layers.Dense(recipe.embedding, trainable=False, name="shape")(Root()(features)))
    shares = Shares(recipe.temperature, name="shares")(logits)
    parts = Weighted((1.0, recipe.share_weight), name="parts")([shape, shares])
    return TwoParts(keras.Model(images, parts, name="encoder"), keras.Model(images, [directions, logits], name="heads"))


def load_encoder(path: str | os.PathLike[str]) -> keras.Model:
    """The encoder in a `.keras` file of ours, loaded in safe mode: no code from the file is run."""
    # This module imports the classes that the file names.
    return keras.saving.load_model(path, safe_mode=True)
