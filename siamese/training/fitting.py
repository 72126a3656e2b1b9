"""What the training of every recipe type gives to the loop that measures its epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np


@dataclass(frozen=True)
class Fitting:
    """An encoder in training.

    Attributes:
        losses: trains the encoder for one epoch each time that it is asked for the next mean loss.
        novel_images: images (classes, instances, 28, 28) float32 of synthetic classes that are not trained on, or None.
    """

    encoder: keras.Model
    losses: Iterator[float]
    novel_images: np.ndarray | None = None
