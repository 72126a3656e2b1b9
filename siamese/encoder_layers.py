"""Layers and builders of the encoders: maps of directions, convolutions, whitening, prototypes, fusion.

Every encoder here maps normalised images (n, 28, 28) to embeddings (n, d).
"""

from __future__ import annotations

import os

import keras
import numpy as np
from keras import ops

from siamese.encoder import SIDE, UnitLength, unit_length


@keras.saving.register_keras_serializable("siamese")
class OrientedGradients(keras.layers.Layer):
    """Gradient energy (n, cells · cells · orientations) of images (n, 28, 28), by orientation and place.

    Histograms of oriented gradients (Dalal and Triggs 2005) with smooth orientation and place bins:
    derivatives of a blurred image, rectified for each of `orientations` directions of the whole
    circle, averaged by Gaussian windows on a grid of `cells` × `cells`, compressed by a power.

    Args:
        blur: standard deviation of the Gaussian before the derivative, pixels.
        window: standard deviation of the Gaussian windows, pixels.
        power: exponent of the compression; faint and strong ink come closer.
        margin: pixels between the image's outermost pixels and the middles of the outermost windows.
    """

    FLOOR = 1e-3  # keeps the slope of the power finite at 0, where float rounding would be magnified

    def __init__(self, orientations=8, cells=5, blur=0.7, window=2.0, power=0.35, margin=3.0, **kwargs):
        super().__init__(**kwargs)
        self.orientations, self.cells, self.blur, self.window, self.power = orientations, cells, blur, window, power
        self.margin = margin
        place = np.arange(SIDE, dtype=np.float64)

        def windows(centres, width):
            values = np.exp(-((place - np.asarray(centres)[:, None]) ** 2) / (2 * width**2))
            return values / values.sum(1, keepdims=True)

        smooth = windows(place, blur)
        difference = (np.eye(SIDE, k=1) - np.eye(SIDE, k=-1)) / 2
        # Blur and derivative in one matrix for each axis.
        self._smooth = smooth.astype(np.float32)
        self._slope = (difference @ smooth).astype(np.float32)
        self._windows = windows(np.linspace(margin, SIDE - 1 - margin, cells), window).astype(np.float32)  # (cells, 28)
        angles = 2 * np.pi * np.arange(orientations) / orientations
        self._cosines, self._sines = np.cos(angles), np.sin(angles)

    def call(self, images):
        across = ops.matmul(ops.matmul(self._smooth, images), self._slope.T)  # (n, 28, 28)
        down = ops.matmul(ops.matmul(self._slope, images), self._smooth.T)
        energy = ops.square(across) + ops.square(down) + 1e-6
        pooled = []
        for cosine, sine in zip(self._cosines, self._sines):
            along = ops.relu(float(cosine) * across + float(sine) * down)
            # cos³ of the angle between gradient and direction, times the gradient's length.
            tuned = along * ops.square(along) / energy
            pooled.append(ops.matmul(ops.matmul(self._windows, tuned), self._windows.T))  # (n, cells, cells)
        stacked = ops.reshape(ops.stack(pooled, axis=-1), (-1, self.cells * self.cells * self.orientations))
        return (stacked + self.FLOOR) ** self.power

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.cells * self.cells * self.orientations)

    def get_config(self):
        own = {"orientations": self.orientations, "cells": self.cells, "blur": self.blur, "window": self.window}
        return {**super().get_config(), **own, "power": self.power, "margin": self.margin}


