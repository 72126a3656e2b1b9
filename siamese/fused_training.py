"""Training of the fused encoders: a branch for shapes, a branch for the digits, fixed gradients.

The shape branch learns thousands of invented classes beside the digits, so it must keep the whole
shape; the digits branch learns the digits alone, and is sure of them; the gradient branch
is not learned but whitened. All three see nothing but the recipe's digits and invented images.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from siamese.augmentation import jitter
from siamese.combinations import combination_pool
from siamese.data import TrainingData
from siamese.encoder_layers import OrientedGradients, convolutional_branch, fused_encoder, gradient_branch, whitening
from siamese.glyphs import glyph_pool
from siamese.normalisation import normalise
from siamese.recipes import BranchRecipe, FusionRecipe

MAX_DIGIT = 10  # invented classes are numbered from here


def fit(recipe: FusionRecipe, data: TrainingData, rng: np.random.Generator) -> tuple[keras.Model, Iterator[float]]:
    """The encoder, and an iterator that trains it for one epoch each time it is asked for the mean loss.

    Args:
        data: already normalised images, float32 in 0..1; `TrainingData` has refused unseen digits.
    """
    images = np.round(data.train_images * 255).astype(np.uint8)
    pool = invented_pool(recipe, images, data.train_digits, rng)  # (classes, instances, 28, 28) uint8
    shape = convolutional_branch(**_layout(recipe.shape), name="shape")
    digit = convolutional_branch(**_layout(recipe.digit), name="digit")
    encoder = fused_encoder([shape, digit, whitened_gradients(recipe, data, rng)], recipe.weights)
    trainers = [
        _trainer(branch, plan, images, data.train_digits, pool, recipe.siblings, rng)
        for branch, plan in ((shape, recipe.shape), (digit, recipe.digit))
    ]

    def losses() -> Iterator[float]:
        for number in range(recipe.epochs):
            total = [
                # Steps that do not divide by the epochs are spread over them.
                np.mean([next(trainer) for _ in range(_share(plan.steps, number, recipe.epochs))] or [np.nan])
                for trainer, plan in zip(trainers, (recipe.shape, recipe.digit))
            ]
            yield float(np.nansum(total))

    return encoder, losses()


def _share(steps: int, number: int, epochs: int) -> int:
    return steps * (number + 1) // epochs - steps * number // epochs


def _layout(plan: BranchRecipe) -> dict:
    return {"channels": plan.channels, "strides": plan.strides, "embedding": plan.embedding, "dropout": plan.dropout}


def invented_pool(recipe: FusionRecipe, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Normalised images (classes, pool_instances, 28, 28) uint8 of the invented classes, families together."""
    parts = []
    if recipe.glyphs:
        families = recipe.glyphs // recipe.siblings
        parts.append(glyph_pool(rng, families, recipe.siblings, recipe.pool_instances)[0])
    if recipe.combinations:
        families = recipe.combinations // recipe.siblings
        parts.append(combination_pool(rng, images, digits, families, recipe.siblings, recipe.pool_instances))
    pool = np.concatenate(parts)
    pool = pool.reshape(-1, *pool.shape[2:])  # (classes, instances, 28, 28)
    for start in range(0, len(pool), 256):  # in blocks: float32 of the whole pool would fill the memory
        block = pool[start : start + 256].reshape(-1, 28, 28).astype(np.float32) / 255
        pool[start : start + 256] = np.round(normalise(block, recipe.normalisation) * 255).reshape(-1, *pool.shape[1:])
    return pool


def whitened_gradients(recipe: FusionRecipe, data: TrainingData, rng: np.random.Generator) -> keras.Model:
    """The gradient branch, whitened within the digits.

    Whitened within the invented classes, too, it was better alone and worse in the fusion.
    """
    some = rng.permutation(len(data.train_digits))[: recipe.whitening_images]
    images, digits = data.train_images[some], data.train_digits[some]
    gradients = OrientedGradients(name="oriented_gradients")
    features = np.concatenate([np.asarray(gradients(images[i : i + 500])) for i in range(0, len(images), 500)])
    return gradient_branch(gradients, *whitening(features, digits, recipe.dimensions, recipe.shrinkage))


def _trainer(branch, plan: BranchRecipe, images, digits, pool, siblings, rng) -> Iterator[float]:
    """An endless iterator: each `next` is one training step of `branch`, and its loss."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        plan.steps,
        alpha=0.01,
        warmup_target=plan.learning_rate,
        warmup_steps=min(plan.warm_up, plan.steps // 5 + 1),
    )
    optimizer = keras.optimizers.AdamW(learning_rate=schedule, weight_decay=plan.weight_decay)
    optimizer.build(branch.trainable_variables)
    groups = [np.flatnonzero(digits == digit) for digit in np.unique(digits)]

    @tf.function
    def step(batch, classes):
        batch = jitter(tf.cast(batch, tf.float32) / 255, plan.jitter)
        with tf.GradientTape() as tape:
            embeddings = branch(batch, training=True)  # (n, d)
            loss = supervised_contrastive_loss(embeddings, classes, plan.temperature)
            if plan.pair_weight:
                loss += plan.pair_weight * pair_loss(embeddings, classes)
        gradients = tape.gradient(loss, branch.trainable_variables)
        optimizer.apply_gradients(zip(gradients, branch.trainable_variables))
        return loss

    while True:
        each = plan.digit_images // len(groups)
        batch = [images[rng.choice(group, each)] for group in groups]
        classes = [np.repeat(np.arange(len(groups)), each)]
        if plan.invented:
            families = rng.choice(len(pool) // siblings, plan.invented // siblings, replace=False)
            chosen = (families[:, None] * siblings + np.arange(siblings)).ravel()
            which = np.argsort(rng.random((plan.invented, pool.shape[1])), 1)[:, : plan.instances]
            batch.append(pool[chosen[:, None], which].reshape(-1, 28, 28))
            classes.append(MAX_DIGIT + np.repeat(np.arange(plan.invented), plan.instances))
        yield float(step(tf.constant(np.concatenate(batch)), tf.constant(np.concatenate(classes), tf.int32)))


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
