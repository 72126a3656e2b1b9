"""Arrays from IDX files, the format in which MNIST was first published; every size is checked."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from siamese.errors import UnreadableArchive

PARTS = {"train": "train", "test": "t10k"}  # the words in the names of MNIST's files
_DIMENSIONS = {"images": 3, "labels": 1}
_UINT8 = 8  # the format's code of the type of number; MNIST has no other
#: Names of MNIST's files as it was published, and of copies that others have made.
_NAME = re.compile(r"(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?")


def is_name(name: str) -> bool:
    """Whether a file with this name is one of MNIST's four."""
    return _NAME.fullmatch(name) is not None


def find(folder: Path, part: str, kind: str) -> Path:
    """The path of the file of one part ("train" or "test") and kind ("images" or "labels").

    Raises:
        UnreadableArchive: the folder has no such file.
    """
    for dash in "-.":
        for end in ("", ".gz"):
            path = folder / f"{PARTS[part]}-{kind}{dash}idx{_DIMENSIONS[kind]}-ubyte{end}"
            if path.is_file():
                return path
    raise UnreadableArchive(f"it has no file {PARTS[part]}-{kind}-idx{_DIMENSIONS[kind]}-ubyte, nor one with .gz")


def read_idx(source: bytes | Path, kind: str, largest: int) -> np.ndarray:
    """The array of uint8 in an IDX file, packed by gzip or not.

    Args:
        source: a path, or the content of a file.
        kind: "images", which have three dimensions, or "labels", which have one.
        largest: bytes that the array may take.

    Raises:
        UnreadableArchive: no such file, no IDX file of this kind, damaged, too short, too long, or too large.
    """
    try:
        with open(source, "rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return _array(gzip.open(file) if packed else file, kind, largest)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:  # BadGzipFile is an OSError, too
        raise UnreadableArchive("it is damaged or incomplete") from error
    except OSError as error:
        raise UnreadableArchive(f"it cannot be read ({error.strerror or 'a fault of the disk'})") from error


def _array(file: BinaryIO | gzip.GzipFile, kind: str, largest: int) -> np.ndarray:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise UnreadableArchive("it is not an IDX file")
    if magic[2] != _UINT8:
        raise UnreadableArchive("it holds another type of number than bytes")
    if magic[3] != _DIMENSIONS[kind]:
        raise UnreadableArchive(f"its numbers have {magic[3]} dimensions, but {kind} have {_DIMENSIONS[kind]}")
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise UnreadableArchive("it is damaged or incomplete")
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    count = prod(shape)
    if count > largest:
        raise UnreadableArchive("it says that it holds more than MNIST does")
    # One byte more is read than the header says, to notice a file that is too long.
    content = file.read(count + 1)
    if len(content) != count:
        more = "more" if len(content) > count else "less"
        raise UnreadableArchive(f"it holds {more} than it says, so it is damaged or incomplete")
    return np.frombuffer(content, np.uint8).reshape(shape)
