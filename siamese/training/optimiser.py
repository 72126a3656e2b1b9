"""The optimiser of the convolutional encoders: AdamW, and a learning rate that warms up and then falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


def warm_up_and_cosine(peak: float, steps: int, warm_up: int) -> keras.optimizers.schedules.CosineDecay:
    """The learning rate by step: from 0 up to `peak`, then down along a cosine to a hundredth of it after `steps`.

    Args:
        warm_up: steps up to the peak; a fifth of all `steps` at most.
    """
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps, alpha=0.01, warmup_target=peak, warmup_steps=min(warm_up, steps // 5 + 1)
    )


def adamw(
    variables: Sequence[Any], learning_rate: float | keras.optimizers.schedules.LearningRateSchedule, decay: float
) -> keras.optimizers.AdamW:
    """An optimiser of `variables` whose state exists already (Loshchilov and Hutter 2019).

    Args:
        decay: of the weights, a step and a unit of the learning rate.
    """
    optimizer = keras.optimizers.AdamW(learning_rate=learning_rate, weight_decay=decay)
    optimizer.build(variables)
    return optimizer
