"""Arrays from an npz file that may be damaged or forged: nothing is unpickled, and no size is taken on trust."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from siamese.errors import UnreadableArchive


def read_arrays(source: bytes | Path, names: Sequence[str], largest: int) -> list[np.ndarray]:
    """The arrays of these names in an npz file, which is a path or its content; others are not read.

    Args:
        largest: bytes that one array may take once unpacked.

    Raises:
        UnreadableArchive: no such file, no archive, damaged, pickled, or larger.
    """
    try:
        with open(source, "rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            for entry in zipfile.ZipFile(file).infolist():
                if entry.filename.removesuffix(".npy") in names and entry.file_size > largest:
                    raise UnreadableArchive("too large")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                return [archive[name] for name in names]
    except UnreadableArchive:
        raise
    except Exception as error:  # zipfile, zlib and numpy have a dozen kinds of error for a damaged file
        raise UnreadableArchive(type(error).__name__) from error
