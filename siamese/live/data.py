"""The images of a live training: few, so that a run is short; those to learn from and those to test on never mix."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from siamese.data.download import cached_mnist_path
from siamese.data.mnist import load_mnist
from siamese.data.splits import ALL_DIGITS
from siamese.errors import MnistUnavailable
from siamese.imaging import pens
from siamese.live.settings import LiveSettings

#: (to learn from and to validate on, to test on), of each digit.
PER_DIGIT = {"mnist": (1000, 200), "pens": (180, 50)}
_SEEDS = {"train": 101, "test": 102}


def images_to_learn(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of the chosen digits alone, MNIST's from its training file.

    Raises:
        MnistUnavailable: MNIST was asked for and is not on this machine, or damaged. Never downloads.
    """
    return _images(settings, "train", settings.digits, PER_DIGIT[settings.source][0])


def images_to_test(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of all ten digits, MNIST's from its test file.

    Raises:
        MnistUnavailable: as `images_to_learn`.
    """
    return _images(settings, "test", ALL_DIGITS, PER_DIGIT[settings.source][1])


def prepare() -> Iterator[None]:
    """Reads or draws beforehand, step by step, what a training in this process then finds done.

    Raises:
        MnistUnavailable: it is on this machine and damaged.
    """
    path = cached_mnist_path()
    for part, count in zip(("train", "test"), PER_DIGIT["pens" if path is None else "mnist"]):
        for digit in ALL_DIGITS:
            if path is None:
                _drawn(part, digit, count)
            else:
                _mnist(part, str(path))
            yield


def _images(settings: LiveSettings, part: str, digits: tuple[int, ...], count: int) -> tuple[np.ndarray, np.ndarray]:
    if settings.source == "pens":
        drawn = np.concatenate([_drawn(part, digit, count) for digit in digits])
        return drawn, np.repeat(np.array(digits, np.uint8), count)
    path = cached_mnist_path()
    if path is None:
        raise MnistUnavailable("MNIST is not on this machine any more.")
    images, names = _mnist(part, str(path))
    rng = np.random.default_rng(_SEEDS[part])
    rows = np.concatenate([rng.permutation(np.flatnonzero(names == digit))[:count] for digit in digits])
    return images[rows], names[rows]


@functools.cache
def _drawn(part: str, digit: int, count: int) -> np.ndarray:
    """So many images (count, 28, 28) uint8 of a digit by our own pen; the same whatever other digits are chosen."""
    rng = np.random.default_rng((_SEEDS[part], digit))
    return np.round(np.stack([pens.image(digit, rng) for _ in range(count)]) * 255).astype(np.uint8)


@functools.lru_cache(maxsize=2)
def _mnist(part: str, path: str) -> tuple[np.ndarray, np.ndarray]:
    return load_mnist(part, path)
