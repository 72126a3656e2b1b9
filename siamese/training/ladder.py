"""What each idea is worth: a ladder of networks, each with one idea more, and an ablation of the served encoder.

All are trained by the same loop, for a share of the recipe's steps, and measured on MNIST's test file at the threshold
that the recipe's rule gives. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from siamese.data.splits import SPLITS
from siamese.evaluation.summary import rounded
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import Normalisation, normalise
from siamese.metrics import rates
from siamese.metrics.histograms import pair_histograms
from siamese.training.encoder import TwoParts
from siamese.training.layers import Weighted
from siamese.training.recipes import TwoPartRecipe
from siamese.training.threshold import choose_threshold
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
) -> dict[str, Any]:
    """The rungs from plain convolutions to `recipe`, and its ablation with two seeds, as JSON.

    Args:
        images, digits: MNIST's training images (n, 28, 28) of the recipe's digits alone.
        say: called with what is trained next.
    """

    def trained(recipe: TwoPartRecipe) -> _Trained:
        say(f"{recipe.synthetic if recipe.classes else 'digits alone'}, seed {recipe.seed}")
        return _Trained(recipe, images, digits, test_images, test_digits)

    alone = replace(recipe, classes=0, kept_aside=0, seed=SEEDS[0])
    plain = trained(replace(alone, normalisation=Normalisation(), redrawn=0.0))
    framed = trained(replace(alone, redrawn=0.0))
    fragments = trained(replace(recipe, synthetic="fragments", seed=SEEDS[0]))
    glyphs = [trained(replace(recipe, synthetic="glyphs", seed=seed)) for seed in SEEDS]
    # The last two rungs are rows of the ablation: one network, measured once.
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


def _ablated(network: _Trained) -> Iterator[dict[str, Any]]:
    """The rungs of a network with both parts, with a part not whitened, and with one part alone."""
    yield network.rung("both parts", lambda parts: parts.with_shares(parts.shape))
    yield network.rung("shape not whitened", lambda parts: parts.with_shares(parts.directions))
    yield network.rung("shape alone", lambda parts: parts.shape)
    yield network.rung("six questions alone", lambda parts: parts.shares)


class _Outputs:
    """The tensors of the network that can serve as embeddings."""

    def __init__(self, parts: TwoParts, share_weight: float) -> None:
        self.inputs = parts.encoder.inputs
        self.shape, self.shares = parts.encoder.get_layer("parts").input
        self.directions = parts.heads.outputs[0]
        self._weight = share_weight

    def with_shares(self, shape: keras.KerasTensor) -> keras.KerasTensor:
        """The embeddings of `shape` and the shares, as in the served encoder."""
        return Weighted((1.0, self._weight))([shape, self.shares])


class _Trained:
    """A network that a recipe has trained, to be measured in parts."""

    def __init__(
        self,
        recipe: TwoPartRecipe,
        images: np.ndarray,
        digits: np.ndarray,
        test_images: np.ndarray,
        test_digits: np.ndarray,
    ) -> None:
        keras.utils.set_random_seed(recipe.seed)
        self._recipe = recipe
        self._data = prepared(recipe, images, digits)
        fitting, parts = fit_parts(recipe, self._data, np.random.default_rng([recipe.seed, 1]))
        for _ in fitting.losses:
            pass
        self._fitting, self._outputs = fitting, _Outputs(parts, recipe.share_weight)
        self._test = normalise(as_images(test_images), recipe.normalisation), test_digits

    def rung(self, idea: str, output: Callable[[_Outputs], keras.KerasTensor]) -> dict[str, Any]:
        """Accuracies and 95% intervals of the embeddings at `output`, at the threshold that the recipe's rule gives."""
        encoder = keras.Model(self._outputs.inputs, output(self._outputs))
        threshold, _ = choose_threshold(self._recipe, replace(self._fitting, encoder=encoder), self._data)
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
