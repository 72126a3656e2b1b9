"""One evaluation on MNIST's test file, in one way: `python -m benchmarks.evaluation WAY`."""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.processes import fresh
from siamese.data.mnist import load_mnist
from siamese.data.pairs import sample_pair
from siamese.data.splits import ALL_DIGITS
from siamese.metrics import rates
from siamese.metrics.histograms import pair_histograms
from siamese.serving.catalogue import load_card
from siamese.serving.verifier import Verifier

WAYS = ("litert", "predict")
SAMPLED_PAIRS = 2_000
BATCH = 64


def measure(quick: bool) -> dict:
    """Each way in a fresh process."""
    return {way: fresh("evaluation", way) for way in (WAYS[:1] if quick else WAYS)}


def main(way: str) -> None:
    """Print pairs and seconds as JSON; loading files and models is not counted."""
    card = load_card()
    images, digits = load_mnist("test")
    if way == "litert":
        verifier = Verifier(card)
        start = time.perf_counter()
        histograms = pair_histograms(verifier.embed(images), digits, card.upper)
        rates.roc_auc(rates.pair_curves(histograms, ALL_DIGITS))
        pairs = len(images) * (len(images) - 1) // 2
    else:
        from sklearn.metrics import roc_auc_score

        from siamese.training.encoder import load_encoder

        encoder = load_encoder(card.folder / "encoder.keras")
        encoder.predict(np.zeros((BATCH, 28, 28), np.float32), verbose=0)
        rng = np.random.default_rng(0)
        chosen = np.array([sample_pair(digits, ALL_DIGITS, "any", rng) for _ in range(SAMPLED_PAIRS)])
        prepared = Verifier(card).normalise(images)
        start = time.perf_counter()
        distances = []
        for first in range(0, SAMPLED_PAIRS, BATCH):
            left, right = chosen[first : first + BATCH].T
            difference = encoder.predict(prepared[left], verbose=0) - encoder.predict(prepared[right], verbose=0)
            distances.append(np.linalg.norm(difference, axis=1))
        roc_auc_score(digits[chosen[:, 0]] == digits[chosen[:, 1]], -np.concatenate(distances))
        pairs = SAMPLED_PAIRS
    print(json.dumps({"pairs": pairs, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv[1])
