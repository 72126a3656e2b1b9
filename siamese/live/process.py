"""A training process: started in a folder and a process group of its own, and ended with all that belongs to it.

It begins to load its library as soon as it is started, which may be before anyone has requested a training.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import siamese
from siamese.errors import TrainingFailed
from siamese.live.folders import make_folder, remove_folder
from siamese.live.memory import resident
from siamese.machine import usable_processors

WORKER = (sys.executable, "-m", "siamese.live.worker")
FOLDER_VARIABLE = "SIAMESE_LIVE_FOLDER"  # names the folder of a process in its environment
NO_START = "The training could not be started: the computer is out of memory, of room on its disk, or of processes."


class Process:
    """A process that has been started and waits for its request.

    Attributes:
        folder: a new folder, which `end` removes.
        errors: a file in it that holds what the process writes to its standard error.
        input, output: the pipes to and from the process.
    """

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        """A new process of `command`.

        Raises:
            TrainingFailed: why it cannot be started, in a sentence for a person.
        """
        try:
            self.folder = make_folder()
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
            remove_folder(self.folder)
            raise TrainingFailed(NO_START) from error
        # `Popen` has pipes only where they are requested; these are.
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
        """Bytes of memory that it holds now; 0 where that is unknown."""
        return resident(self.process.pid)

    def kill(self) -> None:
        """Ends it and all of its group."""
        if not self._killed:  # later another process may have its number
            _kill_group(self.process)
            self._killed = True

    def end(self) -> None:
        """Ends it and all of its group, and removes its folder."""
        self.kill()
        for pipe in (self.input, self.output):
            with contextlib.suppress(OSError):  # unsent bytes to a process that has ended
                pipe.close()
        remove_folder(self.folder)


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


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all of its group at once, and waits for it."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass  # all of it has ended
    process.wait()
