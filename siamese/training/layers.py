"""The Keras layers of the encoders.

Each is registered under a name that `.keras` files hold: a class may move, its registered name may not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from siamese.serving.embedding_parts import FLOOR


@keras.saving.register_keras_serializable("siamese")
class UnitLength(keras.layers.Layer):
    """Embeddings (n, d) scaled to Euclidean length 1."""

    def call(self, embeddings: Any) -> Any:
        """Embeddings (n, d) of length 1 from embeddings (n, d)."""
        square = ops.sum(ops.square(embeddings), axis=-1, keepdims=True)
        return embeddings * ops.rsqrt(ops.maximum(square, 1e-12))


@keras.saving.register_keras_serializable("siamese")
class EuclideanDistance(keras.layers.Layer):
    """Distances (n,) of two batches of embeddings (n, d)."""

    def call(self, left: Any, right: Any) -> Any:
        """Distances (n,) of embeddings `left` and `right`, each (n, d)."""
        # The floor keeps the gradient of the root finite for identical embeddings.
        return ops.sqrt(ops.maximum(ops.sum(ops.square(left - right), axis=-1), 1e-7))

    def compute_output_shape(self, left_shape: tuple[int, ...], right_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the distances, from those of the embeddings."""
        return left_shape[:-1]


@keras.saving.register_keras_serializable("siamese")
class Root(keras.layers.Layer):
    """The square root of features that are at least 0: strong and weak ones come closer."""

    FLOOR = 1e-2  # keeps the slope finite at 0, where float rounding would be magnified

    def call(self, features: Any) -> Any:
        """Roots of the features, of the same shape."""
        return ops.sqrt(features + self.FLOOR)

    def compute_output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the features."""
        return input_shape


@keras.saving.register_keras_serializable("siamese")
class Shares(keras.layers.Layer):
    """Square roots of class probabilities (n, digits), from the logits (n, digits) of one detector a digit.

    The softmax has one class more, *none of these digits*, whose logit is 0 and whose probability is left out. Two
    images of one known digit agree in all probabilities. Those of two known digits differ in two, those of a novel
    class and a known digit in one, and those of two novel classes in none: about these the shape alone decides. The
    Euclidean distance of the roots is Hellinger's (1909), in which a doubt counts less than a contradiction.
    """

    def __init__(self, temperature: float = 1.0, **kwargs: Any) -> None:
        """A layer that divides logits by `temperature`: networks are surer than they should be (Guo et al. 2017)."""
        super().__init__(**kwargs)
        self.temperature = temperature

    def call(self, logits: Any) -> Any:
        """Roots of class probabilities (n, digits) from logits (n, digits)."""
        logits = logits / self.temperature
        shares = ops.softmax(ops.concatenate([logits, ops.zeros_like(logits[:, :1])], -1))
        # The floor keeps the slope of the root finite, where float rounding would be magnified.
        return ops.sqrt(shares[:, :-1] + FLOOR)

    def compute_output_shape(self, logits_shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the logits."""
        return logits_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer."""
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable("siamese")
class Weighted(keras.layers.Layer):
    """Embeddings (n, sum of d) in which several parts (n, d) lie side by side, each with a weight.

    Their squared distance is the mean of the parts' squared distances, weighted by the squares of the weights, whatever
    the number of dimensions of a part.
    """

    def __init__(self, weights: Sequence[float], **kwargs: Any) -> None:
        """A layer with one weight a part."""
        super().__init__(**kwargs)
        total = float(np.sqrt(np.sum(np.square(weights))))
        self.weights_given = tuple(float(weight) for weight in weights)
        self._factors = [weight / total for weight in self.weights_given]

    def call(self, parts: Sequence[Any]) -> Any:
        """Embeddings (n, sum of d) from the parts (n, d)."""
        return ops.concatenate([factor * part for factor, part in zip(self._factors, parts)], axis=-1)

    def compute_output_shape(self, input_shapes: Sequence[tuple[int, ...]]) -> tuple[int, int]:
        """The shape of the embeddings, from those of the parts."""
        return (input_shapes[0][0], sum(shape[-1] for shape in input_shapes))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this layer."""
        return {**super().get_config(), "weights": self.weights_given}
