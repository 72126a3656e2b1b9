"""The training digits on their side as strangers: another imitation of the unseen case, of a whole model.

Cross-validation holds digits out, and so measures a model that knows fewer of them. Here the model is the one that is
served: validation images of the digits that it knows are turned and mirrored into shapes that it never met,
each written by another hand. No unseen digit and no test image takes part.
"""

from __future__ import annotations

import numpy as np

from siamese import metrics
from siamese.artefacts import Card
from siamese.data import ALL_DIGITS, refuse_unseen, training_data
from siamese.evaluation import curves_with_strangers, pair_histograms, rounded
from siamese.machine import machine
from siamese.normalisation import normalise
from siamese.preprocessing import as_images
from siamese.turning import turned_digits
from siamese.verifier import Verifier

SEED = 4


def measure(card: Card, images: np.ndarray, digits: np.ndarray) -> dict:
    """Accuracies of the model that `card` describes among the digits it knows and turned ones.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the digits that it was trained on; those that its
            training kept for validation are measured. The turned ones are by other hands than those that the
            threshold was fixed on.

    Returns:
        For *seen* (pairs of known digits), *strangers* (pairs of turned ones) and *mixed* (weighed as among six known
        digits and four strangers): the accuracy at the model's threshold, the best one, and the area under the ROC.

    Raises:
        UnseenDigitInTraining: `digits` holds a digit that the model was not trained on.
        ValueError: none of its digits is 2 to 7.
    """
    recipe = card.raw["recipe"]
    known = tuple(recipe["digits"])
    refuse_unseen(digits, known)
    rng = np.random.default_rng(card.raw["seed"])  # training divides the images before anything else
    data = training_data(images, digits, allowed=known, validation_fraction=recipe["validation_fraction"], rng=rng)
    upright = normalise(as_images(data.validation_images), card.normalisation)
    shapes = turned_digits(upright[1::2], data.validation_digits[1::2], np.random.default_rng(SEED))
    verifier = Verifier(card)
    embeddings = verifier.embed(data.validation_images)
    strangers = verifier.embed(shapes.reshape(-1, *shapes.shape[2:])).reshape(*shapes.shape[:2], -1)
    histograms = pair_histograms(embeddings, data.validation_digits, card.upper)
    seen = metrics.pair_curves(histograms, known)
    mixed, alone = curves_with_strangers(seen, len(known), embeddings, strangers, card.upper, len(ALL_DIGITS))
    curves = {"seen": seen, "mixed": mixed, "strangers": alone}
    at = histograms.index(card.threshold)
    splits = {
        name: {
            "accuracy": float(each.accuracy[at]),
            "best": float(each.accuracy.max()),
            "roc_auc": metrics.roc_auc(each),
        }
        for name, each in curves.items()
    }
    return rounded({"model": card.name, "threshold": card.threshold, "splits": splits, "machine": machine()})
