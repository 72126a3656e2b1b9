"""From a recipe and images of its digits to a trained encoder, its history, threshold and calibration.

Only images of the training digits come in here: `TrainingData` refuses others. How the model does on unseen digits is
measured afterwards, by `publish`, with the weights kept for each epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import keras
import numpy as np

from siamese.data.splits import TrainingData, refuse_unseen, training_data
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import normalise
from siamese.metrics import rates
from siamese.metrics.calibration import Calibration, calibrate
from siamese.metrics.histograms import PairHistograms, pair_histograms
from siamese.training import all_pairs, contrastive, two_part
from siamese.training.fitting import Fitting
from siamese.training.recipes import ContrastiveRecipe, LiveRecipe, Recipe, TwoPartRecipe
from siamese.training.threshold import KNOTS, choose_threshold, least_lapse, validation_curves

MEASURED_TRAIN_IMAGES = 3000  # enough for a train accuracy to a few hundredths of a per cent


@dataclass(frozen=True)
class Epoch:
    """One epoch: its mean loss, accuracies at its threshold, and the weights after it."""

    number: int
    loss: float
    train_accuracy: float
    validation_accuracy: float
    threshold: float
    weights: list[np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class Trained:
    """A trained encoder, with the weights of the chosen epoch, and how it was trained.

    The midpoint of `calibration` is `threshold`, so that a verdict and its probability never contradict each other.
    """

    recipe: Recipe
    encoder: keras.Model
    epochs: list[Epoch]
    chosen: int
    threshold: float
    calibration: Calibration


def train(
    recipe: Recipe,
    images: np.ndarray,
    digits: np.ndarray,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Trained:
    """The model that `recipe` makes from MNIST's training images (n, 28, 28) of its digits alone.

    Args:
        on_epoch: called after each epoch.

    Raises:
        UnseenDigitInTraining: `digits` holds a digit that the recipe does not name.
    """
    refuse_unseen(digits, recipe.digits)
    keras.utils.set_random_seed(recipe.seed)
    rng = np.random.default_rng([recipe.seed, 1])  # the validation split has another generator
    data = prepared(recipe, images, digits)
    fitting = _fit(recipe, data, rng)
    encoder = fitting.encoder
    measured = rng.permutation(len(data.train_digits))[:MEASURED_TRAIN_IMAGES]
    epochs = []
    for number, loss in enumerate(fitting.losses, 1):
        epochs.append(_measure(recipe, fitting, data, measured, number, loss))
        if on_epoch:
            on_epoch(epochs[-1])
    # Of equally good epochs the earliest: less training leaves more of what the six digits do not need.
    best = max(range(len(epochs)), key=lambda index: epochs[index].validation_accuracy)
    chosen = len(epochs) - 1 if recipe.last_epoch else best
    encoder.set_weights(epochs[chosen].weights)
    threshold = epochs[chosen].threshold
    curves = rates.mean_of_curves(*validation_curves(recipe, fitting, data)[0])
    return Trained(recipe, encoder, epochs, chosen + 1, threshold, calibrate(curves, threshold, least_lapse(recipe)))


def prepared(recipe: Recipe, images: np.ndarray, digits: np.ndarray) -> TrainingData:
    """Images (n, 28, 28) of the recipe's digits, divided for training and validation, and normalised."""
    raw = training_data(images, digits, allowed=recipe.digits, fraction=recipe.validation_fraction, seed=recipe.seed)
    return TrainingData(
        normalise(as_images(raw.train_images), recipe.normalisation),
        raw.train_digits,
        normalise(as_images(raw.validation_images), recipe.normalisation),
        raw.validation_digits,
        recipe.digits,
    )


def _fit(recipe: Recipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained."""
    if isinstance(recipe, ContrastiveRecipe):
        return contrastive.fit(recipe, data, rng)
    if isinstance(recipe, TwoPartRecipe):
        return two_part.fit(recipe, data, rng)
    if isinstance(recipe, LiveRecipe):
        return all_pairs.fit(recipe, data, rng)
    raise TypeError(f"no training for {type(recipe).__name__}")


def _histograms(recipe: Recipe, encoder: keras.Model, images: np.ndarray, digits: np.ndarray) -> PairHistograms:
    embeddings = encoder.predict(images, batch_size=512, verbose=0)
    return pair_histograms(embeddings, digits, recipe.upper, knots=KNOTS)


def _measure(
    recipe: Recipe, fitting: Fitting, data: TrainingData, measured: np.ndarray, number: int, loss: float
) -> Epoch:
    encoder = fitting.encoder
    threshold, validation = choose_threshold(recipe, fitting, data)
    train = _histograms(recipe, encoder, data.train_images[measured], data.train_digits[measured])
    return Epoch(
        number=number,
        loss=loss,
        train_accuracy=rates.accuracy_at(train, recipe.digits, threshold),
        validation_accuracy=rates.accuracy_at(validation, recipe.digits, threshold),
        threshold=threshold,
        weights=encoder.get_weights(),
    )
