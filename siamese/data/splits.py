"""The digits that may be trained on, and the pair splits that follow: seen, mixed, unseen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siamese.errors import UnseenDigitInTraining

SEEN_DIGITS = (2, 3, 4, 5, 6, 7)

UNSEEN_DIGITS = (0, 1, 8, 9)

ALL_DIGITS = tuple(range(10))

#: The pair splits: both digits of a pair come from these. *mixed* is the union of all ten.
SPLITS = {"seen": SEEN_DIGITS, "mixed": ALL_DIGITS, "unseen": UNSEEN_DIGITS}


def splits_of(seen: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """The pair splits of a network that learned from the digits `seen`; for 2-7 these are `SPLITS`."""
    seen = tuple(sorted(seen))
    return {"seen": seen, "mixed": ALL_DIGITS, "unseen": tuple(digit for digit in ALL_DIGITS if digit not in seen)}


@dataclass(frozen=True)
class TrainingData:
    """The images that a model may learn from: digits of `allowed` alone.

    `train_*` fits the weights; `validation_*` (never trained on) fixes epoch, threshold and
    calibration. Images are (n, 28, 28) uint8, digits (n,) uint8.
    """

    train_images: np.ndarray
    train_digits: np.ndarray
    validation_images: np.ndarray
    validation_digits: np.ndarray
    allowed: tuple[int, ...] = SEEN_DIGITS

    def __post_init__(self) -> None:
        refuse_unseen(self.train_digits, self.allowed)
        refuse_unseen(self.validation_digits, self.allowed)


def refuse_unseen(digits: np.ndarray, allowed: Iterable[int] = SEEN_DIGITS) -> None:
    """None, when every digit may be trained on.

    Raises:
        UnseenDigitInTraining: some digit is not in `allowed`.
    """
    strangers = sorted(set(np.unique(digits).tolist()) - set(allowed))
    if strangers:
        raise UnseenDigitInTraining(
            f"Training refuses to start: digits {strangers} are in the data, only {sorted(allowed)} may be."
        )


def validation_split(
    digits: np.ndarray, allowed: Iterable[int], fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (train, validation) of the images of `allowed` digits (n,), split at random, stratified by digit.

    Nothing but these arguments decides about it, and each card keeps `fraction` and `seed` (`Card.validation`): whoever
    has the training images finds those that a model never learned from.
    """
    rng = np.random.default_rng(seed)
    train, validation = [], []
    for digit in allowed:
        rows = rng.permutation(np.flatnonzero(digits == digit))
        held_out = max(1, round(fraction * len(rows)))
        validation.append(np.sort(rows[:held_out]))
        train.append(np.sort(rows[held_out:]))
    return np.concatenate(train), np.concatenate(validation)


def training_data(
    images: np.ndarray, digits: np.ndarray, *, allowed: tuple[int, ...] = SEEN_DIGITS, fraction: float, seed: int
) -> TrainingData:
    """The images of `allowed` digits, divided by `validation_split`."""
    fitted, kept = validation_split(digits, allowed, fraction, seed)
    return TrainingData(images[fitted], digits[fitted], images[kept], digits[kept], tuple(allowed))
