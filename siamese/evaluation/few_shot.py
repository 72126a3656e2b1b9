"""Few-shot recognition: the symbols of a support set, ranked by their distance to a query.

A Siamese network that was trained on some classes recognises others by comparison with one example of each (Koch et
al. 2015, "Siamese neural networks for one-shot image recognition"; Vinyals et al. 2016, "Matching networks for one
shot learning"). With several examples, the mean of their embeddings is the prototype of the class (Snell et al. 2017,
"Prototypical networks for few-shot learning").
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
    """One symbol of the support set and its distances to the query.

    Attributes:
        index: of the symbol in the support set.
        distance: of the query to the symbol's prototype.
        examples: (n,) float64, distances of the query to each example.

    Example:
        >>> import numpy as np
        >>> from siamese import rank
        >>> ranking = rank(np.zeros(2), [np.array([[3.0, 4.0]]), np.array([[1.0, 0.0], [-1.0, 0.0]])], 1.0)
        >>> best = ranking.best
        >>> best.index, best.distance, best.examples.tolist()
        (1, 0.0, [1.0, 1.0])
    """

    index: int
    distance: float
    examples: np.ndarray = field(compare=False)


@dataclass(frozen=True)
class Ranking:
    """The symbols by their distance to a query; in a notebook it shows itself.

    Attributes:
        candidates: the symbols, the nearest first.
        threshold: the query is recognised where the nearest symbol's distance is at most this.

    Example:
        >>> import numpy as np
        >>> from siamese import rank
        >>> ranking = rank(np.zeros(2), [np.array([[3.0, 4.0]]), np.array([[0.0, 0.5]])], threshold=1.0)
        >>> [(candidate.index, candidate.distance) for candidate in ranking.candidates]
        [(1, 0.5), (0, 5.0)]
    """

    candidates: tuple[Candidate, ...]
    threshold: float

    @property
    def best(self) -> Candidate:
        """The nearest symbol.

        Example:
            >>> import numpy as np
            >>> from siamese import rank
            >>> rank(np.zeros(2), [np.array([[3.0, 4.0]]), np.array([[0.0, 0.5]])], threshold=1.0).best.index
            1
        """
        return self.candidates[0]

    @property
    def is_known(self) -> bool:
        """Whether the nearest symbol is within the threshold; otherwise the query is none of the symbols.

        Example:
            >>> import numpy as np
            >>> from siamese import rank
            >>> rank(np.zeros(2), [np.array([[3.0, 4.0]])], threshold=1.0).is_known
            False
        """
        return self.best.distance <= self.threshold

    @property
    def lead(self) -> float:
        """How much further the second symbol is than the first, as a distance; infinite where there is no second.

        Example:
            >>> import numpy as np
            >>> from siamese import rank
            >>> rank(np.zeros(2), [np.array([[3.0, 4.0]]), np.array([[0.0, 0.5]])], threshold=1.0).lead
            4.5
        """
        return self.candidates[1].distance - self.best.distance if len(self.candidates) > 1 else float("inf")

    @property
    def is_close_call(self) -> bool:
        """Whether the second symbol is nearly as near as the first, by less than a tenth of the threshold.

        Example:
            >>> import numpy as np
            >>> from siamese import rank
            >>> rank(np.zeros(1), [np.array([[0.5]]), np.array([[0.55]])], threshold=1.0).is_close_call
            True
        """
        return self.lead < CLOSE * self.threshold

    def _repr_html_(self) -> str:
        """The verdict and a table of the symbols, for a notebook, in whatever colours that has."""
        verdict = f"Symbol {self.best.index}" if self.is_known else "None of the symbols"
        relation = "within" if self.is_known else "beyond"
        head = "".join(f'<th scope="col">{name}</th>' for name in ("symbol", "distance", "examples"))
        rows = "".join(
            f'<tr><th scope="row">{candidate.index}</th><td>{candidate.distance:.3f}</td>'
            f"<td>{len(candidate.examples)}</td></tr>"
            for candidate in self.candidates
        )
        return (
            f"<div><b>{verdict}</b>{', a close call' if self.is_known and self.is_close_call else ''}<br>"
            f"The nearest is at {self.best.distance:.3f}, {relation} the threshold of {self.threshold:.3f}"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def rank(query: np.ndarray, symbols: Sequence[np.ndarray], threshold: float) -> Ranking:
    """The ranking of symbols by the distance of the query (d,) to the mean of each symbol's examples (n, d).

    With one example, the distance is that of the pair. The mean of several examples lies nearer to everything than
    the examples do, so that a symbol with more examples has a small advantage. Symbols at equal distances keep their
    order.

    Args:
        query: (d,), an embedding.
        symbols: the embeddings (n, d) of each symbol's examples, n of its own.
        threshold: the distance up to which the query is recognised.

    Raises:
        ValueError: no symbol, a symbol without examples, or shapes that do not fit.

    Example:
        >>> import numpy as np
        >>> from siamese import Verifier, rank
        >>> from siamese.imaging import pens
        >>> rng = np.random.default_rng(0)
        >>> verifier = Verifier.load()
        >>> symbols = [verifier.embed(np.stack([pens.image(digit, rng) for _ in range(3)])) for digit in (3, 7)]
        >>> query = verifier.embed(pens.image(7, rng)[None])[0]
        >>> rank(query, symbols, verifier.threshold).best.index
        1
    """
    query = np.asarray(query, np.float64)
    if query.ndim != 1 or not len(symbols):
        raise ValueError("ranking needs a query (d,) and at least one symbol")
    candidates = []
    for index, examples in enumerate(symbols):
        examples = np.asarray(examples, np.float64)
        if examples.ndim != 2 or not len(examples) or examples.shape[1] != len(query):
            raise ValueError(f"symbol {index} needs examples of shape (n, {len(query)}), got {examples.shape}")
        distances = np.linalg.norm(examples - query, axis=1)  # (n,)
        prototype = examples.mean(0)
        candidates.append(Candidate(index, float(np.linalg.norm(prototype - query)), distances))
    return Ranking(tuple(sorted(candidates, key=lambda candidate: candidate.distance)), float(threshold))
