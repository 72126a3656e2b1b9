"""The images of a live training: few, so that a run is short; those to learn from and those to test on never mix."""

from __future__ import annotations

import numpy as np

from siamese import pens
from siamese.data import ALL_DIGITS, cached_mnist_path, load_mnist
from siamese.errors import MnistUnavailable
from siamese.live_settings import LiveSettings

#: (to learn from and to validate on, to test on), of each digit.
PER_DIGIT = {"mnist": (1500, 200), "pens": (180, 50)}
_SEEDS = {"learn": 101, "test": 102}


def images_to_learn(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of the chosen digits alone, MNIST's from its training file.

    Raises:
        MnistUnavailable: MNIST was asked for and is not on this machine, or damaged. Never downloads.
    """
    return _images(settings, "train", settings.digits, PER_DIGIT[settings.source][0], _SEEDS["learn"])


def images_to_test(settings: LiveSettings) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 and digits (n,) of all ten digits, MNIST's from its test file.

    Raises:
        MnistUnavailable: as `images_to_learn`.
    """
    return _images(settings, "test", ALL_DIGITS, PER_DIGIT[settings.source][1], _SEEDS["test"])


def _images(
    settings: LiveSettings, part: str, digits: tuple[int, ...], count: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    if settings.source == "pens":
        names = np.repeat(np.array(digits, np.uint8), count)
        drawn = np.stack([pens.image(int(digit), rng) for digit in names])
        return np.round(drawn * 255).astype(np.uint8), names
    path = cached_mnist_path()
    if path is None:
        raise MnistUnavailable("MNIST is not on this machine any more.")
    images, names = load_mnist(part, path)
    rows = np.concatenate([rng.permutation(np.flatnonzero(names == digit))[:count] for digit in digits])
    return images[rows], names[rows]
