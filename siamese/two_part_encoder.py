"""The encoder of two parts: *what shape is it*, and *is it a 2, a 3, … or none of these*; one trunk serves both.

images (n, 28, 28) → convolutions → features → shape (n, d), of unit length, and shares (n, digits) → embeddings
(n, d + digits), one beside the other. The squared distance of two embeddings is the weighted mean of how far their
shapes and how far their shares lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from siamese.encoder import SIDE, UnitLength
from siamese.encoder_layers import Fusion, Shares, whitening
from siamese.recipes import TwoPartRecipe

HIDDEN = 64  # units between the features and the detectors


@dataclass(frozen=True)
class TwoParts:
    """The encoder, and the same layers as they are trained.

    Attributes:
        encoder: images (n, 28, 28) -> embeddings (n, d + digits).
        heads: images -> [directions (n, d) of unit length, logits (n, digits)], which losses are computed from.
    """

    encoder: keras.Model
    heads: keras.Model

    def whiten(self, images: np.ndarray, classes: np.ndarray, shrinkage: float = 0.2, between: float = 1.5) -> None:
        """Compute the encoder's layer "shape" from images (n, 28, 28) of `classes` (n,).

        It does what the trained layer "directions" does, and then makes a direction count the less, the more images
        of one class differ in it; see `encoder_layers.whitening`. The losses asked for directions that tell classes
        apart; how writings of *one* class differ is measured here, once, in thousands of classes.
        """
        layer = self.heads.get_layer("directions")
        before = keras.Model(self.heads.inputs, layer.output)
        matrix, offset = whitening(before.predict(images, batch_size=512, verbose=0), classes, shrinkage, between)
        self.encoder.get_layer("shape").set_weights([layer.get_weights()[0] @ matrix, offset])


def two_part_encoder(recipe: TwoPartRecipe) -> TwoParts:
    """The encoder of `recipe`, untrained; its layer "shape" is computed by `TwoParts.whiten`."""
    images = keras.Input((SIDE, SIDE), name="images")
    x = keras.layers.Reshape((SIDE, SIDE, 1))(images)
    for number, (width, stride) in enumerate(zip(recipe.channels, recipe.strides, strict=True)):
        # The first convolution looks at more: a stroke is some four pixels wide.
        x = keras.layers.Conv2D(width, 3 if number else 5, strides=stride, padding="same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))
    features = keras.layers.Flatten(name="features")(x)  # not averaged: where a stroke lies matters

    directions = UnitLength()(keras.layers.Dense(recipe.embedding, use_bias=False, name="directions")(features))
    hidden = keras.layers.Dense(HIDDEN, use_bias=False)(features)
    hidden = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(hidden))
    # One against the rest, each for itself (Shu et al. 2017, *deep open classification*): all may say no.
    logits = keras.layers.Dense(len(recipe.digits), name="detectors")(hidden)

    shape = UnitLength()(keras.layers.Dense(recipe.embedding, trainable=False, name="shape")(features))
    shares = Shares(recipe.temperature, name="shares")(logits)
    parts = Fusion((1.0, recipe.share_weight), name="parts")([shape, shares])
    return TwoParts(keras.Model(images, parts, name="encoder"), keras.Model(images, [directions, logits], name="heads"))
