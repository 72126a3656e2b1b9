"""Training of a live recipe: a small encoder, all pairs of each batch, and every image once an epoch."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import keras
import numpy as np
import tensorflow as tf

from siamese.constants import SIDE
from siamese.data.splits import TrainingData
from siamese.training.augmentation import jitter
from siamese.training.encoder import convolutional_encoder
from siamese.training.fitting import Fitting
from siamese.training.losses import batch_contrastive_loss, pair_loss, supervised_contrastive_loss
from siamese.training.optimiser import adamw, warm_up_and_cosine
from siamese.training.recipes import LiveRecipe


class Learner:
    """An encoder and the compiled step that trains it, for batches of any size of any digits."""

    def __init__(self, recipe: LiveRecipe) -> None:
        """An untrained encoder of `recipe` and a step that is compiled when it is first made."""
        self.encoder = convolutional_encoder(recipe)
        self.optimizer = adamw(self.encoder.trainable_variables, recipe.learning_rate, recipe.weight_decay)
        self._recipe = recipe
        signature = [tf.TensorSpec((None, SIDE, SIDE)), tf.TensorSpec((None,), tf.int32)]
        self._compiled = tf.function(self._step, input_signature=signature)

    def step(self, images: np.ndarray, classes: tf.Tensor) -> tf.Tensor:
        """The loss of a batch, images (n, 28, 28) float32 of classes (n,) int32, by which the weights are changed."""
        return self._compiled(tf.constant(images), classes)

    def _step(self, images: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        if self._recipe.augment:
            images = jitter(images, self._recipe.jitter)
        with tf.GradientTape() as tape:
            loss = recipe_loss(self._recipe, self.encoder(images, training=True), classes)
        gradients = tape.gradient(loss, self.encoder.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.encoder.trainable_variables))
        return loss

    def reset(self, weights: list[np.ndarray]) -> None:
        """Gives the encoder these weights, and the optimiser its state from before the first step."""
        self.encoder.set_weights(weights)
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable))


#: What a rehearsal has compiled, by what the graph depends on; a training takes it out.
_rehearsed: dict[Hashable, Learner] = {}


def graph_key(recipe: LiveRecipe) -> Hashable:
    """What of the recipe the compiled step depends on: recipes with equal keys can use the same one."""
    loss = (recipe.loss, recipe.margin) if recipe.loss == "contrastive" else (recipe.loss, recipe.temperature)
    shape = (recipe.channels, recipe.strides, recipe.embedding)
    return *loss, *shape, recipe.augment, recipe.jitter, recipe.weight_decay


def rehearsed(recipe: LiveRecipe) -> Learner | None:
    """The learner that a rehearsal has left for `recipe`, or None."""
    return _rehearsed.get(graph_key(recipe))


def fit(recipe: LiveRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: normalised images, float32 in 0..1.
    """
    untrained = convolutional_encoder(recipe).get_weights()  # before a new learner takes numbers of the seed
    learner = _rehearsed.pop(graph_key(recipe), None) or Learner(recipe)
    learner.reset(untrained)
    return Fitting(learner.encoder, _losses(recipe, learner, data, rng))


def _losses(recipe: LiveRecipe, learner: Learner, data: TrainingData, rng: np.random.Generator) -> Iterator[float]:
    """The mean loss of each epoch, which trains the learner's encoder."""
    groups = [np.flatnonzero(data.train_digits == digit) for digit in recipe.digits]
    fewest = min(map(len, groups))
    per_digit = min(recipe.batch // len(groups), fewest)  # images of a digit in a batch
    steps = fewest // per_digit
    rate = warm_up_and_cosine(recipe.learning_rate, steps * recipe.epochs, recipe.warm_up)
    classes = tf.constant(np.repeat(np.arange(len(groups)), per_digit), tf.int32)
    for epoch in range(recipe.epochs):
        shuffled = [rng.permutation(group) for group in groups]
        losses = []
        for step in range(steps):
            rows = np.concatenate([group[step * per_digit : (step + 1) * per_digit] for group in shuffled])
            learner.optimizer.learning_rate.assign(rate(epoch * steps + step))
            losses.append(learner.step(data.train_images[rows], classes))
        yield float(np.mean(losses))


def rehearse(recipe: LiveRecipe) -> Learner:
    """A learner that has compiled what a training of `recipe` needs; the next such training takes it.

    It has learned a little from noise, which `fit` takes back. The first graph of a process takes seconds, more than
    the first epoch itself.
    """
    learner = Learner(recipe)
    classes = np.repeat(np.arange(len(recipe.digits)), recipe.batch // len(recipe.digits))
    images = np.random.default_rng(0).random((len(classes), SIDE, SIDE), np.float32)
    learner.step(images, tf.constant(classes, tf.int32))
    learner.encoder.predict(images, batch_size=512, verbose=0)
    _rehearsed[graph_key(recipe)] = learner
    keras.backend.clear_session()  # names of layers are counted from one again
    return learner


def recipe_loss(recipe: LiveRecipe, embeddings: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """The recipe's loss of a batch: embeddings (n, d) of unit length with classes (n,)."""
    if recipe.loss == "contrastive":
        return batch_contrastive_loss(embeddings, classes, recipe.margin)
    return supervised_contrastive_loss(embeddings, classes, recipe.temperature) + pair_loss(embeddings, classes)
