"""The training digits turned and mirrored: further classes that vary as people's writing does.

A 4 on its side is no digit, but every one of them was written by another hand. Invented classes vary as
their inventor thought that hands do; these vary as hands did (class augmentation by the symmetries of a square).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

QUARTERS, MIRRORED = 4, 4  # symmetries 0–3 are quarter turns; from 4 on, mirrored after as many quarter turns
UPRIGHT = 0
UPSIDE_DOWN, HALF_TURN = 6, 2
LEFT_RIGHT = 4
#: Not taken: a 6 that stands on its head is a 9 in disguise, and a 3 is its own image upside down.
EXCLUDED = {(6, HALF_TURN), (6, UPSIDE_DOWN), (3, UPSIDE_DOWN)}
#: A mirrored 2 is nearly a 5, and the reverse.
ALIKE = {2: 5, 5: 2}


def turned_kinds(digits: Collection[int], strangers: Collection[int] = ()) -> list[tuple[int, int]]:
    """Pairs (digit, symmetry) that are new classes beside `digits`.

    Args:
        strangers: digits that must stay unseen; what would look like one of them is left out, too. 0, 1, 8 and 9
            need not be named.
    """
    kinds = []
    for digit in digits:
        for symmetry in range(1, QUARTERS + MIRRORED):
            mirrored_upright = symmetry in (LEFT_RIGHT, UPSIDE_DOWN)
            confusing = mirrored_upright and ALIKE.get(digit) in {*digits, *strangers}
            if (digit, symmetry) not in EXCLUDED and not confusing:
                kinds.append((digit, symmetry))
    return kinds


def turn(images: np.ndarray, symmetry: int) -> np.ndarray:
    """Images (n, 28, 28) under one of the eight symmetries of a square, 0 to 7."""
    turned = np.rot90(images, symmetry % QUARTERS, axes=(1, 2))
    return np.ascontiguousarray(turned[:, :, ::-1] if symmetry >= MIRRORED else turned)
