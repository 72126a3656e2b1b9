"""The figures of the rooms that this server shows: for each room and model a table of distances, in memory.

All screens of a room share its table. A drawing is embedded once, here or by another server of the same store; what
waits for approval is in no figure. Who asks proves by the room's secret that they may.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from siamese.classroom.figures import ClassDistances
from siamese.classroom.records import Changes, Drawing
from siamese.classroom.store import Store
from siamese.errors import ClassroomError, RoomNotFound
from siamese.serving.verifier import Verifier

T = TypeVar("T")
_MOST_BYTES = 128 * 1024**2  # of all tables: twenty of 600 drawings, or five of rooms at all their limits (24 MB each)
_LEAST_BYTES = 4_096  # that a table counts as, so that empty ones are bounded, too
_IDLE_S = 15 * 60.0  # a room that expired, or was closed by another server, is not asked about any more


@dataclass
class _Table:
    """One room's table by one model; `results` holds what was computed of it since it last changed.

    Attributes:
        size: in bytes. asked: when it was last asked about, in seconds of the clock.
    """

    distances: ClassDistances
    asked: float
    revision: int = 0
    size: int = _LEAST_BYTES
    results: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class ClassFigures:
    """The tables of a store's rooms; safe to share between threads."""

    def __init__(
        self, store: Store, most_bytes: int = _MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """No tables yet; beyond `most_bytes` those used longest ago are dropped, and after a while without use all."""
        self._store, self._most_bytes, self._clock = store, most_bytes, clock
        self._tables: OrderedDict[tuple[str, str], _Table] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, code: str, secret: str, verifier: Verifier, what: str, compute: Callable[[ClassDistances], T]) -> T:
        """What `compute` makes of the room's table as it is now.

        Args:
            what: names the result, which is kept until the room's drawings change. `compute` must not keep the table.

        Raises:
            ClassroomError: as `Store.since`; a room that is gone takes its tables along.
        """
        place = code, embedding_key(verifier)
        table = self._table(place, verifier.threshold)
        with table.lock:
            try:
                changes = self._store.since(code, secret, table.revision)
            except RoomNotFound:
                self.drop(code)
                raise
            if changes is not None:
                self._take(table, changes, secret, verifier)
                table.size = _LEAST_BYTES + table.distances.nbytes
            self._bound()
            if what not in table.results:
                table.results[what] = compute(table.distances)
            result: T = table.results[what]
            return result

    def drop(self, code: str) -> None:
        """Forgets a room that was closed."""
        with self._lock:
            for place in [place for place in self._tables if place[0] == code]:
                del self._tables[place]

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._tables)

    def _table(self, place: tuple[str, str], threshold: float) -> _Table:
        with self._lock:
            now = self._clock()
            for idle in [place for place, table in self._tables.items() if now >= table.asked + _IDLE_S]:
                del self._tables[idle]
            table = self._tables.pop(place, None) or _Table(ClassDistances(threshold), now)
            table.asked = now
            self._tables[place] = table
            return table

    def _bound(self) -> None:
        """Drops the tables used longest ago while all are too large, but never the last one."""
        with self._lock:
            while len(self._tables) > 1 and sum(table.size for table in self._tables.values()) > self._most_bytes:
                self._tables.popitem(last=False)

    def _take(self, table: _Table, changes: Changes, secret: str, verifier: Verifier) -> None:
        approved = [drawing for drawing in changes.drawings if drawing.approved]
        if changes.drawings or changes.removed:
            table.results.clear()
        for number in changes.removed:
            table.distances.remove(number)
        new = [drawing for drawing in approved if drawing.number not in table.distances]
        embeddings = self._embeddings(changes.room.code, secret, verifier, new)
        nothing = np.empty(0, np.float32)  # one that is there keeps its own
        for drawing in approved:
            table.distances.put(drawing, embeddings.get(drawing.number, nothing))
        table.revision = changes.room.revision

    def _embeddings(self, code: str, secret: str, verifier: Verifier, drawings: list[Drawing]) -> dict[int, np.ndarray]:
        """The embeddings of drawings by their numbers: those that the room keeps, and the others, kept from now on."""
        key, size = embedding_key(verifier), verifier.card.embedding
        kept = self._store.embeddings(code, secret, key, [drawing.number for drawing in drawings]) if drawings else {}
        found = {number: np.frombuffer(value, np.float32) for number, value in kept.items() if len(value) == 4 * size}
        missing = [drawing for drawing in drawings if drawing.number not in found]
        if missing:
            made = verifier.embed(np.stack([drawing.pixels for drawing in missing]))
            for drawing, embedding in zip(missing, made):
                found[drawing.number] = embedding
                with contextlib.suppress(ClassroomError):  # removed just now, say: to keep it only saves time
                    self._store.put_embedding(code, key, drawing.number, embedding.tobytes())
        return found


def embedding_key(verifier: Verifier) -> str:
    """What a model's embeddings are kept by: another encoder of the same name has another."""
    return f"{verifier.name[:40]}-{verifier.card.raw['files']['encoder.tflite'][:12]}"


@st.cache_resource(show_spinner=False)
def shared(_store: Store) -> ClassFigures:
    """The figures of this server's rooms."""
    return ClassFigures(_store)
