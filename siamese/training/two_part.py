"""Training of the two-part encoders: thousands of synthetic classes beside the digits, in one loop for both heads.

The shape head is trained to tell all classes from each other, digits and synthetic ones, so that the trunk must keep
the whole shape. Each detector is trained to accept its digit and to refuse everything else (Hendrycks et al. 2019,
*outlier exposure*). All images are synthetic or of the recipe's digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from siamese.constants import SIDE
from siamese.data.splits import TrainingData
from siamese.imaging.normalisation import Normalisation, normalise
from siamese.synthetic.fragments import fragment_pool
from siamese.synthetic.glyphs import glyph_pool
from siamese.synthetic.skeleton import rerender
from siamese.training.augmentation import jitter
from siamese.training.encoder import TwoParts, two_part_encoder
from siamese.training.fitting import Fitting
from siamese.training.losses import cosine_softmax_loss, detector_loss
from siamese.training.optimiser import adamw, warm_up_and_cosine
from siamese.training.recipes import Jitter, TwoPartRecipe

UNDISTORTED = 0.15  # share of the images of a batch that are not distorted
WEIGHT_DECAY, WARM_UP = 1e-3, 100
PEN = (1.3, 3.4)  # thinnest and thickest pen that digits are re-rendered with, pixels
HELD_OUT_INSTANCES = 4  # images of each held-out class
WHITENING_IMAGES, WHITENING_INSTANCES = 9000, 4

#: A batch's images uint8 and classes -> its loss; changes the weights.
Step = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def fit(recipe: TwoPartRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: normalised images, float32 in 0..1; `TrainingData` has refused unseen digits.
    """
    return fit_parts(recipe, data, rng)[0]


def fit_parts(recipe: TwoPartRecipe, data: TrainingData, rng: np.random.Generator) -> tuple[Fitting, TwoParts]:
    """What `fit` gives, and the layers that are trained."""
    images = np.round(data.train_images * 255).astype(np.uint8)
    digits = np.searchsorted(recipe.digits, data.train_digits)  # numbered from 0
    pool, held_out = synthetic_classes(recipe, images, rng)
    measured = rng.permutation(len(images))[:WHITENING_IMAGES]
    rendered, of_rendered = _rerendered(recipe.redrawn, images, digits, rng)
    parts = two_part_encoder(recipe)
    step = training_step(recipe, parts.heads, len(recipe.digits) + len(pool))
    batches = batches_of(recipe, np.concatenate([images, rendered]), np.concatenate([digits, of_rendered]), pool, rng)
    whitening_set = _with_synthetic(images[measured], digits[measured], pool, len(recipe.digits))
    losses = _losses(recipe, parts, step, batches, *whitening_set)
    novel_images = held_out.astype(np.float32) / 255 if len(held_out) else None
    return Fitting(parts.encoder, losses, novel_images), parts


def _losses(
    recipe: TwoPartRecipe,
    parts: TwoParts,
    step: Step,
    batches: Iterator[tuple[tf.Tensor, tf.Tensor]],
    images: np.ndarray,
    classes: np.ndarray,
) -> Iterator[float]:
    """The mean loss of each epoch, which trains both heads and fits the closed-form layer to images of `classes`."""
    for _ in range(recipe.epochs):
        loss = float(np.mean([step(*next(batches)) for _ in range(recipe.steps)]))
        parts.fit_shape_layer(images, classes)
        yield loss


