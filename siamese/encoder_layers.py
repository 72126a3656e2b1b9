"""Layers and builders of the encoders: maps of directions, convolutions, whitening, prototypes, fusion.

Every encoder here maps normalised images (n, 28, 28) to embeddings (n, d).
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from siamese.encoder import SIDE, UnitLength, unit_length
from siamese.recipes import FusionRecipe


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
        return ops.sqrt(shares[:, :-1] + 1e-4)

    def compute_output_shape(self, logits_shape):
        return logits_shape

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable("siamese")
class Answers(keras.layers.Layer):
    """The answers (n, digits) among shares (n, digits + 1), of which the last one is that of *none*, to a power."""

    def __init__(self, power, **kwargs):
        super().__init__(**kwargs)
        self.power = power

    def call(self, shares):
        return shares[:, :-1] ** self.power

    def compute_output_shape(self, shares_shape):
        return (shares_shape[0], shares_shape[1] - 1)

    def get_config(self):
        return {**super().get_config(), "power": self.power}


@keras.saving.register_keras_serializable("siamese")
class Receding(keras.layers.Layer):
    """Shapes (n, d) that are the shorter, the less is left for *none* in shares (n, digits + 1).

    Of an image that surely is a training digit, the share `left` of its length stays: its answers say the rest, and
    how near a stranger's shape comes to it matters less. `power` says how soon a shape recedes.
    """

    def __init__(self, left, power, **kwargs):
        super().__init__(**kwargs)
        self.left, self.power = left, power

    def call(self, shapes, shares):
        return shapes * (self.left + (1 - self.left) * shares[:, -1:] ** self.power)

    def compute_output_shape(self, shapes_shape, shares_shape=None):
        return shapes_shape

    def get_config(self):
        return {**super().get_config(), "left": self.left, "power": self.power}


@keras.saving.register_keras_serializable("siamese")
class Enclosed(keras.layers.Layer):
    """How deep each place of images (n, 28, 28) lies below the ink that encloses it on all sides, 0..1, (n, 28, 28).

    Grey-scale holes: how far the ground would have to rise before it ran out at the image's edge (Vincent 1993,
    *morphological grayscale reconstruction*), from one pixel to its eight neighbours in each of `steps` steps. What it
    has not reached by then counts as enclosed.
    """

    def __init__(self, steps=24, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps
        edge = np.zeros((1, SIDE, SIDE, 1), np.float32)
        edge[:, [0, -1]] = edge[:, :, [0, -1]] = 1
        self._edge = edge

    def call(self, images):
        ground = 1.0 - ops.expand_dims(images, -1)
        outside = ground * self._edge
        for _ in range(self.steps):
            outside = ops.minimum(ground, ops.max_pool(outside, 3, 1, "same"))
        return ops.squeeze(ground - outside, -1)

    def compute_output_shape(self, images_shape):
        return images_shape

    def get_config(self):
        return {**super().get_config(), "steps": self.steps}


@keras.saving.register_keras_serializable("siamese")
class Holes(keras.layers.Layer):
    """Coordinates (n, 2) of what `Enclosed` found, (n, 28, 28): is there a hole in the upper, in the lower half?

    The deepest place of each half, times `weight`; from the depth `sure` on it is a hole and nothing else.
    """

    def __init__(self, weight, sure=0.6, **kwargs):
        super().__init__(**kwargs)
        self.weight, self.sure = weight, sure

    def call(self, enclosed):
        above = SIDE // 2 - 1  # the two middle rows belong to neither half
        halves = [ops.max(half, (1, 2)) for half in (enclosed[:, :above], enclosed[:, -above:])]
        return self.weight * ops.minimum(ops.stack(halves, -1) / self.sure, 1.0)

    def compute_output_shape(self, enclosed_shape):
        return (enclosed_shape[0], 2)

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "sure": self.sure}


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
class NearestExamples(keras.layers.Layer):
    """Distances (n, digits) of points (n, d) from the nearest examples of each digit, each digit by its own metric.

    The mean of the distances from the nearest `neighbours` of `examples` writings of the digit. See `nearness`.
    """

    FLOOR = 1e-2  # of the squared distance: keeps the slope of the root finite

    def __init__(self, digits, examples, neighbours, **kwargs):
        super().__init__(**kwargs)
        self.digits, self.examples, self.neighbours = digits, examples, neighbours

    def build(self, points_shape):
        width = int(points_shape[-1])
        self.measures = self.add_weight(
            shape=(self.digits, width, width), name="measures", trainable=False, initializer="zeros"
        )
        self.points = self.add_weight(
            shape=(self.digits, width, self.examples), name="points", trainable=False, initializer="zeros"
        )

    def call(self, points):
        measured = ops.matmul(points, self.measures)  # (digits, n, d)
        squares = ops.sum(ops.square(measured), 2, keepdims=True) + ops.sum(ops.square(self.points), 1, keepdims=True)
        squares -= 2 * ops.matmul(measured, self.points)  # (digits, n, examples)
        nearest = -ops.top_k(-squares, self.neighbours)[0]
        return ops.transpose(ops.mean(ops.sqrt(ops.maximum(nearest, self.FLOOR)), axis=-1))

    def compute_output_shape(self, points_shape):
        return (points_shape[0], self.digits)

    def get_config(self):
        own = {"digits": self.digits, "examples": self.examples, "neighbours": self.neighbours}
        return {**super().get_config(), **own}


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
    channels: tuple[int, ...], strides: tuple[int, ...], directions: int, hidden: int, digits: int, name: str
) -> keras.Model:
    """A branch: images (n, 28, 28) -> (n, digits) logits, one detector for each training digit.

    One against the rest, each with its own sigmoid (Shu et al. 2017, *deep open classification*): an
    image of none of these digits can be refused by all, where a softmax must share it out.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Dense(hidden, use_bias=False)(_convolutions(images, channels, strides, directions))
    x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))
    return keras.Model(images, keras.layers.Dense(digits)(x), name=name)


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


