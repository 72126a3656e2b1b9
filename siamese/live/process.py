"""One training process, watched: what it says is passed on; when it must not go on, all of it is ended.

A process begins to load its library as soon as it is started, and may be started before anyone has asked for anything.
Nothing of it outlives `run` or its `end`: no process of its group, no thread, no file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import siamese
from siamese.errors import InvalidMessage, SiameseError, TrainingFailed
from siamese.live import model
from siamese.live.model import LiveModel
from siamese.live.protocol import MAX_LINE, Done, Failed, Message, Request, read
from siamese.live.settings import LiveSettings
from siamese.machine import usable_processors

WORKER = (sys.executable, "-m", "siamese.live.worker")
PREFIX = "siamese-live-"  # of the folders, followed by the server's process id
FOLDER_VARIABLE = "SIAMESE_LIVE_FOLDER"  # tells a process which folder is its own
MEGABYTE = 1 << 20
_TICK = 0.25  # seconds between two looks at a process
_log = logging.getLogger("siamese.live")
_folders: set[Path] = set()  # of the processes that this one has started and not ended
_folders_lock = threading.Lock()

CRASHED = "The training ended unexpectedly. Nothing else was disturbed: start it again."
KILLED = "The computer ended the training, most likely because its memory ran out. Start it again a little later."
GARBLED = "The training answered something that cannot be read, so it was ended. Start it again."
_TOO_LONG = "The training was ended because it took longer than {}. Choose fewer epochs."
_TOO_LARGE = "The training was ended because it needed more than {} MB of memory."
NO_START = "The training could not be started: the computer is out of memory, of room on its disk, or of processes."


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


class _Unheard(TrainingFailed):
    """The process ended without a word."""


class Process:
    """A process that has been started and waits for its request, in a folder of its own."""

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        """Starts it.

        Raises:
            TrainingFailed: why it cannot be started, in a sentence for a person.
        """
        try:
            with _folders_lock:  # nobody sweeps between the two
                self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
                _folders.add(self.folder)
        except OSError as error:
            raise TrainingFailed(NO_START) from error
        self.errors = self.folder / "errors.txt"
        try:
            with self.errors.open("wb") as errors:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=_environment(self.folder),
                    start_new_session=True,  # a group of its own, ended as a whole
                )
        except OSError as error:
            _remove(self.folder)
            raise TrainingFailed(NO_START) from error
        # Only asked-for pipes exist; these are.
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.input, self.output = self.process.stdin, self.process.stdout
        self._killed = False

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.process.poll() is not None

    @property
    def memory(self) -> int:
        """Bytes of memory that it holds now; 0 where that cannot be told."""
        return _resident(self.process.pid)

    def kill(self) -> None:
        """Ends it and all of its group."""
        if not self._killed:  # its number may be another one's by now
            _end(self.process)
            self._killed = True

    def end(self) -> None:
        """Ends it and all of its group, and removes its folder."""
        self.kill()
        for pipe in (self.input, self.output):
            with contextlib.suppress(OSError):  # unsent bytes to a process that has ended
                pipe.close()
        _remove(self.folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with _folders_lock:
        _folders.discard(folder)


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
        wanted: asked a few times a second.
        ready: a process of this command that waits already. Should it end without a word, a fresh one is started.

    Raises:
        TrainingFailed: why, in a sentence for a person.
    """
    limits = limits or Limits()
    if ready is not None:
        try:
            return _run(ready, settings, name, on_message, wanted, limits)
        except _Unheard:
            _log.warning("a process that waited for a training could not be used; a fresh one is started")
    return _run(Process(command), settings, name, on_message, wanted, limits)