def _rerendered(
    share: float, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Images (m, 28, 28) uint8 and digits (m,): a `share` of those given, re-rendered with a pen of even width."""
    chosen = rng.permutation(len(images))[: round(share * len(images))]
    return rerender(images[chosen], rng.uniform(*PEN, len(chosen))), digits[chosen]


def _with_synthetic(
    images: np.ndarray, digits: np.ndarray, pool: np.ndarray, n_digits: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images (m, 28, 28) float32 and classes (m,): those given, and some instances of each class of the pool."""
    some = pool[:, :WHITENING_INSTANCES]
    together = np.concatenate([images, some.reshape(-1, SIDE, SIDE)]).astype(np.float32) / 255
    return together, np.concatenate([digits, n_digits + np.repeat(np.arange(len(pool)), some.shape[1])])


def synthetic_classes(
    recipe: TwoPartRecipe, images: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Normalised uint8 images (classes, instances, 28, 28) to train on, and (held out, 4, 28, 28) of other classes.

    Raises:
        ValueError: the recipe names another kind of classes than *glyphs* and *fragments*.
    """
    count = recipe.classes + recipe.kept_aside
    if not count:
        return (np.empty((0, recipe.instances, SIDE, SIDE), np.uint8),) * 2
    if recipe.synthetic == "glyphs":
        pool, _ = glyph_pool(rng, count, recipe.instances)
    elif recipe.synthetic == "fragments":
        pool, _ = fragment_pool(rng, images, count, recipe.instances)
    else:
        raise ValueError(f"no synthetic classes are called {recipe.synthetic!r}")
    pool = normalised(pool, recipe.normalisation)
    return pool[: -recipe.kept_aside or None], pool[len(pool) - recipe.kept_aside :, :HELD_OUT_INSTANCES]


def normalised(pool: np.ndarray, normalisation: Normalisation) -> np.ndarray:
    """A pool (classes, n, 28, 28) uint8, normalised in place."""
    for start in range(0, len(pool), 256):  # in blocks: float32 of the whole pool would fill the memory
        block = pool[start : start + 256].reshape(-1, SIDE, SIDE).astype(np.float32) / 255
        pool[start : start + 256] = np.round(normalise(block, normalisation) * 255).reshape(-1, *pool.shape[1:])
    return pool


def batches_of(
    recipe: TwoPartRecipe, images: np.ndarray, digits: np.ndarray, pool: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
    """Batches without end: images (batch, 28, 28) uint8 and classes (batch,) int32.

    The digits come first, each as often as the others. A batch has no synthetic class twice.

    Args:
        images, digits: (n, 28, 28) uint8 and (n,), digits numbered from 0.
        pool: synthetic classes (classes, instances, 28, 28) uint8, numbered after the digits.
    """
    groups = [np.flatnonzero(digits == number) for number in range(len(recipe.digits))]
    per_digit = round(recipe.digit_share * recipe.batch / len(groups))
    n_synthetic = recipe.batch - per_digit * len(groups) if len(pool) else 0
    while True:
        rows = np.concatenate([rng.choice(group, per_digit) for group in groups])
        chosen = rng.choice(len(pool), n_synthetic, replace=False)
        synthetic = pool[chosen, rng.integers(0, pool.shape[1], n_synthetic)]
        classes = np.concatenate([digits[rows], len(groups) + chosen]).astype(np.int32)
        yield tf.constant(np.concatenate([images[rows], synthetic])), tf.constant(classes)


def training_step(recipe: TwoPartRecipe, heads: keras.Model, n_classes: int) -> Step:
    """A compiled function that trains both heads by one batch and returns its loss."""
    proxies = tf.Variable(tf.random.normal([n_classes, recipe.embedding], stddev=recipe.embedding**-0.5))
    variables = [*heads.trainable_variables, proxies]
    rate = warm_up_and_cosine(recipe.learning_rate, recipe.epochs * recipe.steps, WARM_UP)
    optimizer = adamw(variables, rate, WEIGHT_DECAY)

    def step(images: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        images = _distorted(images)
        with tf.GradientTape() as tape:
            directions, logits = heads(images, training=True)
            loss = cosine_softmax_loss(directions, proxies, classes)
            loss += detector_loss(logits, classes, len(recipe.digits))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    compiled: Step = tf.function(step)
    return compiled


def _distorted(images: tf.Tensor) -> tf.Tensor:
    """Images (n, 28, 28) float32 in 0..1 from images uint8, most of them distorted."""
    images = tf.cast(images, tf.float32) / 255
    undistorted = tf.random.uniform([tf.shape(images)[0], 1, 1]) < UNDISTORTED
    return tf.where(undistorted, images, jitter(images, Jitter()))
