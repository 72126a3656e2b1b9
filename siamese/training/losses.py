"""The losses that encoders are trained by."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from siamese.metrics.contrastive import contrastive_terms

COSINE_SCALE, COSINE_MARGIN = 24.0, 0.15  # of the cosine softmax
PAIR_SCALE, PAIR_MIDDLE, HARDNESS = 10.0, 0.4, 4.0  # of the pair loss


@keras.saving.register_keras_serializable("siamese")
class ContrastiveLoss(keras.losses.Loss):
    """The contrastive loss (Hadsell, Chopra and LeCun 2006) of pairs with known distances.

    is_same · distance² + (1 - is_same) · max(margin - distance, 0)²
    """

    def __init__(self, margin: float = 1.0, name: str = "contrastive_loss", **kwargs: Any) -> None:
        """A loss that pushes different pairs apart up to `margin`."""
        super().__init__(name=name, **kwargs)
        self.margin = margin

    def call(self, is_same: Any, distance: Any) -> Any:
        """The loss of each pair, of the shape of `is_same` (0 or 1) and `distance`."""
        is_same = ops.cast(is_same, distance.dtype)
        of_same, of_different = contrastive_terms(distance, self.margin, ops)
        return is_same * of_same + (1 - is_same) * of_different

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this loss."""
        return {**super().get_config(), "margin": self.margin}


def batch_contrastive_loss(embeddings: tf.Tensor, classes: tf.Tensor, margin: float) -> tf.Tensor:
    """The mean contrastive loss over all pairs of a batch; same pairs and different pairs weigh a half each.

    Args:
        embeddings: (n, d), of unit length.
        classes: (n,).
    """
    square = 2 - 2 * tf.matmul(embeddings, embeddings, transpose_b=True)  # (n, n)
    distance = tf.sqrt(tf.maximum(square, 1e-7))
    not_itself = 1.0 - tf.eye(tf.shape(embeddings)[0])
    is_same = tf.cast(classes[:, None] == classes[None], tf.float32)
    losses = ContrastiveLoss(margin).call(is_same, distance)
    same, different = is_same * not_itself, 1.0 - is_same
    return (
        tf.reduce_sum(same * losses) / tf.reduce_sum(same)
        + tf.reduce_sum(different * losses) / tf.reduce_sum(different)
    ) / 2


def supervised_contrastive_loss(embeddings: tf.Tensor, classes: tf.Tensor, temperature: float) -> tf.Tensor:
    """The mean supervised contrastive loss of a batch: each image against all others (Khosla et al. 2020, L_out).

    Args:
        embeddings: (n, d), of unit length.
        classes: (n,).
    """
    similarity = tf.matmul(embeddings, embeddings, transpose_b=True) / temperature  # (n, n)
    itself = tf.eye(tf.shape(embeddings)[0])
    is_same = tf.cast(classes[:, None] == classes[None], tf.float32) - itself
    similarity -= 1e9 * itself
    log_probability = similarity - tf.reduce_logsumexp(similarity, 1, keepdims=True)
    return -tf.reduce_mean(tf.reduce_sum(is_same * log_probability, 1) / tf.maximum(tf.reduce_sum(is_same, 1), 1.0))


def pair_loss(embeddings: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """The mean logistic loss of all pairs of a batch; same pairs and different pairs weigh the same.

    The supervised contrastive loss only ranks: each class may have its own scale of distances. This loss divides same
    from different pairs at a single similarity, PAIR_MIDDLE, for every class, so that one threshold serves unseen
    digits, too. Different pairs count by exp(HARDNESS · similarity), because most are too easy to teach anything.

    Args:
        embeddings: (n, d), of unit length.
        classes: (n,).
    """
    similarity = tf.matmul(embeddings, embeddings, transpose_b=True)  # (n, n), cosines
    not_itself = 1.0 - tf.eye(tf.shape(embeddings)[0])
    is_same = tf.cast(classes[:, None] == classes[None], tf.float32) * not_itself
    logits = PAIR_SCALE * (similarity - PAIR_MIDDLE)
    positive = tf.reduce_sum(is_same * tf.nn.softplus(-logits), 1) / tf.maximum(tf.reduce_sum(is_same, 1), 1.0)
    weight = tf.stop_gradient((not_itself - is_same) * tf.exp(HARDNESS * similarity))
    negative = tf.reduce_sum(weight * tf.nn.softplus(logits), 1) / tf.reduce_sum(weight, 1)
    return tf.reduce_mean(positive + negative)


def cosine_softmax_loss(directions: tf.Tensor, proxies: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """The mean cosine softmax loss of a batch: the *CosFace* loss of Wang et al. 2018.

    The cosine of an image and its class's proxy must be the largest of all, by COSINE_MARGIN.

    Args:
        directions: (n, d), of unit length.
        proxies: (n_classes, d), one a class, of any length.
        classes: (n,).
    """
    cosines = tf.matmul(directions, tf.math.l2_normalize(proxies, 1), transpose_b=True)  # (n, n_classes)
    cosines -= COSINE_MARGIN * tf.one_hot(classes, tf.shape(proxies)[0])
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, COSINE_SCALE * cosines))


def detector_loss(logits: tf.Tensor, classes: tf.Tensor, n_digits: int) -> tf.Tensor:
    """The mean over a batch of the summed cross-entropies of all detectors, one a digit.

    A detector's target is 1 for its digit alone. Synthetic classes, which are numbered after the digits, have the
    target 0 in all of them (Hendrycks et al. 2019, *outlier exposure*).

    Args:
        logits: (n, n_digits).
        classes: (n,).
    """
    targets = tf.one_hot(classes, n_digits)  # of classes beyond the digits all zeros
    return tf.reduce_mean(tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits), 1))
