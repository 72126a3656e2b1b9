"""A recipe and images of its digits -> a trained encoder, its history, threshold and calibration.

Everything here sees the training digits alone: `TrainingData` refuses others. What the model makes
of unseen digits is measured afterwards, by `publishing`, on the weights kept for each epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import keras
import numpy as np

from siamese import live_training, metrics, two_part_training
from siamese.calibration import Calibration, calibrate
from siamese.data import TrainingData, balanced_pairs, refuse_unseen, training_data
from siamese.encoder import ContrastiveLoss, dense_encoder, siamese_model
from siamese.evaluation import curves_with_strangers, pair_histograms
from siamese.fitting import Fitting
from siamese.normalisation import normalise
from siamese.preprocessing import SIDE, as_images
from siamese.recipes import ContrastiveRecipe, LiveRecipe, Recipe, TwoPartRecipe

MEASURED_TRAIN_IMAGES = 3000  # enough for a train accuracy to a few hundredths of a per cent
#: The least lapse rate of a model with synthetic classes: how often one errs, in the worst fold, on pairs of held-out
#: digits of which it would say *over 99%* (crossvalidation.json beside the models).
LEAST_LAPSE = 0.0134
#: The same of other models. Folds bear out next to nothing of what they say of new digits; none may say *over 99%*.
LEAST_LAPSE_OF_OTHERS = 0.01
_KNOTS = 2  # of the covariances, the fewest: no interval is asked for while training


@dataclass(frozen=True)
class Epoch:
    """One epoch: its mean loss, accuracies at its own threshold, and the weights after it."""

    number: int
    loss: float
    train_accuracy: float
    validation_accuracy: float
    threshold: float
    weights: list[np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class Trained:
    """A trained encoder (with the weights of the chosen epoch) and how it came to be.

    The middle of `calibration` is `threshold`: a verdict and how sure it is never contradict each other.
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
    rng = np.random.default_rng([recipe.seed, 1])  # the split has a generator of its own
    data = prepared(recipe, images, digits)
    fitting = _fit(recipe, data, rng)
    encoder = fitting.encoder
    measured = rng.permutation(len(data.train_digits))[:MEASURED_TRAIN_IMAGES]
    epochs = []
    for number, loss in enumerate(fitting.losses, 1):
        epochs.append(_measure(recipe, fitting, data, measured, number, loss))
        if on_epoch:
            on_epoch(epochs[-1])
    # Of equals the earliest: less training, more left of what the six digits do not need.
    best = max(range(len(epochs)), key=lambda index: epochs[index].validation_accuracy)
    chosen = len(epochs) - 1 if recipe.last_epoch else best
    encoder.set_weights(epochs[chosen].weights)
    threshold = epochs[chosen].threshold
    curves = metrics.mean_of_curves(*_validation_curves(recipe, fitting, data)[0])
    return Trained(recipe, encoder, epochs, chosen + 1, threshold, calibrate(curves, threshold, least_lapse(recipe)))


def least_lapse(recipe: Recipe) -> float:
    """The least lapse rate of a calibration: what folds of a recipe of this kind bear out."""
    return LEAST_LAPSE if isinstance(recipe, TwoPartRecipe) else LEAST_LAPSE_OF_OTHERS


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
    """The encoder, ready to be trained."""
    if isinstance(recipe, ContrastiveRecipe):
        return _fit_contrastive(recipe, data, rng)
    if isinstance(recipe, TwoPartRecipe):
        return two_part_training.fit(recipe, data, rng)
    if isinstance(recipe, LiveRecipe):
        return live_training.fit(recipe, data, rng)
    raise TypeError(f"no training for {type(recipe).__name__}")


def _fit_contrastive(recipe: ContrastiveRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    encoder = dense_encoder(recipe.units, recipe.dropout)
    model = siamese_model(encoder)
    model.compile(
        optimizer=keras.optimizers.Adadelta(learning_rate=recipe.learning_rate),
        loss=ContrastiveLoss(margin=recipe.margin),
    )
    pairs, is_same = balanced_pairs(data.train_digits, rng)  # made once, as published

    def losses() -> Iterator[float]:
        images = data.train_images
        inputs = [images[pairs[:, 0]], images[pairs[:, 1]]]
        for _ in range(recipe.epochs):
            history = model.fit(inputs, is_same.astype(np.float32), batch_size=recipe.batch, epochs=1, verbose=0)
            yield float(history.history["loss"][0])

    return Fitting(encoder, losses())


def _histograms(recipe: Recipe, encoder: keras.Model, images: np.ndarray, digits: np.ndarray):
    embeddings = encoder.predict(images, batch_size=512, verbose=0)
    return pair_histograms(embeddings, digits, recipe.upper, knots=_KNOTS)


def _validation_curves(
    recipe: Recipe, fitting: Fitting, data: TrainingData
) -> tuple[list[metrics.PairCurves], metrics.PairHistograms]:
    """What threshold and calibration are fixed on, and the histograms of the validation digits.

    The first curves are those of the recipe's own digits. Where it keeps synthetic classes aside, these stand for the
    digits that it does not know, and two more follow: of all, and of strangers alone. The threshold must serve
    strangers, too, and no unseen digit may be asked.
    """
    embeddings = fitting.encoder.predict(data.validation_images, batch_size=512, verbose=0)
    histograms = pair_histograms(embeddings, data.validation_digits, recipe.upper, knots=_KNOTS)
    curves = metrics.pair_curves(histograms, recipe.digits)
    if fitting.strangers is None:
        return [curves], histograms
    strangers = fitting.encoder.predict(fitting.strangers.reshape(-1, SIDE, SIDE), batch_size=512, verbose=0)
    strangers = strangers.reshape(*fitting.strangers.shape[:2], -1)
    n_classes = cast(TwoPartRecipe, recipe).n_classes
    with_strangers = curves_with_strangers(curves, len(recipe.digits), embeddings, strangers, recipe.upper, n_classes)
    return [curves, *with_strangers], histograms


def threshold_of(recipe: Recipe, fitting: Fitting, data: TrainingData) -> tuple[float, metrics.PairHistograms]:
    """The threshold by the recipe's own rule, and the histograms of the validation digits."""
    curves, validation = _validation_curves(recipe, fitting, data)
    if isinstance(recipe, ContrastiveRecipe) and recipe.threshold is not None:
        return recipe.threshold, validation
    # Synthetic writings of one class differ less than hands do: their false rejects count for more.
    weights = [1.0, *(cast(TwoPartRecipe, recipe).reject_weight for _ in curves[1:])]
    return metrics.least_costly_threshold(curves, weights), validation


def _measure(
    recipe: Recipe, fitting: Fitting, data: TrainingData, measured: np.ndarray, number: int, loss: float
) -> Epoch:
    encoder = fitting.encoder
    threshold, validation = threshold_of(recipe, fitting, data)
    train = _histograms(recipe, encoder, data.train_images[measured], data.train_digits[measured])
    return Epoch(
        number=number,
        loss=loss,
        train_accuracy=metrics.accuracy_at(train, recipe.digits, threshold),
        validation_accuracy=metrics.accuracy_at(validation, recipe.digits, threshold),
        threshold=threshold,
        weights=encoder.get_weights(),
    )
