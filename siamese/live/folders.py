"""The temporary folders of training processes; a server removes those of servers that are gone, too."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

PREFIX = "siamese-live-"  # of the folders' names, followed by the server's process id
_folders: set[Path] = set()  # made by this server and not removed
_lock = threading.Lock()


def make_folder() -> Path:
    """A new empty folder, which `sweep` leaves alone until `remove_folder` removes it.

    Raises:
        OSError: the disk is full, or nothing can be written to it.
    """
    with _lock:  # no sweep between the two
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        _folders.add(folder)
    return folder


def remove_folder(folder: Path) -> None:
    """Removes a folder that `make_folder` made, as far as that is possible."""
    shutil.rmtree(folder, ignore_errors=True)
    with _lock:
        _folders.discard(folder)


def sweep() -> None:
    """Removes the folders of servers that were ended before they could do so."""
    with _lock:
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
            if folder not in _folders and not folder.is_symlink() and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether the server that made a folder is gone, by the folder's name."""
    owner = folder.name.removeprefix(PREFIX).split("-")[0]
    # This process id on a folder that this server did not make: in a container every server has the same one.
    return owner.isdecimal() and (int(owner) == os.getpid() or not _is_alive(int(owner)))


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True  # on Windows, to ask would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
