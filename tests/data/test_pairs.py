"""Balanced pairs, and one sampled pair at a time."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data import splits
from siamese.data.pairs import balanced_pairs, sample_pair


def test_balanced_pairs_are_half_same_and_half_different(rng):
    """Same pairs are of one digit, different pairs of two, and there are as many of each."""
    digits = np.repeat([2, 3, 7], [30, 25, 40])
    pairs, is_same = balanced_pairs(digits, rng)
    assert is_same.mean() == 0.5
    assert ((digits[pairs[:, 0]] == digits[pairs[:, 1]]) == is_same).all()
    assert len(pairs) == 2 * 3 * 24  # the smallest group has 25 images, so 24 consecutive pairs


@pytest.mark.parametrize("kind", ["same", "different"])
@pytest.mark.parametrize("split", list(splits.SPLITS))
def test_sampled_pairs_keep_to_split_and_kind(rng, split, kind):
    """Both digits are in the split, the kind holds, and an image is never paired with itself."""
    digits = np.arange(200) % 10
    for _ in range(50):
        left, right = sample_pair(digits, splits.SPLITS[split], kind, rng)
        assert {digits[left], digits[right]} <= set(splits.SPLITS[split])
        assert (digits[left] == digits[right]) == (kind == "same")
        assert left != right


def test_any_kind_is_a_fair_coin(rng):
    """*Any* gives same and different pairs about equally often, as the published tables do."""
    digits = np.arange(200) % 10
    same = [len({digits[i] for i in sample_pair(digits, range(10), "any", rng)}) == 1 for _ in range(600)]
    assert 0.42 < np.mean(same) < 0.58  # four standard deviations of a fair coin


def test_impossible_samples_are_errors(rng):
    """Another word for the kind, or digits that allow no such pair, is a ValueError."""
    with pytest.raises(ValueError, match="kind"):
        sample_pair(np.arange(10), range(10), "alike", rng)
    with pytest.raises(ValueError, match="two digits"):
        sample_pair(np.array([3, 3]), [3], "different", rng)
    with pytest.raises(ValueError, match="two images"):
        sample_pair(np.array([3, 4]), [3, 4], "same", rng)
