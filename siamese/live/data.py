"""The images of a live training: few, so that a run is short; training images and test images never mix."""

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

#: Images of each digit: (for training and validation, for the test).
PER_DIGIT = {"mnist": (1000, 200), "pens": (180, 50)}
_SEEDS = {"train": 101, "test": 102}


def images_to_learn(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of the chosen digits alone, MNIST's from its training file.

    Raises:
        MnistUnavailable: MNIST is chosen and not on this machine, or damaged. It is never downloaded.
    """
    return _images(settings, "train", settings.digits, PER_DIGIT[settings.source][0])


def images_to_test(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of all ten digits, MNIST's from its test file.

    Raises:
        MnistUnavailable: as `images_to_learn`.
    """
    return _images(settings, "test", ALL_DIGITS, PER_DIGIT[settings.source][1])


def prepare() -> Iterator[None]:
    """Nothing, step by step: each step reads or draws some images, for which a training in this process need not wait.

    Raises:
        MnistUnavailable: MNIST is on this machine and damaged.
    """
    path = cached_mnist_path()
    for part, count in zip(("train", "test"), PER_DIGIT["pens" if path is None else "mnist"]):
        for digit in ALL_DIGITS:
            if path is None:
                _pen_digits(part, digit, count)
            else:
                _mnist(part, str(path))
            yield


def _images(settings: LiveSettings, part: str, digits: tuple[int, ...], count: int) -> tuple[np.ndarray, np.ndarray]:
    if settings.source == "pens":
        images = np.concatenate([_pen_digits(part, digit, count) for digit in digits])
        return images, np.repeat(np.array(digits, np.uint8), count)
    path = cached_mnist_path()
    if path is None:
        raise MnistUnavailable("MNIST is not on this machine any more.")
    images, all_digits = _mnist(part, str(path))
    rng = np.random.default_rng(_SEEDS[part])
    rows = np.concatenate([rng.permutation(np.flatnonzero(all_digits == digit))[:count] for digit in digits])
    return images[rows], all_digits[rows]


@functools.cache
def _pen_digits(part: str, digit: int, count: int) -> np.ndarray:
    """`count` built-in images (count, 28, 28) uint8 of a digit; they do not depend on the other digits chosen."""
    rng = np.random.default_rng((_SEEDS[part], digit))
    return np.round(np.stack([pens.image(digit, rng) for _ in range(count)]) * 255).astype(np.uint8)


@functools.lru_cache(maxsize=2)
def _mnist(part: str, path: str) -> tuple[np.ndarray, np.ndarray]:
    return load_mnist(part, path)
