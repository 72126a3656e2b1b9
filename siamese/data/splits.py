"""The digits that may be trained on, the pair splits (seen, mixed, unseen), and the validation split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siamese.errors import UnseenDigitInTraining

SEEN_DIGITS = (2, 3, 4, 5, 6, 7)

UNSEEN_DIGITS = (0, 1, 8, 9)

ALL_DIGITS = tuple(range(10))

#: The pair splits: both digits of a pair come from these.
SPLITS = {"seen": SEEN_DIGITS, "mixed": ALL_DIGITS, "unseen": UNSEEN_DIGITS}


def splits_of(seen: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """The pair splits of a network that was trained on the digits `seen`; for 2 to 7 these are `SPLITS`."""
    seen = tuple(sorted(seen))
    return {"seen": seen, "mixed": ALL_DIGITS, "unseen": tuple(digit for digit in ALL_DIGITS if digit not in seen)}


@dataclass(frozen=True)
class TrainingData:
    """The images that a model may be trained on: digits of `allowed` alone.

    Images are (n, 28, 28) uint8, digits (n,) uint8. The weights are fitted on `train_*`; epoch, threshold and
    calibration are fixed on `validation_*`, which is never trained on.
    """

    train_images: np.ndarray
    train_digits: np.ndarray
    validation_images: np.ndarray
    validation_digits: np.ndarray
    allowed: tuple[int, ...] = SEEN_DIGITS

    def __post_init__(self) -> None:
        """Raises UnseenDigitInTraining where a digit is not in `allowed`."""
        refuse_unseen(self.train_digits, self.allowed)
        refuse_unseen(self.validation_digits, self.allowed)


def refuse_unseen(digits: np.ndarray, allowed: Iterable[int] = SEEN_DIGITS) -> None:
    """Raises an error unless every digit may be trained on.

    Raises:
        UnseenDigitInTraining: some digit is not in `allowed`.
    """
    unseen = sorted(set(np.unique(digits).tolist()) - set(allowed))
    if unseen:
        raise UnseenDigitInTraining(
            f"Training refuses to start: digits {unseen} are in the data, only {sorted(allowed)} may be."
        )


def validation_split(
    digits: np.ndarray, allowed: Iterable[int], fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (train, validation) of the images of `allowed` digits (n,), split at random, stratified by digit.

    It depends on these arguments alone. Each card records `fraction` and `seed` (`Card.validation`), so that whoever
    has the training images can find those that a model was not trained on.
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
    """The images (n, 28, 28) of `allowed` digits, divided by `validation_split`."""
    train, validation = validation_split(digits, allowed, fraction, seed)
    return TrainingData(images[train], digits[train], images[validation], digits[validation], tuple(allowed))
