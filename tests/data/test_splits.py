"""The validation split, and the refusal of unseen digits in training."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data import splits
from siamese.errors import UnseenDigitInTraining


def test_training_data_holds_out_a_stratified_part():
    """A tenth of every allowed digit is held out, nothing is in both parts, and no other digit is in either."""
    digits = np.repeat(np.arange(10), 50)
    images = np.arange(500, dtype=np.float32).reshape(-1, 1, 1) * np.ones((1, 28, 28), np.float32)
    parts = splits.training_data(images, digits, fraction=0.1, seed=3)
    assert sorted(np.unique(parts.train_digits)) == list(splits.SEEN_DIGITS)
    assert np.bincount(parts.validation_digits, minlength=10).tolist() == [0, 0, 5, 5, 5, 5, 5, 5, 0, 0]
    assert not set(parts.train_images[:, 0, 0]) & set(parts.validation_images[:, 0, 0])


def test_the_validation_split_follows_from_its_seed_alone():
    """The same seed gives the same rows, another seed others; together the two parts are all allowed digits' rows."""
    digits = np.random.default_rng(0).integers(0, 10, 800)
    train, validation = splits.validation_split(digits, (2, 5), 0.25, 7)
    again = splits.validation_split(digits, (2, 5), 0.25, 7)
    assert np.array_equal(train, again[0])
    assert np.array_equal(validation, again[1])
    assert not np.array_equal(validation, splits.validation_split(digits, (2, 5), 0.25, 8)[1])
    assert sorted([*train, *validation]) == np.flatnonzero(np.isin(digits, (2, 5))).tolist()
    # A quarter of each digit, rounded.
    assert (digits[validation] == 2).sum() == round(0.25 * (digits == 2).sum())


@pytest.mark.parametrize("digit", splits.UNSEEN_DIGITS)
def test_training_data_refuses_an_unseen_digit(digit):
    """One image of 0, 1, 8 or 9 among the others is enough to refuse."""
    images, digits = np.zeros((3, 28, 28), np.uint8), np.array([2, 3, 4])
    with pytest.raises(UnseenDigitInTraining, match=str(digit)):
        splits.TrainingData(images, np.array([2, digit, 4]), images, digits)
    with pytest.raises(UnseenDigitInTraining, match=str(digit)):
        splits.TrainingData(images, digits, images, np.array([2, digit, 4]))
