"""The queue of live trainings of a server: one runs at a time, the others wait.

Only the holder of a `Job` sees its training; others see how many come before them.
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
from siamese.live.folders import sweep
from siamese.live.model import LiveModel
from siamese.live.process import WORKER
from siamese.live.progress import Progress
from siamese.live.protocol import EpochResult, Message, Stage
from siamese.live.settings import LiveSettings
from siamese.live.standby import Standby
from siamese.live.supervisor import Limits, run

STATES = ("waiting", "running", "done", "stopped", "failed")
_log = logging.getLogger("siamese.live")
ABANDONED = "The training was ended because its page was closed."


@dataclass(frozen=True)
class Status:
    """The state of a job.

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
        """Whether it has ended: done, stopped or failed."""
        return self.state in ("done", "stopped", "failed")


class Job:
    """One training that a person has requested."""

    def __init__(self, settings: LiveSettings, present: Callable[[], bool], grace: float) -> None:
        """A job that waits.

        Args:
            present: whether the person is still there; called from other threads.
            grace: seconds for which the person may be away.
        """
        self.settings = settings
        # Unique, because a name is a key in caches.
        self.name = f"yours-{secrets.token_hex(6)}"
        self._present, self._grace = present, grace
        self._last_present = time.monotonic()
        self._lock = threading.Lock()
        self._state, self._problem = "waiting", ""
        self._model: LiveModel | None = None
        self._progress = Progress(settings.epochs)

    def stop(self) -> None:
        """Leaves the queue, or ends the training: at once for the holder, in a moment for the process."""
        with self._lock:
            if self._state in ("waiting", "running"):
                self._state = "stopped"

    def wanted(self) -> bool:
        """Whether it should go on; False as well for a job whose page has been closed for longer than the grace."""
        now = time.monotonic()
        if self._present():
            self._last_present = now
        elif now - self._last_present > self._grace:
            with self._lock:
                if self._state in ("waiting", "running"):
                    self._state, self._problem = "stopped", ABANDONED
        return self._state in ("waiting", "running")

    def status(self, ahead: int = 0) -> Status:
        """Its state now."""
        with self._lock:
            return Status(self._state, ahead, self._progress, self._problem, self._model)

    def _begin(self) -> bool:
        """Whether it begins to run; not if it was stopped meanwhile."""
        with self._lock:
            if self._state != "waiting":
                return False
            now = time.monotonic()
            self._state = "running"
            self._progress = Progress(self.settings.epochs, started=now, latest=now)
            return True

    def _update(self, message: Message) -> None:
        """Adds a message of the process to the progress."""
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
    """The trainings of one server. Its thread lives as long as there is one to run."""

    def __init__(
        self, limits: Limits | None = None, room: int = 8, grace: float = 15.0, command: Sequence[str] = WORKER
    ) -> None:
        """An empty queue.

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
        self._standby = Standby(self._command, self._limits, grace=grace)
        sweep()

    def visit(self, visitor: Hashable, present: Callable[[], bool] = lambda: True) -> None:
        """Lets a process get ready for `visitor`, who may press Start, unless a training runs; see `Standby.visit`."""
        with self._lock:
            if not self._closed and self._thread is None:
                self._standby.visit(visitor, present)

    def leave(self, visitor: Hashable) -> None:
        """Forgets a visitor, who looks at another page."""
        self._standby.leave(visitor)

    @property
    def standby(self) -> Standby:
        """The process that waits for the next training, if one does."""
        return self._standby

    @property
    def busy(self) -> bool:
        """Whether a training runs or waits."""
        return self._thread is not None

    def submit(self, settings: LiveSettings, present: Callable[[], bool] = lambda: True) -> Job:
        """A new job at the end of the queue.

        Args:
            present: whether the person is still there; called from other threads.

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
        """The state of `job`, and how many come before it."""
        with self._lock:
            self._forget()
            ahead = self._waiting.index(job) + (self._running is not None) if job in self._waiting else 0
        return job.status(ahead)

    def close(self) -> None:
        """Ends everything, and returns when nothing is left of it."""
        with self._lock:
            self._closed = True
            jobs = [*self._waiting, *filter(None, [self._running])]
            thread = self._thread
        for job in jobs:
            job.stop()
        self._standby.close()
        if thread is not None:
            thread.join(10)

    def _forget(self) -> None:
        """Drops the jobs that are not wanted any more."""
        self._waiting = deque(job for job in self._waiting if job.wanted())

    def _work(self) -> None:
        """Runs one job after the other until none waits."""
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
            ready = self._standby.take()
            model = run(
                job.settings, job.name, job._update, lambda: self._is_wanted(job), self._limits, self._command, ready
            )
        except TrainingFailed as error:
            problem = str(error)
        except Exception:
            # The thread must live on for those who wait.
            problem = "The training could not be run on this server."
            _log.exception("a live training failed in the server")
        job._finish(model, problem)

    def _is_wanted(self, job: Job) -> bool:
        """Whether the running job is wanted; waiting jobs that are not are dropped, too."""
        with self._lock:
            self._forget()
        return job.wanted()