def compressed_features(trained: Sequence[keras.Model]) -> keras.Model:
    """images (n, 28, 28) -> (n, f): what `trained` know before their last layers, side by side.

    That layer serves the training, and is left out: thousands of classes teach the convolutions what shapes are made
    of, and `whitening` of their features then says which differences between two images matter (Snyder et al. 2018
    do so with voices). Networks that differ by nothing but chance err in different places.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    found = [
        keras.Model(network.inputs[0], network.get_layer("features").output, name=network.name)(images)
        for network in trained
    ]
    together = keras.layers.Concatenate()(found) if len(found) > 1 else found[0]
    return keras.Model(images, Root(name="root")(together), name="compressed")


def averaged_detectors(trained: Sequence[keras.Model]) -> keras.Model:
    """images (n, 28, 28) -> (n, digits), the model "detectors": the mean logits of `trained`."""
    if len(trained) == 1:
        return trained[0]
    images = keras.Input((SIDE, SIDE), name="images")
    said = keras.layers.Average()([branch(images) for branch in trained])
    return keras.Model(images, said, name="detectors")


def fused_encoder(recipe: FusionRecipe, detectors: keras.Model, features: keras.Model) -> keras.Model:
    """One encoder from its parts: images (n, 28, 28) -> embeddings (n, dimensions + digits, and two with holes).

    `features` are whitened, and give the *shape*. The *answers*, 0..1 for each digit, come from
    what the detectors say and, with `examples`, from how near the nearest examples of the digit lie among the features'
    principal components. They are coordinates as they are: two images of the same
    training digit agree in all, those of two training digits differ in two, a stranger and a training digit
    in one, two strangers in none, so that the shape alone decides about these. By the same
    evidence, weighed otherwise, the layer "drawn" draws the shape towards the prototypes of the digits that it says
    yes to. Where answers are shared out, the shape of what surely is a training digit recedes.

    The layers "reduced", "whitening", "answers", "leanings" and "drawn" are to be set; with `examples`, "components"
    and "nearest", too.
    """
    digits = len(recipe.digits)
    images = keras.Input((SIDE, SIDE), name="images")
    found, evidence = features(images), detectors(images)
    reduced = _fixed_layer(recipe.dimensions, "reduced")(found)
    whitened = _fixed_layer(recipe.dimensions + (recipe.height > 0), "whitening")(reduced)
    if recipe.examples:
        components = _fixed_layer(recipe.near_dimensions, "components")(reduced)
        nearest = NearestExamples(digits, recipe.examples, recipe.neighbours, name="nearest")(components)
        evidence = keras.layers.Concatenate()([evidence, nearest])
    leanings = _fixed_layer(digits, "leanings", "sigmoid")(evidence)
    shape = TowardsPrototypes(digits, recipe.pull, name="drawn")(UnitLength()(whitened), leanings)
    if recipe.holes:
        shape = keras.layers.Concatenate()([shape, Holes(recipe.holes, name="holes")(Enclosed()(images))])
    if recipe.shared:
        shares = _fixed_layer(digits + 1, "answers", "softmax")(evidence)
        answers = Answers(recipe.power, name="certain")(shares)
        shape = Receding(recipe.left, recipe.recedes, name="receding")(shape, shares)
    else:
        answers = _fixed_layer(digits, "answers", "sigmoid")(evidence)
    return keras.Model(images, Fusion(recipe.weights, name="fusion")([shape, answers]), name="encoder")


def _fixed_layer(units: int, name: str, activation: str | None = None) -> keras.layers.Dense:
    """A layer that is computed, not learned in steps."""
    return keras.layers.Dense(units, activation=activation, trainable=False, name=name)


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
    for start in range(0, len(features), 4096):  # in blocks: all of them in float64 would fill the memory
        centred = features[start : start + 4096] - centre
        scatter += centred.T @ centred
    matrix = leading_directions(scatter / len(features), dimensions)
    return matrix.astype(np.float32), (-centre @ matrix).astype(np.float32)


def whitening(
    points: np.ndarray, classes: np.ndarray, shrinkage: float, between: float = 0.0
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
