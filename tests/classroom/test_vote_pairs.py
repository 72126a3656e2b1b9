"""The pair that is voted on next: fair odds, none twice, hardest first."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from siamese.classroom.records import Drawing
from siamese.classroom.vote_pairs import hardest_pair, random_pair
from siamese.evaluation.hardest_pairs import HardPair


def drawings(*digits: int) -> list[Drawing]:
    """Drawings of these digits, numbered from 1."""
    return [Drawing(number, number, digit, digit, True, bytes(784)) for number, digit in enumerate(digits, 1)]


def test_same_and_different_come_at_even_odds():
    """Of 40 drawings only some 7 of 100 pairs are the same digit; about half of the votes are: 100 ± 35 of 200."""
    shown, rng = drawings(*[k % 10 for k in range(40)]), np.random.default_rng(0)
    digits = {drawing.number: drawing.digit for drawing in shown}
    pairs = [random_pair(shown, set(), rng) for _ in range(200)]
    assert 65 < sum(digits[left] == digits[right] for left, right in pairs) < 135


def test_no_pair_comes_twice_and_each_pair_comes():
    """Four drawings make six pairs; after them there is none."""
    shown, played, rng = drawings(1, 1, 2, 3), set(), np.random.default_rng(1)
    for _ in range(6):
        played.add(frozenset(random_pair(shown, played, rng)))
    assert played == {frozenset(pair) for pair in itertools.combinations(range(1, 5), 2)}
    assert random_pair(shown, played, rng) is None


@pytest.mark.parametrize("digits", [(), (3,)])
def test_fewer_than_two_drawings_make_no_pair(digits):
    assert random_pair(drawings(*digits), set(), np.random.default_rng(2)) is None


def hard(left: int, right: int, is_same: bool) -> HardPair:
    return HardPair(left, right, 1, 1 if is_same else 7, 0.5)


def test_the_hardest_comes_first_but_no_drawing_again_while_others_are_left():
    """Drawing 1 is in the two hardest pairs; 3 and 4 come before it comes again."""
    pairs = {True: [hard(1, 2, True), hard(1, 5, True), hard(3, 4, True)], False: []}
    played, order, rng = set(), [], np.random.default_rng(3)
    while (pair := hardest_pair(pairs, played, rng)) is not None:
        played.add(frozenset(pair))
        order.append(pair)
    assert order == [(1, 2), (3, 4), (1, 5)]


def test_both_kinds_of_errors_come():
    """Whichever kind there are more of."""
    pairs = {True: [hard(1, 2, True)], False: [hard(k, k + 1, False) for k in range(3, 90, 2)]}
    found = {hardest_pair(pairs, set(), np.random.default_rng(seed)) for seed in range(20)}
    assert found == {(1, 2), (3, 4)}


def test_a_network_without_errors_leaves_none():
    assert hardest_pair({True: [], False: []}, set(), np.random.default_rng(4)) is None
