"""What each idea is worth: a ladder on which each rung has one more, and the served encoder without each of its parts.

All are trained by the same loop, for a share of the recipe's steps, and measured on MNIST's test file at the threshold
that the recipe's own rule gives. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import keras
import numpy as np

from siamese.data.splits import SPLITS
from siamese.evaluation.summary import rounded
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import Normalisation, normalise
from siamese.metrics import rates
from siamese.metrics.histograms import pair_histograms
from siamese.training.encoder import TwoParts, Weighted
from siamese.training.recipes import TwoPartRecipe
from siamese.training.threshold import threshold_of
from siamese.training.train import prepared
from siamese.training.two_part import fit_parts

SEEDS = (1, 2)  # of the ablation


def climb(
    recipe: TwoPartRecipe,
    images: np.ndarray,
    digits: np.ndarray,
    test_images: np.ndarray,
    test_digits: np.ndarray,
    say: Callable[[str], None] = lambda text: None,
) -> dict:
    """The rungs from plain convolutions to `recipe`, and its ablation by two seeds, as JSON.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the recipe's digits alone.
        say: is told what is trained now.
    """

    def trained(recipe: TwoPartRecipe) -> _Trained:
        say(f"{recipe.synthetic if recipe.classes else 'digits alone'}, seed {recipe.seed}")
        return _Trained(recipe, images, digits, test_images, test_digits)

    alone = replace(recipe, classes=0, kept_aside=0, seed=SEEDS[0])
    plain = trained(replace(alone, normalisation=Normalisation(), redrawn=0.0))
    framed = trained(replace(alone, redrawn=0.0))
    fragments = trained(replace(recipe, synthetic="fragments", seed=SEEDS[0]))
    glyphs = [trained(replace(recipe, synthetic="glyphs", seed=seed)) for seed in SEEDS]
    # The last rungs are two rows of the ablation: the same network, measured once.
    ablation = [{"seed": seed, **row} for seed, network in zip(SEEDS, glyphs) for row in _ablated(network)]
    both, not_whitened = ({name: row[name] for name in ("threshold", "splits")} for row in ablation[:2])
    rungs = [
        plain.rung("convolutions", lambda parts: parts.directions),
        framed.rung("even framing", lambda parts: parts.directions),
        fragments.rung("fragments", lambda parts: parts.directions),
        glyphs[0].rung("synthetic strokes", lambda parts: parts.directions),
        {"idea": "six questions", **not_whitened},
        {"idea": "whitening", **both},
    ]
    return {"steps": recipe.epochs * recipe.steps, "rungs": rungs, "ablation": ablation}


def _ablated(network: _Trained) -> Iterator[dict]:
    yield network.rung("both parts", lambda parts: parts.beside(parts.shape))
    yield network.rung("shape not whitened", lambda parts: parts.beside(parts.directions))
    yield network.rung("shape alone", lambda parts: parts.shape)
    yield network.rung("six questions alone", lambda parts: parts.shares)


class _Outputs:
    """The places in the network that embeddings can be taken from."""

    def __init__(self, parts: TwoParts, share_weight: float) -> None:
        self.inputs = parts.encoder.inputs
        self.shape, self.shares = parts.encoder.get_layer("parts").input
        self.directions = parts.heads.outputs[0]
        self._weight = share_weight

    def beside(self, shape):
        """`shape` and the shares, as in the served encoder."""
        return Weighted((1.0, self._weight))([shape, self.shares])


class _Trained:
    """A network that `recipe` has trained, to be measured in parts."""

    def __init__(self, recipe: TwoPartRecipe, images, digits, test_images, test_digits) -> None:
        keras.utils.set_random_seed(recipe.seed)
        self._recipe = recipe
        self._data = prepared(recipe, images, digits)
        fitting, parts = fit_parts(recipe, self._data, np.random.default_rng([recipe.seed, 1]))
        for _ in fitting.losses:
            pass
        self._fitting, self._outputs = fitting, _Outputs(parts, recipe.share_weight)
        self._test = normalise(as_images(test_images), recipe.normalisation), test_digits

    def rung(self, idea: str, output: Callable[[_Outputs], keras.KerasTensor]) -> dict:
        """The accuracies of the embeddings at `output` with their 95% intervals, at the threshold by the rule."""
        encoder = keras.Model(self._outputs.inputs, output(self._outputs))
        threshold, _ = threshold_of(self._recipe, replace(self._fitting, encoder=encoder), self._data)
        images, digits = self._test
        embeddings = encoder.predict(images, batch_size=512, verbose=0)
        histograms = pair_histograms(embeddings, digits, self._recipe.upper)
        splits = {
            name: {
                "accuracy": rates.accuracy_at(histograms, members, threshold),
                "interval_95": list(rates.accuracy_interval(histograms, members, threshold)),
            }
            for name, members in SPLITS.items()
        }
        return {"idea": idea, **rounded({"threshold": threshold, "splits": splits})}
