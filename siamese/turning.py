"""Digits on their side: shapes that are no digits, and yet written by many hands.

Invented classes vary as their inventor thought; these vary as people write. They play the strangers when a threshold
is fixed and when a finished model is measured (`imitation`). No unseen digit takes part.
"""

from __future__ import annotations

import numpy as np

WRITERS = 60  # of each shape
MIRRORED = 4  # symmetries 1 to 3 are quarter turns; from 4 on, mirrored after as many quarter turns
#: Of each digit the symmetries that make a shape of its own. A 6 on its head is a 9; a 3 is its own mirror image; half
#: a turn brings a 2 and a 5 back to themselves, and a mirror takes one for the other.
KINDS = {2: (1,), 3: (1, 2, 3), 4: (1, 2, 3, 4, 5, 6, 7), 5: (1,), 6: (1, 3, 4, 5, 7), 7: (1, 2, 3, 4, 5, 6, 7)}


def turn(images: np.ndarray, symmetry: int) -> np.ndarray:
    """Images (n, 28, 28) under one of the eight symmetries of a square, 0 to 7."""
    turned = np.rot90(images, symmetry % MIRRORED, axes=(1, 2))
    return np.ascontiguousarray(turned[:, :, ::-1] if symmetry >= MIRRORED else turned)


def turned_digits(images: np.ndarray, digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shapes (kinds, writers, 28, 28) from `images` (n, 28, 28) of `digits` (n,), WRITERS of each where there are.

    Raises:
        ValueError: none of `digits` is 2 to 7.
    """
    names = [digit for digit in KINDS if digit in digits]
    if not names:
        raise ValueError("only the digits 2 to 7 are turned, and none of them is here")
    count = min(WRITERS, *(int((digits == digit).sum()) for digit in names))
    shapes = []
    for digit in names:
        for symmetry in KINDS[digit]:
            some = rng.permutation(np.flatnonzero(digits == digit))[:count]
            shapes.append(turn(images[some], symmetry))
    return np.stack(shapes)
