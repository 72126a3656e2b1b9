"""Learning a symbol from a handful of examples: embeddings in, a ranking with its evidence out.

A Siamese network that was trained on some classes names others by comparing with one example each
(Koch et al. 2015, "Siamese neural networks for one-shot image recognition"; Vinyals et al. 2016,
"Matching networks for one shot learning"). With several examples a class is stood for by the mean
of their embeddings (Snell et al. 2017, "Prototypical networks for few-shot learning").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

MAX_SYMBOLS = 12
MAX_EXAMPLES = 5
CLOSE = 0.1  # of the threshold: a lead of less than this is called a close call


@dataclass(frozen=True)
class Candidate:
    """One symbol as it stands to the query.

    Attributes:
        index: the symbol's place in what was given.
        distance: of the query to the mean embedding of the symbol's examples.
        examples: (n,) distances of the query to each example.
    """

    index: int
    distance: float
    examples: np.ndarray = field(compare=False)


@dataclass(frozen=True)
class Ranking:
    """The symbols, the nearest first; `threshold` is the distance beyond which nothing is recognised."""

    candidates: tuple[Candidate, ...]
    threshold: float

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def is_known(self) -> bool:
        """Whether the nearest symbol is within the threshold; if not, the query is none of these."""
        return self.best.distance <= self.threshold

    @property
    def lead(self) -> float:
        """How much further the second symbol is than the first; infinite where there is no second."""
        return self.candidates[1].distance - self.best.distance if len(self.candidates) > 1 else float("inf")

    @property
    def is_close_call(self) -> bool:
        """Whether the second symbol is nearly as near as the first."""
        return self.lead < CLOSE * self.threshold


def rank(query: np.ndarray, symbols: Sequence[np.ndarray], threshold: float) -> Ranking:
    """The symbols by distance of the query (d,) to the mean embedding of each symbol's examples (n, d).

    With one example the distance is that of the pair, as on Compare. A mean of several lies nearer to
    everything than its examples do, so a symbol with more examples has a small advantage. Equal
    distances keep the symbols' order.

    Raises:
        ValueError: no symbol, a symbol without examples, or shapes that do not fit.
    """
    query = np.asarray(query, np.float64)
    if query.ndim != 1 or not len(symbols):
        raise ValueError("ranking needs a query (d,) and at least one symbol")
    candidates = []
    for index, examples in enumerate(symbols):
        examples = np.asarray(examples, np.float64)
        if examples.ndim != 2 or not len(examples) or examples.shape[1] != len(query):
            raise ValueError(f"symbol {index} needs examples of shape (n, {len(query)}), got {examples.shape}")
        away = np.linalg.norm(examples - query, axis=1)  # (n,)
        candidates.append(Candidate(index, float(np.linalg.norm(examples.mean(0) - query)), away))
    return Ranking(tuple(sorted(candidates, key=lambda candidate: candidate.distance)), float(threshold))
