"""Arrays from an npz file that may be damaged or forged: nothing is unpickled, and every size is checked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from siamese.errors import UnreadableArchive


def read_arrays(source: bytes | Path, names: Sequence[str], largest: int) -> list[np.ndarray]:
    """The arrays with these names in an npz file; others are not read.

    Args:
        source: a path, or the content of a file.
        largest: bytes that one array may take when it is unpacked.

    Raises:
        UnreadableArchive: no such file, no archive, damaged, pickled, or too large.
    """
    try:
        with open(source, "rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            if file.read(2) != b"PK":
                raise UnreadableArchive("it is not an npz file")
            for entry in zipfile.ZipFile(file).infolist():
                if entry.filename.removesuffix(".npy") in names and entry.file_size > largest:
                    raise UnreadableArchive("it is too large")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                return [_array(archive, name) for name in names]
    except UnreadableArchive:
        raise
    except Exception as error:  # zipfile, zlib and numpy have a dozen kinds of error for a damaged file
        raise UnreadableArchive(_reason(error)) from error


def _array(archive: Any, name: str) -> np.ndarray:
    found = archive[name] if name in archive.files else None
    if not isinstance(found, np.ndarray):  # numpy gives the bytes of a file that is no array
        raise UnreadableArchive(f"it has no array {name}")
    return found


def _reason(error: Exception) -> str:
    """What is wrong with an archive, in plain words."""
    if isinstance(error, ValueError) and "Object arrays" in str(error):
        return "it holds Python objects, which are not read"
    if isinstance(error, NotImplementedError) or "encrypted" in str(error):
        return "it is packed in a way that is not read here"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be read ({error.strerror})"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    return "it is damaged or incomplete"
