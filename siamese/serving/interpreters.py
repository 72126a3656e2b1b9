"""A pool of LiteRT interpreters: each serves one thread at a time, and idle ones are kept for the next.

After a burst of requests the pool shrinks again, because each interpreter holds some nine megabytes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

IDLE_SECONDS = 60.0


class InterpreterPool:
    """Interpreters that wait for work; safe to share between threads."""

    def __init__(self, size: int, idle_seconds: float = IDLE_SECONDS) -> None:
        """An empty pool.

        Args:
            size: so many idle interpreters stay for good; beyond it those go that were not used for `idle_seconds`.
        """
        self.size, self.idle_seconds = size, idle_seconds
        self._lock = threading.Lock()
        self._idle: deque[tuple[float, Any]] = deque()  # with the time of last use, the latest at the right
        self._shrinking = False

    def __len__(self) -> int:
        """How many interpreters are idle."""
        return len(self._idle)

    @contextmanager
    def lease(self, create: Callable[[], Any]) -> Iterator[Any]:
        """An interpreter that no other thread uses while the block runs; `create` makes it where none is idle."""
        interpreter = self.take()
        if interpreter is None:
            interpreter = create()
        try:
            yield interpreter
        finally:
            self.put(interpreter)

    def take(self) -> Any | None:
        """The idle interpreter that was used last, which leaves the pool, or None."""
        with self._lock:
            return self._idle.pop()[1] if self._idle else None

    def put(self, interpreter: Any) -> None:
        """Puts an interpreter into the pool."""
        with self._lock:
            self._idle.append((time.monotonic(), interpreter))
            self._shrink_later()

    def shrink(self) -> None:
        """Drops the interpreters beyond `size` that were idle for `idle_seconds`."""
        with self._lock:
            self._shrinking = False
            while len(self._idle) > self.size and time.monotonic() - self._idle[0][0] >= self.idle_seconds:
                self._idle.popleft()
            self._shrink_later()

    def _shrink_later(self) -> None:
        if self._shrinking or len(self._idle) <= self.size:
            return
        # A timer, since a class may leave all at once and no further request come.
        timer = threading.Timer(self.idle_seconds, self.shrink)
        timer.name, timer.daemon = "idle-interpreters", True
        try:
            timer.start()
            self._shrinking = True
        except RuntimeError:  # no more threads just now; the next interpreter that is put back tries again
            pass
