"""Which pair of a class's drawings is voted on next; *same* and *different* come at even odds, where there are both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from siamese.classroom.records import Drawing
from siamese.evaluation.hardest_pairs import HardPair


def random_pair(
    drawings: Sequence[Drawing], played: Collection[frozenset[int]], rng: np.random.Generator
) -> tuple[int, int] | None:
    """The numbers of two drawings that have not been a pair yet; None where no two are left.

    Args:
        played: the pairs that were voted on, as numbers of drawings.
    """
    digits = np.array([drawing.digit for drawing in drawings], int)
    same = digits[:, None] == digits[None]
    for is_same in rng.permutation([True, False]):
        places = np.argwhere(np.triu(same == is_same, 1))  # (n, 2)
        for place in rng.permutation(len(places))[: len(played) + 1]:
            left, right = (drawings[k].number for k in rng.permutation(places[place]))
            if frozenset((left, right)) not in played:
                return left, right
    return None


def hardest_pair(
    hard: Mapping[bool, Sequence[HardPair]], played: Collection[frozenset[int]], rng: np.random.Generator
) -> tuple[int, int] | None:
    """The numbers of the hardest pair that has not been voted on yet; None where none is left.

    Drawings that were in no round go before others: one odd drawing is in many hard pairs.

    Args:
        hard: by `is_same` the pairs that a model gets wrong, hardest first, as `figures.hardest` gives them.
        played: as in `random_pair`.
    """
    met = {number for pair in played for number in pair}
    kinds = [hard[bool(is_same)] for is_same in rng.permutation([True, False])]
    for allowed in (frozenset[int](), met):  # drawings that may come again
        for pairs in kinds:
            for pair in pairs:
                numbers = frozenset((pair.left, pair.right))
                if numbers not in played and numbers & met <= allowed:
                    return pair.left, pair.right
    return None
