"""Who is asked for what."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.classroom.schedule import next_digit, order

seeds = st.integers(0, 2**32)


@settings(deadline=None)
@given(st.integers(1, 60), seeds, st.integers(1, 3))
def test_each_pupil_gets_every_digit_once_a_round(pupil, seed, rounds):
    """Ten digits a round, in an order that a reload does not change, to its end."""
    digits = order(pupil, seed, rounds)
    assert all(sorted(digits[first : first + 10]) == list(range(10)) for first in range(0, 10 * rounds, 10))
    assert [next_digit(pupil, seed, rounds, sent) for sent in range(len(digits) + 2)] == [*digits, None, None]


@settings(deadline=None)
@given(seeds)
def test_a_room_is_balanced_at_every_moment(seed):
    """After any number of drawings each, ten pupils have drawn each digit equally often, and neighbours differ."""
    orders = [order(pupil, seed) for pupil in range(11, 21)]
    for place in range(10):
        assert sorted(digits[place] for digits in orders) == list(range(10))
    following = Counter(pair for digits in orders for pair in pairwise(digits))
    assert set(following.values()) == {1}  # 90 neighbours, 90 ordered pairs: each exactly once
    assert len(set(orders)) == 10


def test_rooms_differ():
    """Another seed, another order."""
    assert len({order(1, seed) for seed in range(50)}) > 40
