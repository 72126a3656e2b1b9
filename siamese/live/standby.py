"""A training process that waits before anyone has pressed Start: its library is loaded while the visitor still chooses.

There is one at most, and none beside a training. It ends when all who might want it have left, when nobody has used
their page for some minutes, when it has waited for long, and when it takes too much memory. Whatever goes wrong with
it, a training can be started without it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from siamese.errors import TrainingFailed
from siamese.live.process import MEGABYTE, WORKER, Limits, Process

IDLE = 300.0  # seconds without a visit after which nobody seems to want it
LONGEST = 1500.0  # seconds; before the process ends by itself
ROOM = 1500  # megabytes that must be free; the process takes some 800, and 900 to 1,000 when it learns
RETRY = 300.0  # seconds before it is tried again after it went wrong
_TICK = 0.5
_log = logging.getLogger("siamese.live")


@dataclass
class _Visitor:
    """Someone whose page may want the process: whether still there, and when last known to be."""

    present: Callable[[], bool]
    seen: float


class Spare:
    """The process that waits, if one does. Its thread lives as long as it does."""

    def __init__(
        self,
        command: Sequence[str] = WORKER,
        limits: Limits | None = None,
        idle: float = IDLE,
        grace: float = 15.0,
        delay: float = 1.5,
    ) -> None:
        """Nothing waits yet.

        Args:
            idle: seconds without a visit after which the process ends.
            grace: seconds for which the last visitor may be away.
            delay: seconds between a visit and the start: who only passes by costs nothing.
        """
        self._command, self._limits = tuple(command), limits or Limits()
        self._idle, self._grace, self._delay = idle, grace, delay
        self._lock = threading.Lock()
        self._visitors: dict[Hashable, _Visitor] = {}
        self._process: Process | None = None
        self._thread: threading.Thread | None = None
        self._coming = False  # whether one is to be started after the delay
        self._started = self._used = self._wanted = 0.0
        self._not_before = 0.0
        self._over = threading.Event()

    def visit(self, visitor: Hashable, present: Callable[[], bool]) -> None:
        """Lets a process get ready, if none does; never fails. Called whenever a visitor's page is shown or used.

        Args:
            present: whether the visitor is still there; called from another thread.
        """
        now = time.monotonic()
        with self._lock:
            self._visitors[visitor] = _Visitor(present, now)
            self._used = self._wanted = now
            if self._thread is None and now >= self._not_before and not self._over.is_set() and _has_room():
                self._coming = True
                self._thread = threading.Thread(target=self._work, name="live-spare", daemon=True)
                self._thread.start()

    def leave(self, visitor: Hashable) -> None:
        """Forget a visitor, who looks at another page."""
        with self._lock:
            self._visitors.pop(visitor, None)

    def take(self) -> Process | None:
        """The process that waits, which is the caller's from now on; None where none does."""
        with self._lock:
            process, self._process = self._process, None
            self._coming = False
        if process is not None and process.ended:
            process.end()
            return None
        return process

    def close(self) -> None:
        """End the process, and let none follow."""
        self._over.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(10)

    def _work(self) -> None:
        """Starts a process, and watches it."""
        self._over.wait(self._delay)
        process = None
        with self._lock:
            # Whoever has asked for one meanwhile has started it without us.
            if self._coming and self._visitors and not self._over.is_set():
                try:
                    self._process = process = Process(self._command)
                except TrainingFailed:
                    self._not_before = time.monotonic() + RETRY
            self._started = time.monotonic()
        if process is not None:
            self._watch(process)
        with self._lock:
            self._thread = None

    def _watch(self, process: Process) -> None:
        """Ends the process when it is not wanted any more; returns, too, when it was taken."""
        while True:
            over = self._over.wait(_TICK)
            wanted = self._is_wanted()
            with self._lock:
                taken = self._process is not process
                if taken or over or not wanted or self._went_wrong(process):
                    self._process = None
                    break
        if not taken:
            process.end()

    def _is_wanted(self) -> bool:
        now = time.monotonic()
        with self._lock:
            visitors = dict(self._visitors)
        for key, visitor in visitors.items():
            if visitor.present():
                visitor.seen = now
            elif now - visitor.seen > self._grace:
                self.leave(key)
        with self._lock:
            if self._visitors:
                self._wanted = now
            return (
                now - self._wanted <= self._grace and now - self._used <= self._idle and now - self._started < LONGEST
            )

    def _went_wrong(self, process: Process) -> bool:
        if not process.ended and process.memory <= self._limits.memory * MEGABYTE:
            return False
        _log.warning("the process that waits for a training ended, or took too much memory")
        self._not_before = time.monotonic() + RETRY
        return True


def _has_room() -> bool:
    """Whether the machine, or the container, has enough free memory; where that cannot be told, it is taken for so."""
    return all(free >= ROOM * MEGABYTE for free in (_machine_s(), _container_s()) if free is not None)


def _machine_s() -> int | None:
    """Bytes of memory that a new process can have on this machine."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (line,) = (line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None


def _container_s(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Bytes of memory that this container's limit leaves; None without a limit."""
    try:
        limit, used = (int((folder / name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current"))
        # Pages of files that were read count as used, and go when memory is needed.
        stat = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
        return limit - used + int(stat.get("inactive_file", 0))
    except (OSError, ValueError):
        return None
