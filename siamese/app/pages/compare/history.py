"""The history of what one session has compared: the newest last, and bounded.

An entry is one pair by one model. While a drawing grows on its canvas, or the threshold is moved, its entry is
replaced, so that one drawing does not flood the history. A cleared canvas starts another drawing.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from siamese.app.words import decision
from siamese.serving.verifier import Verification
from siamese.spreadsheets import cell

MAX_ENTRIES = 24
COLUMNS = (
    "comparison",
    "left",
    "left_digit",
    "right",
    "right_digit",
    "model",
    "distance",
    "threshold",
    "verdict",
    "probability_same",
    "truth",
    "guess",
)


@dataclass(frozen=True)
class ComparedDigit:
    """One side of a comparison.

    Attributes:
        identity: equal as long as this is the same drawing, sample or upload.
        image: (28, 28) uint8, framed as MNIST.
        caption: what it is, in plain words.
        digit: of a sample; None where nobody knows it.
        snapshot: what puts it back on its side; this module does not look into it.
    """

    identity: Hashable
    image: np.ndarray = field(repr=False, compare=False)
    caption: str = ""
    digit: int | None = None
    snapshot: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Entry:
    """One comparison.

    Attributes:
        number: counts from 1 in a session.
        model: the network's name.
        title: the network's name as people read it.
        guess: whether the person called it the same digit before the network did; None where nobody guessed.
    """

    number: int
    left: ComparedDigit
    right: ComparedDigit
    model: str
    title: str
    distance: float
    threshold: float
    is_same: bool
    probability_same: float
    guess: bool | None = None

    @property
    def label(self) -> bool | None:
        """Whether both show the same digit, or None where nobody knows."""
        if self.left.digit is None or self.right.digit is None:
            return None
        return self.left.digit == self.right.digit

    def is_of(self, other: Entry) -> bool:
        """Whether both entries are of one pair, which may have grown, and one model."""
        mine = self.left.identity, self.right.identity, self.model
        return mine == (other.left.identity, other.right.identity, other.model)

    def shows(self, other: Entry) -> bool:
        """Whether both entries are of one model and show the same images."""
        return (
            self.model == other.model
            and np.array_equal(self.left.image, other.left.image)
            and np.array_equal(self.right.image, other.right.image)
        )


class History:
    """The recent comparisons.

    Attributes:
        entries: at most `MAX_ENTRIES`, the oldest first.
        current: the number of the one on the screen, or 0.
    """

    def __init__(self) -> None:
        """Starts an empty history."""
        self.entries: tuple[Entry, ...] = ()
        self.current = 0
        self._last = 0

    def record(
        self,
        left: ComparedDigit,
        right: ComparedDigit,
        model: str,
        title: str,
        result: Verification,
        guess: bool | None,
    ) -> Entry:
        """The entry of a comparison, which is now the current one; it is a new entry only where the pair is new."""
        found = Entry(
            self._last + 1,
            left,
            right,
            model,
            title,
            result.distance,
            result.threshold,
            result.is_same,
            result.probability_same,
            guess,
        )
        before = self._entry_before(found)
        if before is None:
            self._last = found.number
            self.entries = (*self.entries, found)[-MAX_ENTRIES:]
        else:
            found = _continued(before, found)
            self.entries = tuple(found if entry is before else entry for entry in self.entries)
        self.current = found.number
        return found

    def _entry_before(self, found: Entry) -> Entry | None:
        """The entry that `found` takes the place of, or None."""
        newest_first = self.entries[::-1]
        # An entry of the pair itself comes first: two drawings that look alike are still two.
        of_the_pair = (entry for entry in newest_first if entry.is_of(found))
        of_its_look = (entry for entry in newest_first if entry.shows(found))
        return next(itertools.chain(of_the_pair, of_its_look), None)

    def entry(self, number: int) -> Entry | None:
        """The entry of this number, or None where it has gone."""
        return next((entry for entry in self.entries if entry.number == number), None)


def _continued(before: Entry, found: Entry) -> Entry:
    """The entry `found` in the place of `before`."""
    guess = before.guess if found.guess is None else found.guess
    if before.is_of(found):
        return replace(found, number=before.number, guess=guess)
    # Put back on the page: it keeps its drawings' identity, so that another stroke starts an entry of its own.
    return replace(found, number=before.number, guess=guess, left=before.left, right=before.right)


def csv_text(entries: Sequence[Entry]) -> str:
    """The comparisons as CSV, with a heading; no cell can be taken for a formula by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(
            [
                entry.number,
                cell(entry.left.caption),
                "" if entry.left.digit is None else entry.left.digit,
                cell(entry.right.caption),
                "" if entry.right.digit is None else entry.right.digit,
                cell(entry.title),
                f"{entry.distance:.6f}",
                f"{entry.threshold:.6f}",
                verdict_word(entry.is_same),
                f"{entry.probability_same:.6f}",
                verdict_word(entry.label),
                verdict_word(entry.guess),
            ]
        )
    return buffer.getvalue()


def verdict_word(is_same: bool | None) -> str:
    """One word for a verdict, a label or a guess; "" where there is none."""
    return "" if is_same is None else decision(is_same).word
