"""One live training at a time on a server; the others wait in a line, and whoever leaves makes room.

A training belongs to whoever holds its `Job`; nobody else sees more of it than that it takes its turn.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from siamese.errors import QueueFull, TrainingFailed
from siamese.live.model import LiveModel
from siamese.live.process import WORKER, Limits, run, sweep
from siamese.live.progress import Progress
from siamese.live.protocol import EpochResult, Message, Stage
from siamese.live.settings import LiveSettings
from siamese.live.standby import Spare

STATES = ("waiting", "running", "done", "stopped", "failed")
_log = logging.getLogger("siamese.live")
ABANDONED = "The training was ended because its page was closed."


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Attributes:
        state: one of `STATES`.
        ahead: how many trainings come before it, the running one included.
        problem: why it failed, in a sentence.
        model: the network, when it is done.
    """

    state: str
    ahead: int
    progress: Progress
    problem: str = ""
    model: LiveModel | None = None

    @property
    def over(self) -> bool:
        return self.state in ("done", "stopped", "failed")


class Job:
    """One training that someone asked for."""

    def __init__(self, settings: LiveSettings, present: Callable[[], bool], grace: float) -> None:
        self.settings = settings
        # Unlike any other, because a name is a key in caches.
        self.name = f"yours-{secrets.token_hex(6)}"
        self._present, self._grace = present, grace
        self._last_seen = time.monotonic()
        self._lock = threading.Lock()
        self._state, self._problem = "waiting", ""
        self._model: LiveModel | None = None
        self._progress = Progress(settings.epochs)

    def stop(self) -> None:
        """Leave the queue, or end the training: at once for the holder, in a moment for the process."""
        with self._lock:
            if self._state in ("waiting", "running"):
                self._state = "stopped"

    def wanted(self) -> bool:
        """Whether it should go on; a job whose page has been closed for a while ends here."""
        now = time.monotonic()
        if self._present():
            self._last_seen = now
        elif now - self._last_seen > self._grace:
            with self._lock:
                if self._state in ("waiting", "running"):
                    self._state, self._problem = "stopped", ABANDONED
        return self._state in ("waiting", "running")

    def status(self, ahead: int = 0) -> Status:
        """How it stands now."""
        with self._lock:
            return Status(self._state, ahead, self._progress, self._problem, self._model)

    def _begin(self) -> bool:
        """Whether its turn begins; not when it was stopped meanwhile."""
        with self._lock:
            if self._state != "waiting":
                return False
            now = time.monotonic()
            self._state = "running"
            self._progress = Progress(self.settings.epochs, started=now, latest=now)
            return True

    def _heard(self, message: Message) -> None:
        with self._lock:
            now = time.monotonic()
            if isinstance(message, EpochResult):
                self._progress = self._progress.finished_epoch(message, now)
            elif isinstance(message, Stage):
                self._progress = self._progress.entered(message.name, now)

    def _finish(self, model: LiveModel | None = None, problem: str = "") -> None:
        with self._lock:
            if self._state == "running":
                self._state = "done" if model else "failed"
                self._model, self._problem = model, problem


class LiveQueue:
    """The line of trainings of one server.

    Its thread lives as long as there is something to do.
    """

    def __init__(
        self, limits: Limits | None = None, room: int = 8, grace: float = 15.0, command: Sequence[str] = WORKER
    ) -> None:
        """A queue with nothing in it.

        Args:
            room: how many may wait.
            grace: seconds for which a page may be away, such as a phone that changes its network.
            command: the training process.
        """
        self.room = room
        self._limits, self._grace, self._command = limits or Limits(), grace, tuple(command)
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._spare = Spare(self._command, self._limits, grace=grace)
        sweep()

    def visit(self, visitor: Hashable, present: Callable[[], bool] = lambda: True) -> None:
        """Lets a process get ready for `visitor`, who may press Start; see `Spare.visit`. None beside a training."""
        with self._lock:
            if not self._closed and self._thread is None:
                self._spare.visit(visitor, present)

    def leave(self, visitor: Hashable) -> None:
        """Forget a visitor, who looks at another page."""
        self._spare.leave(visitor)

    def submit(self, settings: LiveSettings, present: Callable[[], bool] = lambda: True) -> Job:
        """A job at the end of the line.

        Args:
            present: whether the one who asks is still there; called from other threads.

        Raises:
            QueueFull: too many wait already.
        """
        job = Job(settings, present, self._grace)
        with self._lock:
            self._forget()
            if self._closed or len(self._waiting) >= self.room:
                raise QueueFull(
                    f"{len(self._waiting)} trainings wait already, and more would wait too long. "
                    "Try again in a few minutes."
                )
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="live-queue", daemon=True)
                self._thread.start()
        return job

    def status(self, job: Job) -> Status:
        """How `job` stands, and how many come before it."""
        with self._lock:
            self._forget()
            ahead = self._waiting.index(job) + (self._running is not None) if job in self._waiting else 0
        return job.status(ahead)

    def close(self) -> None:
        """End everything, and wait until nothing is left of it."""
        with self._lock:
            self._closed = True
            jobs = [*self._waiting, *filter(None, [self._running])]
            thread = self._thread
        for job in jobs:
            job.stop()
        self._spare.close()
        if thread is not None:
            thread.join(10)

    def _forget(self) -> None:
        """Drop those who have left the line."""
        self._waiting = deque(job for job in self._waiting if job.wanted())

    def _work(self) -> None:
        while True:
            with self._lock:
                self._running = None
                self._forget()
                if not self._waiting:
                    self._thread = None
                    return
                self._running = job = self._waiting.popleft()
            if job._begin():
                self._train(job)

    def _train(self, job: Job) -> None:
        problem, model = "", None
        try:
            ready = self._spare.take()
            model = run(job.settings, job.name, job._heard, lambda: self._look(job), self._limits, self._command, ready)
        except TrainingFailed as error:
            problem = str(error)
        except Exception:
            # The thread must live on for those who wait.
            problem = "The training could not be run on this server."
            _log.exception("a live training failed in the server")
        job._finish(model, problem)

    def _look(self, job: Job) -> bool:
        """Whether the running job is wanted; those who wait are looked after, too."""
        with self._lock:
            self._forget()
        return job.wanted()
