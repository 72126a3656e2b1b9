"""Training of the fused encoders: shapes, learned with invented classes; and memberships in the digits.

The shape branch learns thousands of invented classes beside the digits, so it must keep the whole
shape. When it has learned, each digit's place in its space is described by a normal distribution: an
image that fits none of them is a stranger. Nothing but the recipe's digits and invented images is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from siamese.augmentation import jitter
from siamese.collages import collage_pool
from siamese.data import SEEN_DIGITS, TrainingData
from siamese.encoder_layers import Memberships, convolutional_branch, fused_encoder
from siamese.fragments import fragment_pool
from siamese.glyphs import glyph_pool
from siamese.normalisation import normalise
from siamese.recipes import BranchRecipe, FusionRecipe
from siamese.redrawing import redraw
from siamese.turning import turn, turned_kinds


@dataclass(frozen=True)
class Fitting:
    """An encoder in training.

    Attributes:
        losses: trains the encoder for one epoch each time it is asked for the mean loss.
        strangers: images (classes, instances, 28, 28) float32 of invented classes that are not trained on, or None.
    """

    encoder: keras.Model
    losses: Iterator[float]
    strangers: np.ndarray | None = None


def fit(recipe: FusionRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: already normalised images, float32 in 0..1; `TrainingData` has refused unseen digits.
    """
    images = np.round(data.train_images * 255).astype(np.uint8)
    pool, strangers = invented_pools(recipe, images, data.train_digits, rng)
    images, digits = _with_redrawn(recipe, images, data.train_digits, rng)
    turned = turned_pool(recipe, images, digits, rng)
    plan = recipe.shape
    shape = convolutional_branch(plan.channels, plan.strides, plan.embedding, name="shape")
    memberships = Memberships(len(recipe.digits), recipe.reach, recipe.softness, name="memberships")
    encoder = fused_encoder(shape, memberships, recipe.membership)
    trainer = contrastive_trainer(shape, plan, images, digits, pool, turned, rng)

    def losses() -> Iterator[float]:
        for number in range(recipe.epochs):
            # Steps that do not divide by the epochs are spread over them.
            share = plan.steps * (number + 1) // recipe.epochs - plan.steps * number // recipe.epochs
            loss = float(np.mean([next(trainer) for _ in range(share)] or [np.nan]))
            fit_memberships(recipe, shape, memberships, images, digits, data)
            yield loss

    return Fitting(encoder, losses(), strangers)


def fit_memberships(recipe: FusionRecipe, shape, memberships: Memberships, images, digits, data: TrainingData) -> None:
    """Take each digit's distribution as the shape branch now sees it."""
    some = np.random.default_rng(recipe.seed).permutation(len(digits))[: recipe.member_images]
    inside = shape.predict(images[some].astype(np.float32) / 255, batch_size=512, verbose=0)
    beside = shape.predict(data.validation_images, batch_size=512, verbose=0)
    classes, others = (np.searchsorted(recipe.digits, names) for names in (digits[some], data.validation_digits))
    memberships.fit(inside, classes, beside, others, recipe.shrinkage)


