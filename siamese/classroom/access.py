"""Who may reach a room, and how it is changed: what all parts of `Store` stand on."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from siamese.classroom import codes, limits
from siamese.classroom.backend import Backend, Transaction
from siamese.classroom.records import Head
from siamese.errors import NotTheTeacher, RoomNotFound

T = TypeVar("T")
SWEEP_S = 60.0
_GONE = "There is no room with this code, or it has been closed. Look at the screen again."
_NOT_YOURS = "Only the one who opened this room can do that."


class Access:
    """Rooms in a backend, reached by those who may."""

    def __init__(
        self,
        backend: Backend,
        clock: Callable[[], float] = time.time,
        guard: limits.Guard | None = None,
        max_rooms: int = limits.ROOMS,
    ) -> None:
        """Rooms in `backend`, by a `clock` in seconds since 1970."""
        self.backend, self.clock = backend, clock
        self.guard = limits.Guard() if guard is None else guard
        self._max_rooms = max_rooms
        self._swept = -math.inf
        self._sweeping = threading.Lock()

    def _head(self, code: object) -> Head:
        """The head of a room that is alive, in one read."""
        self._sweep()
        kept = self.backend.head(code) if isinstance(code, str) and len(code) == codes.CODE_LENGTH else None
        head = None if kept is None else Head.from_bytes(kept)
        if head is None or self.clock() >= head.used + limits.LIFETIME_S:
            raise RoomNotFound(_GONE)
        return head

    def _steered(self, code: str, secret: str) -> Head:
        head = self._head(code)
        if not codes.is_secret(secret, head.secret):
            raise NotTheTeacher(_NOT_YOURS)
        return head

    def _steer(self, code: str, secret: str, decide: Callable[[Transaction], T]) -> T:
        self._steered(code, secret)

        def checked(transaction: Transaction) -> T:
            if not codes.is_secret(secret, transaction.head.secret):  # a new one was made just now
                raise NotTheTeacher(_NOT_YOURS)
            return decide(transaction)

        return self._change(code, checked)

    def _change(self, code: str, decide: Callable[[Transaction], T], is_use: bool = True) -> T:
        """What `decide` returns, its changes made under a new revision; to use a room keeps it for two hours more."""
        missing = True

        def revised(transaction: Transaction) -> T:
            nonlocal missing
            missing = False
            result = decide(transaction)
            if is_use:
                used, revision = max(self.clock(), transaction.head.used), transaction.head.revision + 1
                transaction.head = replace(transaction.head, used=used, revision=revision)
            return result

        result = self.backend.change(code, limits.LIFETIME_S, revised)
        if missing:
            raise RoomNotFound(_GONE)
        return cast(T, result)

    def _sweep(self, at_once: bool = False) -> None:
        """Removes expired rooms: at most once a minute, but before a room is opened."""
        now = self.clock()
        with self._sweeping:
            if not at_once and 0 <= now - self._swept < SWEEP_S:
                return
            self._swept = now
        self.backend.sweep(now)
