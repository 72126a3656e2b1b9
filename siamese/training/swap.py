"""Replacing a whole folder by another, so that a reader sees the old one or the new one, and never a mixture."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # of Linux' renameat2
_RENAME_SWAP = 2  # of macOS' renamex_np


def put_in_place(made: Path, folder: Path) -> None:
    """Makes the folder `made`, on the same disk, the new `folder`, and removes what was there.

    Where the system can exchange two folders in one step (Linux, macOS), a crash at any moment leaves the old folder
    or the new one under the name. Elsewhere the old one is moved aside first, and put back when the second step
    fails; a crash between the two leaves it as `.NAME.replaced`, which `recover` puts back.
    """
    _write_to_disk(made)
    if not folder.exists():
        made.rename(folder)
    elif exchange(made, folder):
        shutil.rmtree(made)
    else:
        aside = _aside(folder)
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        try:
            made.rename(folder)
        except OSError:
            aside.rename(folder)
            raise
        shutil.rmtree(aside)


def recover(folder: Path) -> None:
    """Puts back the folder that a crash in `put_in_place` may have left beside `folder`."""
    aside = _aside(folder)
    if aside.exists() and not folder.exists():
        aside.rename(folder)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.replaced")


def _write_to_disk(folder: Path) -> None:
    """Waits until the files in `folder` are on the disk: no power cut may leave a name without its content."""
    for path in folder.iterdir():
        with path.open("rb") as file, contextlib.suppress(OSError):  # Windows wants it open for writing
            os.fsync(file.fileno())


def exchange(first: Path, second: Path) -> bool:
    """Whether the system has exchanged the two folders, in one step; False where it cannot."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            failed = library.renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
        elif sys.platform == "darwin":
            failed = library.renamex_np(os.fsencode(first), os.fsencode(second), _RENAME_SWAP)
        else:
            return False
    except (OSError, AttributeError, TypeError):  # an old C library, or one without the function
        return False
    return not failed