def _with_redrawn(
    recipe: FusionRecipe, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`images` (n, 28, 28) uint8 and their digits, and some of them once more as a canvas would hold them."""
    some = rng.permutation(len(digits))[: recipe.redrawn]
    again = redraw(images[some], rng.uniform(*recipe.pen, len(some)))
    return np.concatenate([images, again]), np.concatenate([digits, digits[some]])


def invented_pools(
    recipe: FusionRecipe, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Normalised images of the invented classes: (classes, pool_instances, 28, 28) uint8 to be trained on,

    and (strangers, pool_instances, 28, 28) float32 that are not trained on.
    """
    count = recipe.pool_instances
    kinds: list[tuple[int, Callable[[int], np.ndarray]]] = [
        (recipe.glyphs, lambda classes: glyph_pool(rng, classes, count)[0]),
        (recipe.fragments, lambda classes: fragment_pool(rng, images, classes, count)[0]),
        (recipe.collages, lambda classes: collage_pool(rng, images, digits, classes, count)),
    ]
    trained, strangers = [], []
    for classes, invent in kinds:
        if classes:
            pool = _normalised(invent(classes + recipe.strangers), recipe)
            trained.append(pool[:classes])
            strangers.append(pool[classes:])
    return np.concatenate(trained), np.concatenate(strangers).astype(np.float32) / 255


def _normalised(pool: np.ndarray, recipe: FusionRecipe) -> np.ndarray:
    """A pool (classes, n, 28, 28) uint8, normalised."""
    for start in range(0, len(pool), 256):  # in blocks: float32 of the whole pool would fill the memory
        block = pool[start : start + 256].reshape(-1, 28, 28).astype(np.float32) / 255
        pool[start : start + 256] = np.round(normalise(block, recipe.normalisation) * 255).reshape(-1, *pool.shape[1:])
    return pool


def turned_pool(
    recipe: FusionRecipe, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator
) -> list[np.ndarray]:
    """For each class of turned digits its images (n, 28, 28) uint8, normalised again after turning."""
    pool = []
    strangers = set(SEEN_DIGITS) - set(recipe.digits)  # in cross-validation
    for digit, symmetry in turned_kinds(recipe.digits, strangers):
        own = rng.permutation(np.flatnonzero(digits == digit))[: recipe.turned_writers]
        pool.append(_normalised(turn(images[own], symmetry)[:, None], recipe)[:, 0])
    return pool


def _optimizer(plan: BranchRecipe, branch: keras.Model) -> keras.optimizers.Optimizer:
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        plan.steps,
        alpha=0.01,
        warmup_target=plan.learning_rate,
        warmup_steps=min(plan.warm_up, plan.steps // 5 + 1),
    )
    optimizer = keras.optimizers.AdamW(learning_rate=schedule, weight_decay=plan.weight_decay)
    optimizer.build(branch.trainable_variables)
    return optimizer


def contrastive_trainer(branch, plan: BranchRecipe, images, digits, pool, turned, rng) -> Iterator[float]:
    """An endless iterator: each `next` is one training step of `branch`, and its loss.

    Args:
        images, digits: (n, 28, 28) uint8 and (n,), the classes that every batch has.
        pool: invented classes (classes, instances, 28, 28) uint8, of which every batch has some.
        turned: for each class of turned digits its images (n, 28, 28) uint8; every batch has some of these, too.
    """
    optimizer = _optimizer(plan, branch)
    groups = [np.flatnonzero(digits == digit) for digit in np.unique(digits)]
    turned_classes = min(plan.turned, len(turned))
    sizes = [plan.digit_images] * len(groups) + [plan.instances] * plan.invented + [plan.turned_images] * turned_classes
    classes = tf.constant(np.repeat(np.arange(len(sizes)), sizes), tf.int32)

    @tf.function
    def step(batch):
        batch = jitter(tf.cast(batch, tf.float32) / 255, plan.jitter)
        with tf.GradientTape() as tape:
            embeddings = branch(batch, training=True)  # (n, d)
            loss = supervised_contrastive_loss(embeddings, classes, plan.temperature)
            loss += plan.pair_weight * pair_loss(embeddings, classes)
        gradients = tape.gradient(loss, branch.trainable_variables)
        optimizer.apply_gradients(zip(gradients, branch.trainable_variables))
        return loss

    while True:
        batch = [images[rng.choice(group, plan.digit_images)] for group in groups]
        chosen = rng.choice(len(pool), plan.invented, replace=False)
        which = np.argsort(rng.random((plan.invented, pool.shape[1])), 1)[:, : plan.instances]
        batch.append(pool[chosen[:, None], which].reshape(-1, 28, 28))
        for kind in rng.choice(len(turned), turned_classes, replace=False):
            batch.append(turned[kind][rng.integers(0, len(turned[kind]), plan.turned_images)])
        yield float(step(tf.constant(np.concatenate(batch))))


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
