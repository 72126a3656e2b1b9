"""The training digits on their side as strangers: another imitation of the unseen case, of a whole model.

Cross-validation holds digits out, and so measures a model that knows fewer of them. Here the model is the one that is
served: validation images of the digits that it knows are turned and mirrored into shapes that it never met,
each written by another hand. No unseen digit and no test image takes part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from siamese import metrics
from siamese.artefacts import Card
from siamese.data import ALL_DIGITS, refuse_unseen, training_data
from siamese.evaluation import curves_with_strangers, pair_histograms, rounded
from siamese.machine import machine
from siamese.normalisation import normalise
from siamese.preprocessing import as_images
from siamese.verifier import Verifier

WRITERS = 60  # of each shape
SEED = 4
MIRRORED = 4  # symmetries 1 to 3 are quarter turns; from 4 on, mirrored after as many quarter turns
#: Of each digit the symmetries that make a shape of its own. A 6 on its head is a 9; a 3 is its own mirror image; half
#: a turn brings a 2 and a 5 back to themselves, and a mirror takes one for the other.
KINDS = {2: (1,), 3: (1, 2, 3), 4: (1, 2, 3, 4, 5, 6, 7), 5: (1,), 6: (1, 3, 4, 5, 7), 7: (1, 2, 3, 4, 5, 6, 7)}


def turn(images: np.ndarray, symmetry: int) -> np.ndarray:
    """Images (n, 28, 28) under one of the eight symmetries of a square, 0 to 7."""
    turned = np.rot90(images, symmetry % MIRRORED, axes=(1, 2))
    return np.ascontiguousarray(turned[:, :, ::-1] if symmetry >= MIRRORED else turned)


def turned_digits(images: np.ndarray, digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shapes (kinds, writers, 28, 28) from `images` (n, 28, 28) of `digits` (n,), WRITERS of each where there are."""
    names = [digit for digit in KINDS if digit in digits]
    count = min(WRITERS, *(int((digits == digit).sum()) for digit in names))
    shapes = []
    for digit in names:
        for symmetry in KINDS[digit]:
            some = rng.permutation(np.flatnonzero(digits == digit))[:count]
            shapes.append(turn(images[some], symmetry))
    return np.stack(shapes)


def measure(card: Card, images: np.ndarray, digits: np.ndarray) -> dict:
    """Accuracies of the model that `card` describes among the digits it knows and turned ones.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the digits that it was trained on; those that its
            training kept for validation are measured.

    Returns:
        For *seen* (pairs of known digits), *strangers* (pairs of turned ones) and *mixed* (weighed as among six known
        digits and four strangers): the accuracy at the model's threshold, the best one, and the area under the ROC.

    Raises:
        UnseenDigitInTraining: `digits` holds a digit that the model was not trained on.
    """
    known = card.digits
    refuse_unseen(digits, known)
    data = training_data(images, digits, allowed=known, **card.validation)
    # The turned shapes are corrected by themselves; to correct size and thickness before would be to do it twice.
    upright = normalise(as_images(data.validation_images), replace(card.normalisation, size=0.0, thickness=0.0))
    shapes = turned_digits(upright, data.validation_digits, np.random.default_rng(SEED))
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
