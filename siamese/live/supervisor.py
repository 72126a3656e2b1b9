"""Supervision of one training: messages of its process are passed on, and the process is ended when it must not go on.

Nothing of the process outlives `run`: no process of its group, no thread, no file.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from siamese.errors import InvalidMessage, SiameseError, TrainingFailed
from siamese.live import model
from siamese.live.memory import MEGABYTE
from siamese.live.model import LiveModel
from siamese.live.process import WORKER, Process
from siamese.live.protocol import MAX_LINE, Done, Failed, Message, Request, read
from siamese.live.settings import LiveSettings

_TICK = 0.25  # seconds between two looks at a process
_log = logging.getLogger("siamese.live")

CRASHED = "The training ended unexpectedly. Nothing else was disturbed: start it again."
KILLED = "The computer ended the training, most likely because its memory ran out. Start it again a little later."
GARBLED = "The training answered something that cannot be read, so it was ended. Start it again."
_TOO_LONG = "The training was ended because it took longer than {}. Choose fewer epochs."
_TOO_LARGE = "The training was ended because it needed more than {} MB of memory."


@dataclass(frozen=True)
class Limits:
    """What one training may use.

    Attributes:
        seconds: from its start to its end.
        memory: megabytes that it holds at once. TensorFlow alone takes some 500.
    """

    seconds: float = 300.0
    memory: int = 1800


class _Stopped(Exception):
    """The training is not wanted any more."""


class _Silent(TrainingFailed):
    """The process ended before its first message."""


def run(
    settings: LiveSettings,
    name: str,
    on_message: Callable[[Message], None],
    wanted: Callable[[], bool],
    limits: Limits | None = None,
    command: Sequence[str] = WORKER,
    ready: Process | None = None,
) -> LiveModel | None:
    """The trained network, or None when it was not wanted any more.

    Args:
        on_message: called with each message, on another thread; a ValueError from it is an impossible message.
        wanted: called a few times a second; False ends the training.
        ready: a process of this command that waits already. If it ends before its first message, a new one is started.

    Raises:
        TrainingFailed: why, in a sentence for a person.
    """
    limits = limits or Limits()
    if ready is not None:
        try:
            return _run(ready, settings, name, on_message, wanted, limits)
        except _Silent:
            _log.warning("a process that waited for a training could not be used; a new one is started")
    return _run(Process(command), settings, name, on_message, wanted, limits)


def _run(
    process: Process,
    settings: LiveSettings,
    name: str,
    on_message: Callable[[Message], None],
    wanted: Callable[[], bool],
    limits: Limits,
) -> LiveModel | None:
    """The network that `process` trains, as `run` gives it; the process is ended."""
    try:
        with _Supervised(process, Request(settings, process.folder, name, limits.seconds), on_message) as supervised:
            supervised.watch(wanted, limits)
            return model.load(process.folder / name)
    except _Stopped:
        return None
    except TrainingFailed:
        raise
    except SiameseError as error:
        raise TrainingFailed(str(error)) from error
    finally:
        process.end()


class _Supervised:
    """A process at work on a request; it is killed when the context ends."""

    def __init__(self, process: Process, request: Request, on_message: Callable[[Message], None]) -> None:
        """Sends the request, and listens to the process from now on."""
        self._process = process
        self._on_message = on_message
        self._last: Message | None = None
        self._has_spoken = self._garbled = False
        self._silent = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="live-listener", daemon=True)
        self._listener.start()
        try:
            process.input.write(request.to_line())
            process.input.flush()
        except OSError:
            pass  # it has ended already, and `watch` finds out how

    def __enter__(self) -> _Supervised:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._listener.join(5)

    def watch(self, wanted: Callable[[], bool], limits: Limits) -> None:
        """Returns when the process has sent `Done`.

        Raises:
            TrainingFailed, _Stopped.
        """
        end = time.monotonic() + limits.seconds
        while not self._silent.wait(_TICK):
            if not wanted():
                raise _Stopped
            if time.monotonic() > end:
                raise TrainingFailed(_TOO_LONG.format(_duration(limits.seconds)))
            if self._process.memory > limits.memory * MEGABYTE:
                raise TrainingFailed(_TOO_LARGE.format(limits.memory))
        if isinstance(self._last, Done):
            return
        if isinstance(self._last, Failed):
            raise TrainingFailed(self._last.text)
        raise (TrainingFailed if self._has_spoken or self._garbled else _Silent)(self._why_it_ended())

    def _why_it_ended(self) -> str:
        if self._garbled:
            return GARBLED
        try:
            status = self._process.process.wait(5)  # its output is closed, so it ends soon
        except subprocess.TimeoutExpired:
            return CRASHED
        errors = self._process.errors.read_bytes()[-2000:].decode(errors="replace")
        _log.warning("a live training ended with status %s: %s", status, errors)
        return KILLED if status == -getattr(signal, "SIGKILL", 9) else CRASHED  # Windows has no such signal

    def _listen(self) -> None:
        """Passes messages on until the last one, or until the process closes its output."""
        try:
            while line := self._process.output.readline(MAX_LINE + 1):
                message = read(line)
                self._has_spoken = True
                if not isinstance(message, (Done, Failed)):
                    self._on_message(message)
                    continue
                self._last = message
                return
        except (InvalidMessage, ValueError) as error:
            _log.warning("a live training wrote a line that is no message: %s", error)
            self._garbled = True
        except OSError:
            pass
        finally:
            self._silent.set()


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
