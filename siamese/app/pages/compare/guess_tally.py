"""A person guesses before the network speaks: how often each was right, per pair split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from siamese.data.splits import SPLITS

DRAWN = "drawn"  # pairs of which nobody knows the truth
ROWS = (*SPLITS, DRAWN)


@dataclass(frozen=True)
class Count:
    """Of `pairs`, how often both said the same; and how often each was right, where that can be known."""

    pairs: int = 0
    agreed: int = 0
    person: int = 0
    network: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.pairs + other.pairs,
            self.agreed + other.agreed,
            self.person + other.person,
            self.network + other.network,
        )


@dataclass(frozen=True)
class Tally:
    """Counts by row of `ROWS`, the empty ones left out, and the networks that were asked."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()

    def with_guess(self, row: str, said: bool, network_said: bool, truth: bool | None, network: str) -> Tally:
        """This tally and one more pair.

        Args:
            row: the split that the pair was sampled from, or `DRAWN`.
            said, network_said: whether each called it the same digit.
            truth: whether it is; None where nobody knows.

        Raises:
            ValueError: an unknown row, or a truth that does not go with it.
        """
        if row not in ROWS or (truth is None) != (row == DRAWN):
            raise ValueError(f"{row!r} with truth {truth!r}")
        one = Count(1, int(said == network_said), int(said == truth), int(network_said == truth))
        return self + Tally({row: one}, frozenset([network]))

    def __add__(self, other: Tally) -> Tally:
        both = {row: self.row(row) + other.row(row) for row in ROWS}
        return Tally({row: count for row, count in both.items() if count.pairs}, self.networks | other.networks)

    def row(self, row: str) -> Count:
        """The count of one row, empty where nothing was guessed."""
        return self.counts.get(row, Count())

    @property
    def known(self) -> Count:
        """All pairs whose truth is known."""
        return sum((self.row(split) for split in SPLITS), Count())

    @property
    def pairs(self) -> int:
        """How many pairs were guessed."""
        return self.known.pairs + self.row(DRAWN).pairs


def pair_split(left: str, right: str) -> str:
    """The split of a pair whose sides were sampled from these splits: theirs, or mixed, which holds all digits."""
    return left if left == right else "mixed"
