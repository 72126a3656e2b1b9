"""What one session has compared, the newest last: bounded, and not flooded by a drawing that grows.

One comparison is one pair under one model. While a drawing grows on its canvas, or the threshold is
moved, its entry is replaced. A cleared canvas starts another drawing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from siamese.app.words import decision
from siamese.serving.verifier import Verification

MAX_ENTRIES = 24
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
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
class Part:
    """One side of a comparison.

    Attributes:
        identity: stays while this is the same drawing, sample or upload.
        image: (28, 28) uint8, framed as MNIST.
        label: what it is, in plain words.
        digit: of a sample; None where nobody knows it.
        held: what brings it back; this module does not look into it.
    """

    identity: Hashable
    image: np.ndarray = field(repr=False, compare=False)
    label: str = ""
    digit: int | None = None
    held: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Entry:
    """One comparison.

    Attributes:
        number: counts from 1 in a session.
        model: the network's name; `title` as people read it.
        guess: whether the person called it the same digit before the network spoke; None if nobody was asked.
    """

    number: int
    left: Part
    right: Part
    model: str
    title: str
    distance: float
    threshold: float
    is_same: bool
    probability_same: float
    guess: bool | None = None

    @property
    def truth(self) -> bool | None:
        """Whether it is the same digit, or None where nobody knows."""
        if self.left.digit is None or self.right.digit is None:
            return None
        return self.left.digit == self.right.digit

    def is_of(self, other: Entry) -> bool:
        """Whether both are about one pair, which may have grown, and one model."""
        return _about(self) == _about(other)

    def shows(self, other: Entry) -> bool:
        """Whether both show one pair as it is, to one model."""
        return (
            self.model == other.model
            and np.array_equal(self.left.image, other.left.image)
            and np.array_equal(self.right.image, other.right.image)
        )


def _about(entry: Entry) -> tuple:
    return entry.left.identity, entry.right.identity, entry.model


class Journey:
    """The recent comparisons.

    Attributes:
        entries: at most `MAX_ENTRIES`, the oldest first.
        current: the number of the one on the screen, or 0.
    """

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()
        self.current = 0
        self._last = 0

    def note(self, left: Part, right: Part, model: str, title: str, result: Verification, guess: bool | None) -> Entry:
        """Take down what is on the screen; its entry, which is new only where the pair is."""
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
        # First of all its own entry: two drawings of one look are still two.
        for before in sorted(self.entries, key=lambda entry: (not entry.is_of(found), -entry.number)):
            if before.is_of(found):
                found = replace(found, number=before.number, guess=before.guess if guess is None else guess)
            elif before.shows(found):
                # Brought back: it keeps what it was, so that a stroke upon it starts an entry of its own.
                found = replace(
                    found,
                    number=before.number,
                    left=before.left,
                    right=before.right,
                    guess=before.guess if guess is None else guess,
                )
            else:
                continue
            self.entries = tuple(found if entry.number == found.number else entry for entry in self.entries)
            break
        else:
            self._last = found.number
            self.entries = (*self.entries, found)[-MAX_ENTRIES:]
        self.current = found.number
        return found

    def entry(self, number: int) -> Entry | None:
        """The entry of this number, or None where it has gone."""
        return next((entry for entry in self.entries if entry.number == number), None)


def csv_text(entries: Sequence[Entry]) -> str:
    """The comparisons as CSV, with a heading; no cell can be taken for a formula by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(
            [
                entry.number,
                _cell(entry.left.label),
                "" if entry.left.digit is None else entry.left.digit,
                _cell(entry.right.label),
                "" if entry.right.digit is None else entry.right.digit,
                _cell(entry.title),
                f"{entry.distance:.6f}",
                f"{entry.threshold:.6f}",
                verdict_word(entry.is_same),
                f"{entry.probability_same:.6f}",
                verdict_word(entry.truth),
                verdict_word(entry.guess),
            ]
        )
    return buffer.getvalue()


def verdict_word(is_same: bool | None) -> str:
    """One word for a verdict, a truth or a guess; nothing where there is none."""
    return "" if is_same is None else decision(is_same).word


def _cell(text: str) -> str:
    # The apostrophe is the spreadsheets' own sign for text.
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