@keras.saving.register_keras_serializable("siamese")
class Root(keras.layers.Layer):
    """The square root of features that are at least 0: strong and weak ones come closer."""

    FLOOR = 1e-2  # keeps the slope finite at 0, where float rounding would be magnified

    def call(self, features):
        return ops.sqrt(features + self.FLOOR)

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable("siamese")
class TowardsPrototypes(keras.layers.Layer):
    """Embeddings (n, d) of unit length, drawn towards the prototypes of the digits whose answers (n, digits) say yes.

    A prototype is the mean embedding of a digit (Snell et al. 2017). An image that surely is a training digit
    goes the share `pull` of the way to that digit's prototype, so that two writings of a known digit come close; a
    stranger stays where it is. So the known digits no longer dictate a threshold that does not suit strangers.
    """

    def __init__(self, digits, pull, **kwargs):
        super().__init__(**kwargs)
        self.digits, self.pull = digits, pull

    def build(self, embeddings_shape, answers_shape=None):
        shape = (self.digits, int(embeddings_shape[-1]))
        self.prototypes = self.add_weight(shape=shape, name="prototypes", trainable=False, initializer="zeros")

    def call(self, embeddings, answers):
        answers = answers * (self.pull / ops.maximum(ops.sum(answers, -1, keepdims=True), 1.0))
        stays = 1.0 - ops.sum(answers, -1, keepdims=True)
        return unit_length(stays * embeddings + ops.matmul(answers, self.prototypes))

    def fit(self, embeddings, classes):
        """Take the prototypes from embeddings (n, d) of `classes` (n,), 0 to digits - 1."""
        means = np.stack([embeddings[classes == digit].mean(0) for digit in range(self.digits)])
        self.set_weights([means / np.linalg.norm(means, axis=1, keepdims=True)])

    def compute_output_shape(self, embeddings_shape, answers_shape=None):
        return embeddings_shape

    def get_config(self):
        return {**super().get_config(), "digits": self.digits, "pull": self.pull}


@keras.saving.register_keras_serializable("siamese")
class Fusion(keras.layers.Layer):
    """Embeddings (n, sum of d) from those of several branches, each with a weight.

    Its squared distance is the mean of the branches' squared distances, weighted by the squares
    of `weights`: every branch has its say, whatever its number of dimensions.
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


def convolutional_branch(
    channels: tuple[int, ...], strides: tuple[int, ...], directions: int, embedding: int, dropout: float, name: str
) -> keras.Model:
    """A branch: images (n, 28, 28) -> (n, embedding) of unit length, by 3 × 3 convolutions.

    Convolution, batch normalisation, ReLU for each of `channels`; the map is flattened, not
    averaged, since where a stroke lies matters; one linear layer. With `directions`, the first convolution sees maps
    of oriented gradients, see `gradient_maps`; with 0, the image.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Dropout(dropout)(_convolutions(images, channels, strides, directions))
    x = keras.layers.Dense(embedding)(x)
    return keras.Model(images, UnitLength()(x), name=name)


