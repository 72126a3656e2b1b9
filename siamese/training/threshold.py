"""Threshold and calibration of an encoder in training, from validation images of its own digits."""

from __future__ import annotations

from typing import cast

from siamese.constants import SIDE
from siamese.data.splits import TrainingData
from siamese.metrics import histograms, rates, thresholds
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.novel_classes import novel_class_curves
from siamese.training.fitting import Fitting
from siamese.training.recipes import ContrastiveRecipe, Recipe, TwoPartRecipe

#: The least lapse rate of a model with synthetic classes: how often one errs, in the worst fold, on pairs of held-out
#: digits of which it would say *over 99%* (crossvalidation.json beside the models).
LEAST_LAPSE = 0.0134

#: The same of other models. Folds bear out next to nothing of what they say of new digits; none may say *over 99%*.
LEAST_LAPSE_OF_OTHERS = 0.01

KNOTS = 2  # of the covariances, the fewest: no interval is asked for while training


def least_lapse(recipe: Recipe) -> float:
    """The least lapse rate of a calibration: what folds of a recipe of this kind bear out."""
    return LEAST_LAPSE if isinstance(recipe, TwoPartRecipe) else LEAST_LAPSE_OF_OTHERS


def validation_curves(
    recipe: Recipe, fitting: Fitting, data: TrainingData
) -> tuple[list[rates.PairCurves], histograms.PairHistograms]:
    """What threshold and calibration are fixed on, and the histograms of the validation digits.

    The first curves are those of the recipe's own digits. Where it keeps synthetic classes aside, these stand for the
    digits that it does not know, and two more follow: of all, and of strangers alone. The threshold must serve
    strangers, too, and no unseen digit may be asked.
    """
    embeddings = fitting.encoder.predict(data.validation_images, batch_size=512, verbose=0)
    histograms = pair_histograms(embeddings, data.validation_digits, recipe.upper, knots=KNOTS)
    curves = rates.pair_curves(histograms, recipe.digits)
    if fitting.strangers is None:
        return [curves], histograms
    strangers = fitting.encoder.predict(fitting.strangers.reshape(-1, SIDE, SIDE), batch_size=512, verbose=0)
    strangers = strangers.reshape(*fitting.strangers.shape[:2], -1)
    n_classes = cast(TwoPartRecipe, recipe).n_classes
    with_strangers = novel_class_curves(curves, len(recipe.digits), embeddings, strangers, recipe.upper, n_classes)
    return [curves, *with_strangers], histograms


def threshold_of(recipe: Recipe, fitting: Fitting, data: TrainingData) -> tuple[float, histograms.PairHistograms]:
    """The threshold by the recipe's own rule, and the histograms of the validation digits."""
    curves, validation = validation_curves(recipe, fitting, data)
    if isinstance(recipe, ContrastiveRecipe) and recipe.threshold is not None:
        return recipe.threshold, validation
    # Synthetic writings of one class differ less than hands do: their false rejects count for more.
    weights = [1.0, *(cast(TwoPartRecipe, recipe).reject_weight for _ in curves[1:])]
    return thresholds.least_costly_threshold(curves, weights), validation
