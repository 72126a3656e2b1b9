"""How often a person who guessed first and the network were right, per pair split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from siamese.data.splits import SPLITS

UNLABELLED = "drawn"  # the row of pairs whose label nobody knows
ROWS = (*SPLITS, UNLABELLED)


@dataclass(frozen=True)
class Count:
    """Counts of guessed pairs.

    Attributes:
        pairs: all of them.
        agreed: those where the person and the network gave one answer.
        person, network: those where each was right; 0 where nobody knows the label.
    """

    pairs: int = 0
    agreed: int = 0
    person: int = 0
    network: int = 0

    def __add__(self, other: Count) -> Count:
        """The sums."""
        return Count(
            self.pairs + other.pairs,
            self.agreed + other.agreed,
            self.person + other.person,
            self.network + other.network,
        )


@dataclass(frozen=True)
class Tally:
    """Counts by row of `ROWS`, without the empty ones, and the names of the networks that were guessed against."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()

    def with_answer(self, row: str, answer: bool, decision: bool, label: bool | None, network: str) -> Tally:
        """This tally with one more pair.

        Args:
            row: the split that the pair was sampled from, or `UNLABELLED`.
            answer: whether the person called it the same digit.
            decision: whether the network did.
            label: whether it is the same digit; None where nobody knows.
            network: its name, as people read it.

        Raises:
            ValueError: an unknown row, or a label that does not go with it.
        """
        if row not in ROWS or (label is None) != (row == UNLABELLED):
            raise ValueError(f"{row!r} with label {label!r}")
        one = Count(1, int(answer == decision), int(answer == label), int(decision == label))
        return self + Tally({row: one}, frozenset([network]))

    def __add__(self, other: Tally) -> Tally:
        """The sums, row by row, and the networks of both."""
        both = {row: self.row(row) + other.row(row) for row in ROWS}
        return Tally({row: count for row, count in both.items() if count.pairs}, self.networks | other.networks)

    def row(self, row: str) -> Count:
        """The count of one row, empty where nothing was guessed."""
        return self.counts.get(row, Count())

    @property
    def labelled(self) -> Count:
        """The count of all pairs whose label is known."""
        return sum((self.row(split) for split in SPLITS), Count())

    @property
    def pairs(self) -> int:
        """How many pairs were guessed."""
        return self.labelled.pairs + self.row(UNLABELLED).pairs


def pair_split(left: str, right: str) -> str:
    """The split of a pair whose sides were sampled from these splits: theirs, or mixed, which holds all digits."""
    return left if left == right else "mixed"