def _run(
    process: Process,
    settings: LiveSettings,
    name: str,
    on_message: Callable[[Message], None],
    wanted: Callable[[], bool],
    limits: Limits,
) -> LiveModel | None:
    try:
        with _Child(process, Request(settings, process.folder, name, limits.seconds), on_message) as child:
            child.watch(wanted, limits)
            return model.load(process.folder / name)
    except _Stopped:
        return None
    except TrainingFailed:
        raise
    except SiameseError as error:
        raise TrainingFailed(str(error)) from error
    finally:
        process.end()


class _Child:
    """A process at work on a request; as a context it is gone afterwards."""

    def __init__(self, process: Process, request: Request, on_message: Callable[[Message], None]) -> None:
        self._process = process
        self._on_message = on_message
        self._last: Message | None = None
        self._heard = self._garbled = False
        self._silent = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="live-listener", daemon=True)
        self._listener.start()
        try:
            process.input.write(request.to_line())
            process.input.flush()
        except OSError:
            pass  # it has ended already; watching finds out how

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._listener.join(5)

    def watch(self, wanted: Callable[[], bool], limits: Limits) -> None:
        """Returns when the process has said that it is done.

        Raises:
            TrainingFailed, _Stopped.
        """
        end = time.monotonic() + limits.seconds
        while not self._silent.wait(_TICK):
            if not wanted():
                raise _Stopped
            if time.monotonic() > end:
                raise TrainingFailed(_TOO_LONG.format(_minutes(limits.seconds)))
            if self._process.memory > limits.memory * MEGABYTE:
                raise TrainingFailed(_TOO_LARGE.format(limits.memory))
        if isinstance(self._last, Done):
            return
        if isinstance(self._last, Failed):
            raise TrainingFailed(self._last.text)
        raise (TrainingFailed if self._heard or self._garbled else _Unheard)(self._why_it_ended())

    def _why_it_ended(self) -> str:
        if self._garbled:
            return GARBLED
        try:
            status = self._process.process.wait(5)  # its output is closed; its end cannot be far
        except subprocess.TimeoutExpired:
            return CRASHED
        said = self._process.errors.read_bytes()[-2000:].decode(errors="replace")
        _log.warning("a live training ended with status %s: %s", status, said)
        return KILLED if status == -getattr(signal, "SIGKILL", 9) else CRASHED  # Windows has no such signal

    def _listen(self) -> None:
        """Passes messages on until the process is silent for good."""
        try:
            while line := self._process.output.readline(MAX_LINE + 1):
                message = read(line)
                self._heard = True
                if not isinstance(message, (Done, Failed)):
                    self._on_message(message)
                    continue
                self._last = message
                return
        except (InvalidMessage, ValueError) as error:
            _log.warning("a live training wrote nonsense: %s", error)
            self._garbled = True
        except OSError:
            pass
        finally:
            self._silent.set()


def _environment(folder: Path) -> dict[str, str]:
    """The process's variables: its temporary files go into its folder, and TensorFlow keeps quiet."""
    root = str(Path(siamese.__file__).resolve().parent.parent)
    threads = str(min(4, usable_processors()))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))),
        "TMPDIR": str(folder),
        "TEMP": str(folder),
        FOLDER_VARIABLE: str(folder),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",  # a small network is no faster there, and a device's memory is taken whole
        "OMP_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
    }


def _end(process: subprocess.Popen) -> None:
    """Ends the process and all of its group at once, and waits for it."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass  # all of it has ended
    process.wait()


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 where that cannot be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def sweep() -> None:
    """Removes the folders of servers that were ended before they could do it themselves."""
    with _folders_lock:
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
            if folder not in _folders and not folder.is_symlink() and _left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _left(folder: Path) -> bool:
    """Whether the server that made a folder has gone, by the folder's name."""
    owner = folder.name.removeprefix(PREFIX).split("-")[0]
    # Our own number on a folder made before we began: in a container every server has the same one.
    return owner.isdecimal() and (int(owner) == os.getpid() or not _lives(int(owner)))


def _lives(pid: int) -> bool:
    if os.name != "posix":
        return True  # asking would end it on Windows
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
