"""Training of the published recipe: pairs, and the contrastive loss."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

from siamese.data.pairs import balanced_pairs
from siamese.data.splits import TrainingData
from siamese.training.encoder import dense_encoder, siamese_model
from siamese.training.fitting import Fitting
from siamese.training.losses import ContrastiveLoss
from siamese.training.recipes import ContrastiveRecipe


def fit(recipe: ContrastiveRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: normalised images, float32 in 0..1.
    """
    encoder = dense_encoder(recipe.units, recipe.dropout)
    model = siamese_model(encoder)
    model.compile(
        optimizer=keras.optimizers.Adadelta(learning_rate=recipe.learning_rate),
        loss=ContrastiveLoss(margin=recipe.margin),
    )
    pairs, is_same = balanced_pairs(data.train_digits, rng)  # made once, as published
    return Fitting(encoder, _losses(recipe, model, data.train_images, pairs, is_same))


def _losses(
    recipe: ContrastiveRecipe, model: keras.Model, images: np.ndarray, pairs: np.ndarray, is_same: np.ndarray
) -> Iterator[float]:
    """The mean loss of each epoch, which trains the two-input model."""
    inputs = [images[pairs[:, 0]], images[pairs[:, 1]]]
    for _ in range(recipe.epochs):
        history = model.fit(inputs, is_same.astype(np.float32), batch_size=recipe.batch, epochs=1, verbose=0)
        yield float(history.history["loss"][0])
