"""Training of a live recipe: a small encoder, all pairs of each batch, a true epoch each time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from siamese.augmentation import jitter
from siamese.data import TrainingData
from siamese.encoder import ContrastiveLoss
from siamese.encoder_layers import convolutional_branch
from siamese.fused_training import Fitting, pair_loss, supervised_contrastive_loss
from siamese.live_settings import LiveSettings
from siamese.preprocessing import SIDE
from siamese.recipes import Jitter, LiveRecipe


def encoder_of(recipe: LiveRecipe) -> keras.Model:
    """The encoder of `recipe`, untrained."""
    return convolutional_branch(
        recipe.channels, recipe.strides, directions=0, embedding=recipe.embedding, dropout=0.0, name="encoder"
    )


def fit(recipe: LiveRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: normalised images, float32 in 0..1.
    """
    encoder = encoder_of(recipe)
    groups = [np.flatnonzero(data.train_digits == digit) for digit in recipe.digits]
    fewest = min(map(len, groups))
    each = min(recipe.batch // len(groups), fewest)  # images of a digit in a batch
    steps = fewest // each
    optimizer = _optimizer(recipe, encoder, steps * recipe.epochs)
    classes = tf.constant(np.repeat(np.arange(len(groups)), each), tf.int32)
    varied = _varied(recipe.jitter)

    @tf.function
    def step(batch):
        if recipe.augment:
            batch = varied(batch)
        with tf.GradientTape() as tape:
            loss = loss_of(recipe, encoder(batch, training=True), classes)
        gradients = tape.gradient(loss, encoder.trainable_variables)
        optimizer.apply_gradients(zip(gradients, encoder.trainable_variables))
        return loss

    def losses() -> Iterator[float]:
        for _ in range(recipe.epochs):
            shuffled = [rng.permutation(group) for group in groups]
            total = []
            for start in range(0, steps * each, each):
                rows = np.concatenate([group[start : start + each] for group in shuffled])
                total.append(step(tf.constant(data.train_images[rows])))
            yield float(np.mean(total))

    return Fitting(encoder, losses())


@functools.cache
def _varied(amount: Jitter) -> Callable[[tf.Tensor], tf.Tensor]:
    """`jitter` of this amount as one graph for batches of any size: a process that has rehearsed has it already."""
    return tf.function(
        lambda images: jitter(images, amount), input_signature=[tf.TensorSpec((None, SIDE, SIDE), tf.float32)]
    )


def rehearse() -> None:
    """Learns from a few images of noise, for nothing: the first graph of a process takes much longer than the next."""
    recipe = LiveSettings(epochs=1).recipe("rehearsal")
    digits = np.repeat(np.array(recipe.digits, np.uint8), recipe.batch // len(recipe.digits))
    images = np.random.default_rng(0).random((len(digits), SIDE, SIDE), np.float32)
    fitting = fit(recipe, TrainingData(images, digits, images[:1], digits[:1], recipe.digits), np.random.default_rng(0))
    for _ in fitting.losses:
        fitting.encoder.predict(images, batch_size=512, verbose=0)
    keras.backend.clear_session()  # names of layers are counted from one again


def loss_of(recipe: LiveRecipe, embeddings: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """The recipe's loss of a batch: embeddings (n, d) of unit length with classes (n,)."""
    if recipe.loss == "contrastive":
        return contrastive_loss(embeddings, classes, recipe.margin)
    return supervised_contrastive_loss(embeddings, classes, recipe.temperature) + pair_loss(embeddings, classes)


def contrastive_loss(embeddings: tf.Tensor, classes: tf.Tensor, margin: float) -> tf.Tensor:
    """The contrastive loss of Hadsell et al. 2006 over all pairs of a batch, same and different weighing the same."""
    square = 2 - 2 * tf.matmul(embeddings, embeddings, transpose_b=True)  # (n, n): of unit length
    distance = tf.sqrt(tf.maximum(square, 1e-7))
    others = 1.0 - tf.eye(tf.shape(embeddings)[0])
    same = tf.cast(classes[:, None] == classes[None], tf.float32)
    costs = ContrastiveLoss(margin).call(same, distance)
    alike, apart = same * others, 1.0 - same
    return (
        tf.reduce_sum(alike * costs) / tf.reduce_sum(alike) + tf.reduce_sum(apart * costs) / tf.reduce_sum(apart)
    ) / 2


def _optimizer(recipe: LiveRecipe, encoder: keras.Model, steps: int) -> keras.optimizers.Optimizer:
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        steps,
        alpha=0.01,
        warmup_target=recipe.learning_rate,
        warmup_steps=min(recipe.warm_up, steps // 5 + 1),
    )
    optimizer = keras.optimizers.AdamW(learning_rate=schedule, weight_decay=recipe.weight_decay)
    optimizer.build(encoder.trainable_variables)
    return optimizer