def detector_branch(
    channels: tuple[int, ...], strides: tuple[int, ...], directions: int, hidden: int, digits: int
) -> keras.Model:
    """A branch: images (n, 28, 28) -> (n, digits) logits, one detector for each training digit.

    One against the rest, each with its own sigmoid (Shu et al. 2017, *deep open classification*): an
    image of none of these digits can be refused by all, where a softmax must share it out.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Dense(hidden, use_bias=False)(_convolutions(images, channels, strides, directions))
    x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))
    return keras.Model(images, keras.layers.Dense(digits)(x), name="detectors")


def _convolutions(images, channels: tuple[int, ...], strides: tuple[int, ...], directions: int):
    """The flattened map, "features", of 3 × 3 convolutions, each with batch normalisation and ReLU."""
    x = gradient_maps(images, directions) if directions else keras.layers.Reshape((SIDE, SIDE, 1))(images)
    for width, stride in zip(channels, strides):
        x = keras.layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.95)(x)
        x = keras.layers.ReLU()(x)
    return keras.layers.Flatten(name="features")(x)


def gradient_maps(images, directions: int):
    """Maps (n, 14, 14, directions + 1) of images (n, 28, 28): gradient energy by direction, and ink, at half the side.

    A fixed front end in place of a first convolution over the whole image: half the arithmetic, and strokes are
    told apart by direction from the first step on.
    """
    half = SIDE // 2
    layer = OrientedGradients(directions, cells=half, window=1.0, power=0.5, margin=0.5)
    energy = keras.layers.Reshape((half, half, directions))(layer(images))
    ink = keras.layers.AveragePooling2D(2)(keras.layers.Reshape((SIDE, SIDE, 1))(images))
    return keras.layers.Concatenate()([energy, ink])


def whitened_branch(trained: keras.Model, dimensions: int) -> keras.Model:
    """A branch: images (n, 28, 28) -> (n, dimensions) of unit length, from what `trained` knows before its last layer.

    That layer serves the training, and is left out: thousands of classes teach the convolutions what shapes are made
    of, and `whitening` of their features then says which differences between two images matter (Snyder et al. 2018
    do so with voices). The layer "whitening" is to be set.
    """
    dense = keras.layers.Dense(dimensions, trainable=False, name="whitening")
    features = Root(name="compressed")(trained.get_layer("features").output)
    return keras.Model(trained.inputs, UnitLength()(dense(features)), name="whitened_shape")


def fused_encoder(
    detectors: keras.Model,
    shape: keras.Model,
    drawn: TowardsPrototypes,
    weights: tuple[float, float],
    softness: float,
) -> keras.Model:
    """One encoder from its branches: images (n, 28, 28) -> embeddings (n, dimensions + digits).

    The detectors' answers, 0..1 each, are coordinates as they are: two images of the same training
    digit agree in all, those of two training digits differ in two, a stranger and a training digit
    in one, two strangers in none, so that `shape` alone decides about these. `softness` divides
    the logits: an answer in doubt then costs little, where a hard one would tear apart the images of a
    stranger that only some of them take for a digit. The answers also draw the shape, by the layer `drawn`, towards
    the prototypes of the digits that they say yes to.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    logits = keras.layers.Rescaling(1 / softness, name="softened")(detectors(images))
    answers = keras.layers.Activation("sigmoid", name="answers")(logits)
    parts = [drawn(shape(images), answers), answers]
    return keras.Model(images, Fusion(weights, name="fusion")(parts), name="encoder")


def whitening(
    features: np.ndarray, classes: np.ndarray, dimensions: int, shrinkage: float, between: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """(matrix (f, d), offset (d,)): principal components of `features` (n, f), whitened within classes.

    After it, the scatter of a class's own members is nearly a sphere, so that plain Euclidean
    distance counts each direction by how telling it is (Hatch, Kajarekar and Stolcke 2006, *within-class
    covariance normalisation*). `shrinkage` mixes in a multiple of the identity. With `between`, each direction then
    counts by the share of its variance that lies between classes, to this power: one in which classes do not
    differ is noise (Ioffe 2006, *probabilistic linear discriminant analysis*).
    """
    centre = features.mean(0, dtype=np.float64)
    centred = features - centre
    _, directions = np.linalg.eigh(centred.T @ centred / len(features))
    directions = directions[:, ::-1][:, :dimensions]
    reduced = centred @ directions
    names, index = np.unique(classes, return_inverse=True)
    sums = np.zeros((len(names), reduced.shape[1]))
    np.add.at(sums, index, reduced)
    count = np.bincount(index)
    within = reduced - (sums / count[:, None])[index]
    covariance = within.T @ within / len(within)
    covariance += shrinkage * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    values, vectors = np.linalg.eigh(covariance)
    matrix = directions @ vectors / np.sqrt(values)
    if between:
        means = sums / count[:, None] @ (vectors / np.sqrt(values))
        # The scatter of the means is too large by that of the members that each is a mean of.
        values, vectors = np.linalg.eigh(np.cov(means.T) - np.mean(1 / count) * np.eye(matrix.shape[1]))
        values = np.maximum(values, 0)
        matrix = matrix @ vectors * (values / (values + 1)) ** between
    return matrix.astype(np.float32), (-centre @ matrix).astype(np.float32)
