"""Where the threshold is chosen: on validation images of the recipe's digits, and on held-out synthetic classes."""

from __future__ import annotations

from typing import cast

from siamese.constants import SIDE
from siamese.data.splits import TrainingData
from siamese.metrics import histograms, rates, thresholds
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.novel_classes import novel_class_curves
from siamese.training.fitting import Fitting
from siamese.training.recipes import ContrastiveRecipe, Recipe, TwoPartRecipe

#: The least lapse rate of a model with synthetic classes: how often it errs, in the worst fold of the cross-validation,
#: on pairs of held-out digits for which it would claim *over 99%* (crossvalidation.json beside the models).
LEAST_LAPSE = 0.0134

#: The same of other models. Folds confirm little of what these claim about new digits; none may claim *over 99%*.
LEAST_LAPSE_OF_OTHERS = 0.01

KNOTS = 2  # of the covariances, the fewest: training needs no interval


def least_lapse(recipe: Recipe) -> float:
    """The least lapse rate that a calibration may have, by the folds of recipes of this type."""
    return LEAST_LAPSE if isinstance(recipe, TwoPartRecipe) else LEAST_LAPSE_OF_OTHERS


def validation_curves(
    recipe: Recipe, fitting: Fitting, data: TrainingData
) -> tuple[list[rates.PairCurves], histograms.PairHistograms]:
    """The rates that threshold and calibration follow from, and the histograms of the validation digits.

    The first curves are those of the recipe's digits. Where the recipe holds out synthetic classes, these stand for
    the digits that it does not know, and two curves follow: of digits and novel classes together, and of novel classes
    alone. The threshold must serve novel classes, too, and no image of an unseen digit may be used for it.
    """
    embeddings = fitting.encoder.predict(data.validation_images, batch_size=512, verbose=0)
    histograms = pair_histograms(embeddings, data.validation_digits, recipe.upper, knots=KNOTS)
    curves = rates.pair_curves(histograms, recipe.digits)
    if fitting.novel_images is None:
        return [curves], histograms
    novel = fitting.encoder.predict(fitting.novel_images.reshape(-1, SIDE, SIDE), batch_size=512, verbose=0)
    novel = novel.reshape(*fitting.novel_images.shape[:2], -1)
    n_classes = cast(TwoPartRecipe, recipe).n_classes
    of_novel = novel_class_curves(curves, len(recipe.digits), embeddings, novel, recipe.upper, n_classes)
    return [curves, *of_novel], histograms


def choose_threshold(recipe: Recipe, fitting: Fitting, data: TrainingData) -> tuple[float, histograms.PairHistograms]:
    """The threshold by the recipe's rule, and the histograms of the validation digits."""
    curves, validation = validation_curves(recipe, fitting, data)
    if isinstance(recipe, ContrastiveRecipe) and recipe.threshold is not None:
        return recipe.threshold, validation
    # Samples of one synthetic class differ less than those of people's hands do: their false rejects count for more.
    weights = [1.0, *(cast(TwoPartRecipe, recipe).reject_weight for _ in curves[1:])]
    return thresholds.least_costly_threshold(curves, weights), validation
