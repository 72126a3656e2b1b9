"""The unseen case imitated inside the training digits: train on some of them, measure those held out.

This is what choices are made by. No unseen digit and no test image takes part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from siamese import metrics
from siamese.data import refuse_unseen
from siamese.evaluation import pair_histograms
from siamese.fused_training import Likeness
from siamese.machine import machine
from siamese.normalisation import normalise
from siamese.preprocessing import as_images
from siamese.recipes import BranchRecipe, ContrastiveRecipe, DetectorRecipe, FusionRecipe, Recipe, TwoPartRecipe
from siamese.training import train

SET_ASIDE = 3600  # training images of all the recipe's digits that are measured and not trained on
ASIDE_SEED = 7
LEFT_OUT = 0.12  # of the invented classes, for each digit held out: the filter rejects 45 in a hundred for four digits


def shortened(recipe: Recipe, digits: tuple[int, ...], length: float) -> Recipe:
    """`recipe` for `digits` alone, trained for `length` of its steps or epochs."""
    if not 0 < length <= 1:
        raise ValueError("the length must be above 0 and at most 1")
    if isinstance(recipe, FusionRecipe):

        def steps(plan: BranchRecipe | DetectorRecipe) -> int:
            return max(1, round(length * plan.steps))

        return replace(
            recipe,
            digits=digits,
            world=len(recipe.digits),
            epochs=1,
            shape=replace(recipe.shape, steps=steps(recipe.shape)),
            detectors=replace(recipe.detectors, steps=steps(recipe.detectors)),
        )
    if isinstance(recipe, TwoPartRecipe):
        steps_in_all = max(1, round(length * recipe.epochs * recipe.steps))
        return replace(recipe, digits=digits, n_classes=len(recipe.digits), epochs=1, steps=steps_in_all)
    if isinstance(recipe, ContrastiveRecipe):
        return replace(recipe, digits=digits, epochs=max(1, round(length * recipe.epochs)))
    raise TypeError(f"no cross-validation for {type(recipe).__name__}")


def fold(
    recipe: Recipe,
    images: np.ndarray,
    digits: np.ndarray,
    held_out: tuple[int, ...],
    length: float = 1.0,
    judge: Callable[[np.ndarray], np.ndarray] | None = None,
) -> dict:
    """Accuracies of a model trained without the digits `held_out`, on training images set aside.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the recipe's digits alone.
        length: share of the recipe's steps.
        judge: images (n, 28, 28) float32, normalised -> how much each looks like each of the held-out digits, (n, held
            out). With it, the invented classes that are likest to them are left out, as the filter leaves out those
            that look like 0, 1, 8 and 9. Without it, a fold practises to refuse its own strangers.

    Returns:
        For *seen* (the digits trained on), *held out* and *mixed* (both): the accuracy at the model's own
        threshold, and at the threshold that is best for that split.

    Raises:
        UnseenDigitInTraining: `digits` holds a digit that the recipe does not name.
        ValueError: fewer than two digits are held out, or fewer than two remain.
    """
    refuse_unseen(digits, recipe.digits)
    kept = tuple(digit for digit in recipe.digits if digit not in held_out)
    if not set(held_out) <= set(recipe.digits) or len(set(held_out)) < 2 or len(kept) < 2:
        raise ValueError(f"hold out two or more of {recipe.digits}, and leave two")
    started = time.perf_counter()
    order = np.random.default_rng(ASIDE_SEED).permutation(len(digits))
    aside, rest = order[:SET_ASIDE], order[SET_ASIDE:]
    rest = rest[np.isin(digits[rest], kept)]
    likeness = Likeness(held_out, judge, LEFT_OUT) if judge else None
    trained = train(shortened(recipe, kept, length), images[rest], digits[rest], likeness=likeness)
    shown = normalise(as_images(images[aside]), recipe.normalisation)
    embeddings = trained.encoder.predict(shown, batch_size=512, verbose=0)
    histograms = pair_histograms(embeddings, digits[aside], recipe.upper)
    result = {}
    for name, members in {"seen": kept, "held_out": held_out, "mixed": recipe.digits}.items():
        curves = metrics.pair_curves(histograms, members)
        result[name] = {
            "accuracy": round(metrics.accuracy_at(histograms, members, trained.threshold), 6),
            "best": round(float(curves.accuracy.max()), 6),
            "roc_auc": round(metrics.roc_auc(curves), 6),
        }
    return {
        "recipe": recipe.name,
        "held_out": list(held_out),
        "length": length,
        "seed": recipe.seed,
        "threshold": round(trained.threshold, 6),
        "splits": result,
        "seconds": round(time.perf_counter() - started, 1),
        "machine": machine(),
    }
