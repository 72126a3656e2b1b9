"""A page's state as the parameters of a link, and back. A link may come from anyone: each part is checked.

What cannot be read is left out, and said in plain words; nothing that a link holds can stop a page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast
from urllib.parse import quote_plus, unquote, urlencode

import numpy as np

from siamese.errors import SiameseError
from siamese.imaging import strokes

MAX_VALUE = 1600  # characters of one parameter
MAX_INDEX = 70_000
EXAMPLE = 300  # characters of one example of a symbol: twelve fit into the 8,000 that servers in between let through
NO_DIGITS = "none"
ON = "1"
COPIED = "“Copy link” writes"
SOURCES = {"m": "mnist", "p": "pens"}
_LETTERS = {source: letter for letter, source in SOURCES.items()}
_DRAWN = "d"
_SAFE = "~-_."
Read = TypeVar("Read")
Read_co = TypeVar("Read_co", covariant=True)


class Parser(Protocol[Read_co]):
    """Makes something of a parameter's text, and says what that text may be.

    Attributes:
        allowed: what goes after "it may be", in plain words.
    """

    allowed: str

    def __call__(self, text: str, /) -> Read_co:
        """The value, of a text that is allowed."""


def allowing(allowed: str) -> Callable[[Callable[[str], Read]], Parser[Read]]:
    """Makes a parser of a function of the text, which raises ValueError or a SiameseError for what it cannot take."""

    def named(parse: Callable[[str], Read]) -> Parser[Read]:
        parser = cast(Parser[Read], parse)
        parser.allowed = allowed
        return parser

    return named


def either(options: Collection[str]) -> str:
    """The options as words: "a, b or c"."""
    *others, last = options
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True)
class Sample:
    """One of the digits to sample from: of which `SOURCES`, and its number there."""

    source: str
    index: int


class Reader:
    """Reads the parameters of a link one by one.

    Attributes:
        notices: for each parameter that was left out, a sentence.
    """

    def __init__(self, query: Mapping[str, Sequence[str]]) -> None:
        """Args: `query` maps each parameter to all the values that the link gives it."""
        self._query = query
        self.notices: list[str] = []

    def get(self, key: str, what: str, parse: Parser[Read]) -> Read | None:
        """What `parse` makes of the parameter `key`, or None where it is absent or unreadable.

        Args:
            what: the parameter in plain words, for the notice.
        """
        values = self._query.get(key)
        if not values:
            return None
        try:
            # Of a parameter given twice nobody can say which was meant.
            if len(values) > 1 or len(values[0]) > MAX_VALUE:
                raise ValueError(key)
            return parse(values[0])
        except (ValueError, SiameseError):
            self.notices.append(f"The link's {what} could not be used and was left out: it may be {parse.allowed}.")
            return None


def one_of(options: Collection[str]) -> Parser[str]:
    """A parser that takes one of `options` and nothing else."""

    @allowing(either(options))
    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return parse


def number(low: float, high: float) -> Parser[float]:
    """A parser of a finite decimal number from `low` to `high`."""

    @allowing(f"a number between {low:.4g} and {high:.4g}")
    def parse(text: str) -> float:
        if len(text) > 24:
            raise ValueError(text)
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(text)
        return value

    return parse


def whole(low: int, high: int) -> Parser[int]:
    """A parser of a whole number from `low` to `high`, written in plain digits."""

    @allowing(f"{low} or {high}" if high - low == 1 else f"a whole number between {low} and {high}")
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return parse


@allowing(ON)
def flag(text: str) -> bool:
    """True for the one text that switches something on; to leave it off is to leave it out."""
    if text != ON:
        raise ValueError(text)
    return True


def digits_text(digits: Collection[int]) -> str:
    """A set of digits as text, such as "0189"; no digit has a word, since an empty parameter is left out."""
    return "".join(map(str, sorted(set(digits)))) or NO_DIGITS


@allowing(f"digits, each once, such as 0189, or “{NO_DIGITS}”")
def digits(text: str) -> list[int]:
    """The set of digits that `digits_text` wrote."""
    if not text or text == NO_DIGITS:
        return []
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and len(set(text)) == len(text)):
        raise ValueError(text)
    return sorted(map(int, text))


def side_text(side: Sample | strokes.Strokes) -> str:
    """One side of a pair: a sample by its number, a drawing by its strokes.

    Raises:
        InvalidDrawing: the drawing is too long for a link.
    """
    if isinstance(side, Sample):
        return f"{_LETTERS[side.source]}{side.index}"
    return _DRAWN + strokes.encode(side)


@allowing(f"what {COPIED}: a drawing, or a sample such as m0")
def side(text: str) -> Sample | list[np.ndarray]:
    """The sample or the drawing that `side_text` wrote."""
    kind, rest = text[:1], text[1:]
    if kind == _DRAWN:
        return strokes.decode(rest)
    if kind in SOURCES:
        return Sample(SOURCES[kind], whole(0, MAX_INDEX)(rest))
    raise ValueError(text)


def support_set_texts(symbols: Sequence[tuple[str, Sequence[strokes.Strokes]]], limit: int = 4500) -> list[str]:
    """For each named symbol its text, with as many examples as fit into `limit` characters of an address in all.

    The first example of each has the right of way.

    Raises:
        InvalidDrawing: a first example is too long for a link.
    """
    texts = [symbol_text(name, examples[:1]) for name, examples in symbols]
    for place in range(1, max((len(examples) for _, examples in symbols), default=0)):
        for number, (_, examples) in enumerate(symbols):
            if place < len(examples):
                longer = f"{texts[number]}~{strokes.encode(examples[place], limit=EXAMPLE)}"
                others = [*texts[:number], *texts[number + 1 :]]
                if sum(map(_length, [*others, longer])) <= limit and len(longer) <= MAX_VALUE:
                    texts[number] = longer
    return texts


def symbol_text(name: str, examples: Sequence[strokes.Strokes]) -> str:
    """A named symbol with its drawn examples."""
    # A tilde divides here. Other letters are quoted once, by the address itself: twice makes Arabic names half as long
    # again.
    title = name.replace("%", "%25").replace("~", "%7E")
    return "~".join([title, *(strokes.encode(example, limit=EXAMPLE) for example in examples)])


@allowing(f"what {COPIED}: a name and drawings")
def symbol(text: str) -> tuple[str, list[list[np.ndarray]]]:
    """The name and the examples that `symbol_text` wrote; there is at least one example."""
    name, *examples = text.split("~")
    drawn = [strokes.decode(example) for example in examples]
    if not drawn or not all(drawn):
        raise ValueError(text)
    return unquote(name, errors="strict"), drawn


def query_text(parameters: Mapping[str, str]) -> str:
    """The part of a URL after its question mark; empty parameters are left out."""
    return urlencode({key: value for key, value in parameters.items() if value != ""}, safe=_SAFE)


def _length(text: str) -> int:
    """How many characters of an address a parameter's text takes."""
    return len(quote_plus(text, safe=_SAFE))
