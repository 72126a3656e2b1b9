"""MNIST's images and digits, read from its npz file or from its IDX files, and checked."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from siamese.constants import SIDE
from siamese.data import idx
from siamese.data.archives import read_arrays
from siamese.data.download import mnist_path
from siamese.errors import MnistUnavailable, UnreadableArchive

LARGEST_ARRAY = 500_000_000  # bytes; all training images as float64 would need less
LARGEST_IDX = 60_000 * SIDE * SIDE  # bytes; the training images
_ROWS = {"train": 60_000, "test": 10_000}


def load_mnist(
    part: str, file: str | os.PathLike[str] | None = None, progress: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) uint8 of one part, "train" or "test".

    Args:
        file: what to read; see `download.mnist_path`.
        progress: whether a download shows its progress.

    Raises:
        MnistUnavailable: no file, or one that is not MNIST (truncated, other shapes or types, black on white).

    Example:
        >>> from siamese.data.mnist import load_mnist
        >>> images, digits = load_mnist("test", "mnist.npz")  # where that file is not
        Traceback (most recent call last):
        siamese.errors.MnistUnavailable: There is no MNIST at 'mnist.npz', neither a file nor a folder.
    """
    path = mnist_path(file, progress)
    try:
        if path.is_dir():
            files = {kind: idx.find(path, part, kind) for kind in ("images", "labels")}
            images, digits = (_read_idx(found, kind) for kind, found in files.items())
        else:
            images, digits = read_arrays(path, (f"x_{part}", f"y_{part}"), LARGEST_ARRAY)
    except UnreadableArchive as error:
        raise MnistUnavailable(f"{path.name} cannot be read as MNIST: {error}. Delete it or name another.") from error
    where = f"{path.name} does not hold MNIST's {part} images as they are wanted"
    return _checked_images(images, _ROWS[part], where), _checked_digits(digits, _ROWS[part], where)


def _read_idx(path: Path, kind: str) -> np.ndarray:
    try:
        return idx.read_idx(path, kind, LARGEST_IDX)
    except UnreadableArchive as error:
        raise UnreadableArchive(f"of {path.name}, {error}") from error


def _checked_images(images: np.ndarray, rows: int, where: str) -> np.ndarray:
    """The images as (rows, 28, 28) uint8; flat ones, and those with an axis for one channel, are reshaped.

    Raises:
        MnistUnavailable: other shapes, types or values; the text says what was found and what is wanted.
    """
    wanted = f"wanted are {rows:,} images of 28 × 28 whole numbers from 0 (black paper) to 255 (white ink)"
    if images.shape[1:] not in ((SIDE, SIDE), (SIDE * SIDE,), (SIDE, SIDE, 1), (1, SIDE, SIDE)):
        raise MnistUnavailable(f"{where}: their shape is {_by(images.shape)}; {wanted}.")
    if len(images) != rows:
        raise MnistUnavailable(f"{where}: there are {len(images):,} of them; {wanted}.")
    if images.dtype != np.uint8:
        if images.dtype.kind == "f":
            found = f"the pixels are decimals from {np.nanmin(images):g} to {np.nanmax(images):g} ({images.dtype})"
        else:
            found = f"the pixels are of the type {images.dtype}"
        raise MnistUnavailable(f"{where}: {found}; {wanted}, of the type uint8.")
    images = images.reshape(rows, SIDE, SIDE)
    edges = [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]]  # where MNIST has no ink
    inverted = int((np.stack([edge.mean(1) for edge in edges]).mean(0) > 127).sum())
    if inverted:
        found = f"{inverted:,} of them are dark ink on white paper"
        raise MnistUnavailable(f"{where}: {found}; {wanted} (255 minus a pixel turns it round).")
    return images


def _checked_digits(digits: np.ndarray, rows: int, where: str) -> np.ndarray:
    """The digits as (rows,) uint8.

    Raises:
        MnistUnavailable: other shapes, types or values; the text says what was found and what is wanted.
    """
    wanted = f"wanted is a digit from 0 to 9, a whole number, for each of the {rows:,} images"
    if digits.shape == (rows, 10):
        raise MnistUnavailable(f"{where}: the labels are one-hot, ten numbers each (argmax turns them back); {wanted}.")
    if digits.ndim != 1:
        raise MnistUnavailable(f"{where}: the labels have the shape {_by(digits.shape)}; {wanted}.")
    if len(digits) != rows:
        raise MnistUnavailable(f"{where}: there are {len(digits):,} labels; {wanted}.")
    if digits.dtype.kind not in "iu":
        raise MnistUnavailable(f"{where}: the labels are of the type {digits.dtype}; {wanted}.")
    if digits.min() < 0 or digits.max() > 9:
        raise MnistUnavailable(f"{where}: the labels go from {digits.min()} to {digits.max()}; {wanted}.")
    return digits.astype(np.uint8)


def _by(shape: tuple[int, ...]) -> str:
    """A shape in words, such as 10,000 × 28 × 28."""
    return " × ".join(f"{size:,}" for size in shape) or "that of a single number"
