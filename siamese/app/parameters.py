"""The parameters of an address: each binds a key to something that the session holds.

A page lists its own, see `address.Address`. Texts and their parsers are in `links`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from siamese.app import session
from siamese.app.links import Parser, Reader

Value = TypeVar("Value")
Written = tuple[dict[str, str], str]  # key -> text; and what a link cannot hold, in words that go on from "Copied"


class Entry(Protocol):
    """What an address holds of one thing."""

    def read(self, reader: Reader) -> None:
        """Take over what a link says of it."""

    def write(self) -> Written:
        """What the address says of it now; an empty text is left out."""


@dataclass(frozen=True, eq=False)
class Parameter(Generic[Value]):
    """One parameter.

    Attributes:
        key: its name in the address.
        words: what it is, in plain words, for the notice where it cannot be read.
        parse: makes a value of its text. text: the reverse.
        get, set: reach the value in the session.
        default: what is left out of the address.
    """

    key: str
    words: str
    parse: Parser[Value]
    get: Callable[[], Any]
    set: Callable[[Value], None]
    default: Any = None
    text: Callable[[Any], str] = str

    def read(self, reader: Reader) -> None:
        """Set the value that a link gives, if it gives one that can be used."""
        value = reader.get(self.key, self.words, self.parse)
        if value is not None:
            self.set(value)

    def write(self) -> Written:
        """The value's text, empty for the default."""
        value = self.get()
        return {self.key: "" if value == self.default else self.text(value)}, ""


@dataclass(frozen=True, eq=False)
class Group:
    """Parameters that are read and written together, by two functions."""

    read: Callable[[Reader], None]
    write: Callable[[], Written]


def bound(
    key: str, words: str, parse: Parser[Any], kind: type, name: str, text: Callable[[Any], str] = str
) -> Parameter[Any]:
    """A parameter that holds the field `name` of the session's dataclass `kind`; that one's default is left out."""

    def put(value: Any) -> None:
        setattr(session.of(kind), name, value)

    return Parameter(key, words, parse, lambda: getattr(session.of(kind), name), put, getattr(kind(), name), text)


def only_if(condition: Callable[[], bool], entries: Sequence[Entry]) -> Group:
    """What another page reads and this one writes, too, while `condition` holds."""
    return Group(lambda reader: None, lambda: written(entries) if condition() else ({}, ""))


def written(entries: Sequence[Entry]) -> Written:
    """What all entries write; of what a link cannot hold, the last."""
    parameters: dict[str, str] = {}
    missing = ""
    for entry in entries:
        more, more_missing = entry.write()
        parameters |= more
        missing = more_missing or missing
    return parameters, missing
