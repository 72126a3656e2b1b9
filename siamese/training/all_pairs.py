"""Training of a live recipe: a small encoder, all pairs of each batch, a true epoch each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from siamese.constants import SIDE
from siamese.data.splits import TrainingData
from siamese.training.augmentation import jitter
from siamese.training.encoder import ContrastiveLoss, convolutional_encoder
from siamese.training.fitting import Fitting, warm_up_and_cosine
from siamese.training.recipes import LiveRecipe


@dataclass(frozen=True)
class _Learner:
    """An encoder and the compiled step that trains it, for batches of any size of any digits."""

    encoder: keras.Model
    optimizer: keras.optimizers.Optimizer
    step: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]

    @classmethod
    def of(cls, recipe: LiveRecipe) -> _Learner:
        encoder = convolutional_encoder(recipe)
        optimizer = keras.optimizers.AdamW(learning_rate=recipe.learning_rate, weight_decay=recipe.weight_decay)
        optimizer.build(encoder.trainable_variables)

        @tf.function(input_signature=[tf.TensorSpec((None, SIDE, SIDE)), tf.TensorSpec((None,), tf.int32)])
        def step(batch, classes):
            if recipe.augment:
                batch = jitter(batch, recipe.jitter)
            with tf.GradientTape() as tape:
                loss = loss_of(recipe, encoder(batch, training=True), classes)
            gradients = tape.gradient(loss, encoder.trainable_variables)
            optimizer.apply_gradients(zip(gradients, encoder.trainable_variables))
            return loss

        return cls(encoder, optimizer, step)

    def forget(self, weights: list[np.ndarray]) -> None:
        """Takes these weights for the encoder, and the optimizer's state from before the first step."""
        self.encoder.set_weights(weights)
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable))


#: What a rehearsal has compiled, by what the graph depends on; a training takes it out.
_rehearsed: dict[tuple, _Learner] = {}


def _graph(recipe: LiveRecipe) -> tuple:
    """What of the recipe the compiled step depends on."""
    loss = (recipe.loss, recipe.margin) if recipe.loss == "contrastive" else (recipe.loss, recipe.temperature)
    shape = (recipe.channels, recipe.strides, recipe.embedding)
    return *loss, *shape, recipe.augment, recipe.jitter, recipe.weight_decay


def fit(recipe: LiveRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: normalised images, float32 in 0..1.
    """
    untrained = convolutional_encoder(recipe).get_weights()  # before a learner takes numbers of the seed
    learner = _rehearsed.pop(_graph(recipe), None) or _Learner.of(recipe)
    learner.forget(untrained)
    groups = [np.flatnonzero(data.train_digits == digit) for digit in recipe.digits]
    fewest = min(map(len, groups))
    each = min(recipe.batch // len(groups), fewest)  # images of a digit in a batch
    steps = fewest // each
    rate = warm_up_and_cosine(recipe.learning_rate, steps * recipe.epochs, recipe.warm_up)
    classes = tf.constant(np.repeat(np.arange(len(groups)), each), tf.int32)

    def losses() -> Iterator[float]:
        for epoch in range(recipe.epochs):
            shuffled = [rng.permutation(group) for group in groups]
            total = []
            for start in range(0, steps * each, each):
                rows = np.concatenate([group[start : start + each] for group in shuffled])
                learner.optimizer.learning_rate.assign(rate(epoch * steps + start // each))
                total.append(learner.step(tf.constant(data.train_images[rows]), classes))
            yield float(np.mean(total))

    return Fitting(learner.encoder, losses())


def rehearse(recipe: LiveRecipe) -> None:
    """Compiles what a training of `recipe` needs, and learns a little from noise, for nothing.

    The first graph of a process takes seconds, more than the first epoch itself.
    """
    learner = _Learner.of(recipe)
    classes = np.repeat(np.arange(len(recipe.digits)), recipe.batch // len(recipe.digits))
    images = np.random.default_rng(0).random((len(classes), SIDE, SIDE), np.float32)
    learner.step(tf.constant(images), tf.constant(classes, tf.int32))
    learner.encoder.predict(images, batch_size=512, verbose=0)
    _rehearsed[_graph(recipe)] = learner
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


def supervised_contrastive_loss(embeddings: tf.Tensor, classes: tf.Tensor, temperature: float) -> tf.Tensor:
    """Mean loss of embeddings (n, d) of unit length: each image against all others (Khosla et al. 2020, L_out)."""
    similarity = tf.matmul(embeddings, embeddings, transpose_b=True) / temperature  # (n, n)
    itself = tf.eye(tf.shape(embeddings)[0])
    same = tf.cast(classes[:, None] == classes[None], tf.float32) - itself
    similarity -= 1e9 * itself
    log_share = similarity - tf.reduce_logsumexp(similarity, 1, keepdims=True)
    return -tf.reduce_mean(tf.reduce_sum(same * log_share, 1) / tf.maximum(tf.reduce_sum(same, 1), 1.0))


PAIR_SCALE, PAIR_MIDDLE, HARDNESS = 10.0, 0.4, 4.0


def pair_loss(embeddings: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """Mean logistic loss of the pairs of embeddings (n, d) of unit length, same and different weighing the same.

    The contrastive loss above only ranks, so that each class is free to have its own scale of
    distances. This one has a single similarity, PAIR_MIDDLE, that divides same from different for
    every class: then one threshold serves digits never seen, too. Different pairs count by
    exp(HARDNESS · similarity): most are far too easy to teach anything.
    """
    similarity = tf.matmul(embeddings, embeddings, transpose_b=True)  # (n, n), cosines
    other = 1.0 - tf.eye(tf.shape(embeddings)[0])
    same = tf.cast(classes[:, None] == classes[None], tf.float32) * other
    score = PAIR_SCALE * (similarity - PAIR_MIDDLE)
    pull = tf.reduce_sum(same * tf.nn.softplus(-score), 1) / tf.maximum(tf.reduce_sum(same, 1), 1.0)
    weight = tf.stop_gradient((other - same) * tf.exp(HARDNESS * similarity))
    push = tf.reduce_sum(weight * tf.nn.softplus(score), 1) / tf.reduce_sum(weight, 1)
    return tf.reduce_mean(pull + push)
