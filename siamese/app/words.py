"""Words that stand in more than one place of the interface, and small texts for people."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MAX_NAME = 24  # characters of a name that a person gives
# Format characters that turn the direction of what follows.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Decision:
    """How one of the two decisions on a pair is put into words.

    Attributes:
        word: one word; the style sheet has a class of this name, too.
        sign: one character.
        digits: what is said of the two digits.
        relation: where the distance lies as seen from the threshold.
    """

    word: str
    sign: str
    digits: str
    relation: str

    @property
    def title(self) -> str:
        """What is said of the two digits, with a capital letter."""
        return self.digits.capitalize()


SAME = Decision("same", "=", "same digit", "within")
DIFFERENT = Decision("different", "≠", "different digits", "beyond")
QUESTION = "Same digit, or different?"


def decision(is_same: bool) -> Decision:
    """The words of the decision *same*, or of *different*."""
    return SAME if is_same else DIFFERENT


def place_words(row: int, column: int) -> str:
    """Where in a picture of 28 × 28 pixels a pixel lies, in plain words; a digit fills the middle 20 pixels."""
    rows = "top" if row < 11 else "bottom" if row > 16 else ""
    columns = "left" if column < 11 else "right" if column > 16 else ""
    found = " ".join(filter(None, (rows, columns)))
    return f"at the {found}" if found else "in the middle"


def clean_name(text: str, most: int = MAX_NAME) -> str:
    """The name on one line of at most `most` characters, without control characters; may be empty."""
    # Zl and Zp are line breaks; Cc and Cs are not text. Format characters (Cf) join emoji, so they stay.
    kept = (
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") else letter
        for letter in text
        if letter not in _TURNING
    )
    return " ".join("".join(kept).split())[:most].strip()
