"""Cross-validation over digits: train on some of the training digits, and measure those held out.

All choices are made by it, for it imitates the unseen case. No unseen digit and no test image takes part.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from siamese import machine
from siamese.data.splits import refuse_unseen
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import normalise
from siamese.metrics import rates
from siamese.metrics.calibration import Calibration
from siamese.metrics.histograms import PairHistograms, pair_histograms
from siamese.training.recipes import ContrastiveRecipe, Recipe, TwoPartRecipe
from siamese.training.train import Trained, train

SET_ASIDE = 3600  # training images of all the recipe's digits that are measured and not trained on
ASIDE_SEED = 7
SURE = 0.99  # a probability from which on a verdict counts as sure


def shortened(recipe: Recipe, digits: tuple[int, ...], length: float) -> Recipe:
    """`recipe` for `digits` alone, trained for `length` of its steps or epochs."""
    if not 0 < length <= 1:
        raise ValueError("the length must be above 0 and at most 1")
    if isinstance(recipe, TwoPartRecipe):
        return replace(recipe.shortened(length), digits=digits, n_classes=len(recipe.digits))
    if isinstance(recipe, ContrastiveRecipe):
        return replace(recipe, digits=digits, epochs=max(1, round(length * recipe.epochs)))
    raise TypeError(f"no cross-validation for {type(recipe).__name__}")


def fold(
    recipe: Recipe, images: np.ndarray, digits: np.ndarray, held_out: tuple[int, ...], length: float = 1.0
) -> dict[str, Any]:
    """Accuracies, on training images set aside, of a model trained without the digits `held_out`.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the recipe's digits alone.
        length: share of the recipe's steps.

    Returns:
        For *seen* (the digits trained on), *held out* and *mixed* (both): the accuracy at the model's threshold, at the
        threshold that is best for that split, and where the model is sure; and the area under the ROC curve.

    Raises:
        UnseenDigitInTraining: `digits` holds a digit that the recipe does not name.
        ValueError: fewer than two digits are held out, or fewer than two remain.
    """
    refuse_unseen(digits, recipe.digits)
    kept = _kept(recipe, held_out)
    started = time.perf_counter()
    order = np.random.default_rng(ASIDE_SEED).permutation(len(digits))
    aside, rest = order[:SET_ASIDE], order[SET_ASIDE:]
    rest = rest[np.isin(digits[rest], kept)]
    trained = train(shortened(recipe, kept, length), images[rest], digits[rest])
    normalised = normalise(as_images(images[aside]), recipe.normalisation)
    embeddings = trained.encoder.predict(normalised, batch_size=512, verbose=0)
    histograms = pair_histograms(embeddings, digits[aside], recipe.upper)
    splits = {"seen": kept, "held_out": held_out, "mixed": recipe.digits}
    return {
        "recipe": recipe.name,
        "held_out": list(held_out),
        "length": length,
        "seed": recipe.seed,
        "threshold": round(trained.threshold, 6),
        "splits": {name: _figures(trained, histograms, members) for name, members in splits.items()},
        "seconds": round(time.perf_counter() - started, 1),
        "machine": machine.description(),
    }


def _kept(recipe: Recipe, held_out: tuple[int, ...]) -> tuple[int, ...]:
    """The recipe's digits without those held out; raises ValueError where pairs of either would be impossible."""
    kept = tuple(digit for digit in recipe.digits if digit not in held_out)
    if not set(held_out) <= set(recipe.digits) or len(set(held_out)) < 2 or len(kept) < 2:
        raise ValueError(f"hold out two or more of {recipe.digits}, and leave two")
    return kept


def _figures(trained: Trained, histograms: PairHistograms, members: tuple[int, ...]) -> dict[str, float]:
    """The figures of one split, whose pairs are of the digits `members`."""
    curves = rates.pair_curves(histograms, members)
    return {
        "accuracy": round(rates.accuracy_at(histograms, members, trained.threshold), 6),
        "best": round(float(curves.accuracy.max()), 6),
        "roc_auc": round(rates.roc_auc(curves), 6),
        "right_where_sure": round(right_where_sure(curves, trained.calibration), 6),
    }


def right_where_sure(curves: rates.PairCurves, calibration: Calibration, sure: float = SURE) -> float:
    """The accuracy on those balanced pairs of which the calibration, without its lapse rate, is as sure as `sure`.

    It is 1 where the calibration is sure of no pair. `threshold.LEAST_LAPSE` follows from it.
    """
    middles = (curves.thresholds[1:] + curves.thresholds[:-1]) / 2
    probability = replace(calibration, lapse=0.0).probability_same(middles)
    same, different = np.diff(curves.true_accept_rate), np.diff(curves.false_accept_rate)
    called_same, called_different = probability >= sure, probability <= 1 - sure
    right = same[called_same].sum() + different[called_different].sum()
    wrong = different[called_same].sum() + same[called_different].sum()
    return float(right / (right + wrong)) if right + wrong > 0 else 1.0
