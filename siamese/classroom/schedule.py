"""Which digit a pupil is asked for next: an order of their own, balanced over the room.

Ten pupils after one another make a block, in which each place asks for every digit once, and hardly two pupils draw
one digit after the same other: a balanced Latin square (Williams 1949), with digits and rows dealt anew for each
block and round. The order follows from the pupil's number and the room's seed, so that nothing of it is stored.
"""

from __future__ import annotations

import random

from siamese.data.splits import ALL_DIGITS

DIGITS = len(ALL_DIGITS)
MAX_ROUNDS = 3
_ZIGZAG = tuple((k + 1) // 2 if k % 2 else -(k // 2) % DIGITS for k in range(DIGITS))  # 0, 1, 9, 2, 8, 3, …


def order(pupil: int, seed: int, rounds: int = 1) -> tuple[int, ...]:
    """The digits (10 · rounds) that pupil number `pupil`, counted from 1, is asked for, in order."""
    block, row = divmod(pupil - 1, DIGITS)
    digits: list[int] = []
    for number in range(rounds):
        rng = random.Random(f"{seed}/{block}/{number}")  # a text as seed: the same in every process
        dealt, rows = rng.sample(ALL_DIGITS, DIGITS), rng.sample(range(DIGITS), DIGITS)
        digits += [dealt[(place + rows[row]) % DIGITS] for place in _ZIGZAG]
    return tuple(digits)


def next_digit(pupil: int, seed: int, rounds: int, sent: int) -> int | None:
    """The digit that a pupil who has sent `sent` drawings is asked for, or None after the last one."""
    digits = order(pupil, seed, rounds)
    return digits[sent] if sent < len(digits) else None
