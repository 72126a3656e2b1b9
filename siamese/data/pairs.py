"""Pairs of images: balanced pairs for training, and one sampled pair for a person."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

PAIR_KINDS = ("any", "same", "different")


def balanced_pairs(digits: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of indices (2m, 2) and is_same (2m,), half of them same and half different.

    Consecutive images of a digit are a *same* pair; image i of a digit and image i of another random digit are a
    *different* pair. This is the scheme of the Keras example after Hadsell et al. 2006.
    """
    groups = [np.flatnonzero(digits == digit) for digit in np.unique(digits)]
    count = min(len(group) for group in groups) - 1
    pairs, is_same = [], []
    for index, group in enumerate(groups):
        others = (index + rng.integers(1, len(groups), size=count)) % len(groups)
        partner = np.stack([other[:count] for other in groups])[others, np.arange(count)]  # (count,)
        pairs += [np.stack([group[:count], group[1 : count + 1]], 1), np.stack([group[:count], partner], 1)]
        is_same += [np.ones(count, bool), np.zeros(count, bool)]
    return np.concatenate(pairs), np.concatenate(is_same)


def sample_pair(digits: np.ndarray, allowed: Iterable[int], kind: str, rng: np.random.Generator) -> tuple[int, int]:
    """Indices (left, right) of two different images, both of digits in `allowed`.

    Digits are sampled uniformly, then images of each digit uniformly.

    Args:
        kind: "same", "different" or "any", which is one of the two with equal probability.

    Raises:
        ValueError: `kind` is another word, or the digits do not allow such a pair.
    """
    if kind not in PAIR_KINDS:
        raise ValueError(f"kind must be one of {PAIR_KINDS}, got {kind!r}")
    groups = {digit: rows for digit in allowed if len(rows := np.flatnonzero(digits == digit))}
    choices = [digit for digit, rows in groups.items() if len(rows) > 1]
    can_differ = len(groups) > 1
    same = kind == "same" or (kind == "any" and (not can_differ or (bool(choices) and rng.random() < 0.5)))
    if same:
        if not choices:
            raise ValueError("no digit has two images")
        left, right = rng.choice(groups[rng.choice(choices)], size=2, replace=False)
    else:
        if not can_differ:
            raise ValueError("a different pair needs two digits")
        first, second = rng.choice(list(groups), size=2, replace=False)
        left, right = rng.choice(groups[first]), rng.choice(groups[second])
    return int(left), int(right)
