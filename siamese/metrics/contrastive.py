"""The contrastive loss of a pair, from the distance of its embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np


def contrastive_terms(distance: Any, margin: float, xp: Any = np) -> tuple[Any, Any]:
    """The loss of a same pair and the loss of a different pair, both at `distance` and of its shape.

    The formula of Hadsell, Chopra and LeCun 2006, without their factor 1/2. Training computes it for tensors, the page
    *How it works* for numbers.

    Args:
        distance: a number, an array or a tensor.
        xp: the library whose `square` and `maximum` are used: NumPy, or `keras.ops` for tensors.
    """
    return xp.square(distance), xp.square(xp.maximum(margin - distance, 0))
