"""What every training gives to the loop that measures its epochs, and the learning rate that two of them share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np


def warm_up_and_cosine(rate: float, steps: int, warm_up: int) -> keras.optimizers.schedules.CosineDecay:
    """Step -> learning rate: from 0 up to `rate`, then down along a cosine to a hundredth of it after `steps`."""
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps, alpha=0.01, warmup_target=rate, warmup_steps=min(warm_up, steps // 5 + 1)
    )


@dataclass(frozen=True)
class Fitting:
    """An encoder in training.

    Attributes:
        losses: trains the encoder for one epoch each time it is asked for the mean loss.
        strangers: images (classes, instances, 28, 28) float32 of synthetic classes that are not trained on, or None.
    """

    encoder: keras.Model
    losses: Iterator[float]
    strangers: np.ndarray | None = None
