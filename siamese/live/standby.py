"""A training process on standby: it loads its library while a visitor still chooses, before anyone has pressed Start.

There is one at most, and none beside a training. It ends when all visitors who might want it have left, when nobody has
used the page for some minutes, when it has waited for long, and when it takes too much memory. If anything goes wrong
with it, trainings can be started without it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from siamese.errors import TrainingFailed
from siamese.live import memory
from siamese.live.process import WORKER, Process
from siamese.live.supervisor import Limits

IDLE = 300.0  # seconds without a visit after which the process ends
LONGEST = 1500.0  # seconds; before the process ends by itself
RETRY = 300.0  # seconds without a new process after one that went wrong
_TICK = 0.5
_log = logging.getLogger("siamese.live")


@dataclass
class _Visitor:
    """A visitor whose page may want the process: whether still there, and when this was last true."""

    present: Callable[[], bool]
    last_present: float


class Standby:
    """The process on standby, if there is one. Its thread lives as long as the process waits."""

    def __init__(
        self,
        command: Sequence[str] = WORKER,
        limits: Limits | None = None,
        idle: float = IDLE,
        grace: float = 15.0,
        delay: float = 1.5,
    ) -> None:
        """A standby without a process; the first visit starts one.

        Args:
            idle: seconds without a visit after which the process ends.
            grace: seconds for which the last visitor may be away.
            delay: seconds from a visit to the start: a visitor who leaves at once costs nothing.
        """
        self._command, self._limits = tuple(command), limits or Limits()
        self._idle, self._grace, self._delay = idle, grace, delay
        self._lock = threading.Lock()
        self._visitors: dict[Hashable, _Visitor] = {}
        self._process: Process | None = None
        self._thread: threading.Thread | None = None
        self._coming = False  # whether one is to be started after the delay
        self._started = self._last_visit = self._last_wanted = 0.0
        self._retry_at = 0.0
        self._closed = threading.Event()

    @property
    def waiting(self) -> Process | None:
        """The process that waits, or None; it may end or be taken at any time."""
        return self._process

    @property
    def busy(self) -> bool:
        """Whether a process waits, or is about to be started or ended."""
        return self._thread is not None

    @property
    def visitors(self) -> int:
        """How many visitors may want the process."""
        return len(self._visitors)

    @property
    def retry_at(self) -> float:
        """The time, of `time.monotonic`, before which no process is started; 0 when none has gone wrong."""
        return self._retry_at

    def visit(self, visitor: Hashable, present: Callable[[], bool]) -> None:
        """Starts a process after the delay, if none waits; never fails. To be called whenever a page is shown or used.

        Args:
            present: whether the visitor is still there; called from another thread.
        """
        now = time.monotonic()
        with self._lock:
            self._visitors[visitor] = _Visitor(present, now)
            self._last_visit = self._last_wanted = now
            may_start = now >= self._retry_at and not self._closed.is_set()
            if self._thread is None and may_start and memory.has_room():
                self._coming = True
                self._thread = threading.Thread(target=self._work, name="live-standby", daemon=True)
                self._thread.start()

    def leave(self, visitor: Hashable) -> None:
        """Forgets a visitor, who looks at another page."""
        with self._lock:
            self._visitors.pop(visitor, None)

    def take(self) -> Process | None:
        """The process that waits, which the caller must end; None where none waits."""
        with self._lock:
            process, self._process = self._process, None
            self._coming = False
        if process is not None and process.ended:
            process.end()
            return None
        return process

    def close(self) -> None:
        """Ends the process, and starts no other."""
        self._closed.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(10)

    def _work(self) -> None:
        """Starts a process after the delay, and watches it."""
        self._closed.wait(self._delay)
        process = None
        with self._lock:
            # A training that was requested meanwhile has started a process of its own.
            if self._coming and self._visitors and not self._closed.is_set():
                try:
                    self._process = process = Process(self._command)
                except TrainingFailed:
                    self._retry_at = time.monotonic() + RETRY
            self._started = time.monotonic()
        if process is not None:
            self._watch(process)
        with self._lock:
            self._thread = None

    def _watch(self, process: Process) -> None:
        """Ends the process when it is not wanted any more; returns, too, when it was taken."""
        while True:
            closed = self._closed.wait(_TICK)
            wanted = self._is_wanted()
            with self._lock:
                taken = self._process is not process
                if taken or closed or not wanted or self._went_wrong(process):
                    self._process = None
                    break
        if not taken:
            process.end()

    def _is_wanted(self) -> bool:
        """Whether the process should wait on; visitors who have been away for too long are forgotten."""
        now = time.monotonic()
        with self._lock:
            visitors = dict(self._visitors)
        for key, visitor in visitors.items():
            if visitor.present():
                visitor.last_present = now
            elif now - visitor.last_present > self._grace:
                self.leave(key)
        with self._lock:
            if self._visitors:
                self._last_wanted = now
            return (
                now - self._last_wanted <= self._grace
                and now - self._last_visit <= self._idle
                and now - self._started < LONGEST
            )

    def _went_wrong(self, process: Process) -> bool:
        """Whether the process has ended or takes too much memory; then none is started for a while."""
        if not process.ended and process.memory <= self._limits.memory * memory.MEGABYTE:
            return False
        _log.warning("the process that waits for a training ended, or took too much memory")
        self._retry_at = time.monotonic() + RETRY
        return True
