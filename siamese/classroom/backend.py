"""What a store of rooms must be able to do: keep fields by room and collection, and change one room as a whole.

A room is a head (bytes, with a revision and a time of expiry beside it), collections of fields (text to bytes), and a
log: for each drawing the revision of its last change. What these mean is `Store`'s concern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from siamese.classroom.records import Head

#: All collections that a room may have.
COLLECTIONS = ("pupils", "tokens", "sent", "drawings", "strokes", "embeddings", "votes")

T = TypeVar("T")


class Reader(Protocol):
    """Reads one room."""

    def get(self, collection: str, field: str) -> bytes | None:
        """A field's value, or None."""

    def many(self, collection: str, fields: Iterable[str]) -> dict[str, bytes]:
        """Those of `fields` that there are."""

    def all(self, collection: str) -> dict[str, bytes]:
        """All fields of a collection."""


class Transaction:
    """Changes of one room, gathered, and applied by the backend all together or not at all.

    What is read is the room before the changes.
    """

    def __init__(self, reader: Reader, head: Head) -> None:
        """No changes yet; `head` may be replaced."""
        self.read = reader
        self.head = head
        self.fields: dict[tuple[str, str], bytes | None] = {}  # None removes
        self.cleared: set[str] = set()  # collections that are emptied first
        self.logged: set[int] = set()  # drawings
        self.is_purge = False  # whether what is removed must leave the disk now

    def put(self, collection: str, field: str, value: bytes) -> None:
        """Sets a field."""
        self.fields[collection, field] = value

    def remove(self, collection: str, field: str) -> None:
        """Removes a field, if there is one."""
        self.fields[collection, field] = None

    def clear(self, collection: str) -> None:
        """Empties a collection."""
        self.cleared.add(collection)


class Backend(Protocol):
    """Keeps rooms; safe to share between threads. Raises RoomsUnavailable where it cannot be reached.

    Rooms whose time is over may be kept or gone: `Store` looks at the time itself.
    """

    def create(self, code: str, head: Head, expires: float, now: float, most: int) -> bool:
        """Makes a room; False where the code is taken. Raises TooManyRooms where `most` rooms are alive."""

    def head(self, code: str) -> bytes | None:
        """A room's head, in one read by its key; None for no room."""

    def reader(self, code: str) -> Reader:
        """Reads a room, without a transaction."""

    def changed(self, code: str, revision: int) -> list[int]:
        """Drawings whose last change is later than `revision`, in order of their numbers."""

    def change(self, code: str, lifetime: float, decide: Callable[[Transaction], T]) -> T | None:
        """Applies what `decide` gathers, atomically, and returns what it returns; None where there is no room.

        `decide` may be called again where another change came between. Where it raises, nothing is changed. A head
        that it replaced is kept, and the room expires `lifetime` seconds after the head's `used`.
        """

    def delete(self, code: str) -> None:
        """Removes all of a room at once, and its traces."""

    def sweep(self, now: float) -> None:
        """Removes rooms whose time is over."""
