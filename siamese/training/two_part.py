"""Training of the two-part encoders: thousands of synthetic classes beside the digits, in one loop for both heads.

The shape head tells all classes apart, digits and synthetic ones, so that the trunk must keep the whole shape. The
detectors learn to know each its digit and to refuse all the rest (Hendrycks et al. 2019, *outlier exposure*). Nothing
is seen but the recipe's digits and synthetic images.
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
from siamese.synthetic.skeleton import redraw
from siamese.training.augmentation import jitter
from siamese.training.encoder import TwoParts, two_part_encoder
from siamese.training.fitting import Fitting, warm_up_and_cosine
from siamese.training.recipes import Jitter, TwoPartRecipe

SCALE, MARGIN = 24.0, 0.15  # of the cosine softmax
UNTOUCHED = 0.15  # share of the images of a batch that are not distorted
WEIGHT_DECAY, WARM_UP = 1e-3, 100
PEN = (1.3, 3.4)  # thinnest and thickest of digits drawn again, pixels
KEPT_INSTANCES = 4  # images of each class kept aside
WHITENING_IMAGES, WHITENING_INSTANCES = 9000, 4


def fit(recipe: TwoPartRecipe, data: TrainingData, rng: np.random.Generator) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: already normalised images, float32 in 0..1; `TrainingData` has refused unseen digits.
    """
    return fit_parts(recipe, data, rng)[0]


def fit_parts(recipe: TwoPartRecipe, data: TrainingData, rng: np.random.Generator) -> tuple[Fitting, TwoParts]:
    """What `fit` gives, and the layers that are trained."""
    images = np.round(data.train_images * 255).astype(np.uint8)
    pool, kept = synthetic_classes(recipe, images, rng)
    digits = np.searchsorted(recipe.digits, data.train_digits)
    some = rng.permutation(len(images))[:WHITENING_IMAGES]
    known, of_known = images[some], digits[some]
    again = rng.permutation(len(images))[: round(recipe.redrawn * len(images))]
    redrawn = redraw(images[again], rng.uniform(*PEN, len(again)))
    parts = two_part_encoder(recipe)
    step = training_step(recipe, parts.heads, len(recipe.digits) + len(pool))
    batches = batches_of(recipe, np.concatenate([images, redrawn]), np.concatenate([digits, digits[again]]), pool, rng)

    examples = pool[:, :WHITENING_INSTANCES]
    shown = np.concatenate([known, examples.reshape(-1, SIDE, SIDE)]).astype(np.float32) / 255
    classes = np.concatenate([of_known, len(recipe.digits) + np.repeat(np.arange(len(pool)), examples.shape[1])])

    def losses() -> Iterator[float]:
        for _ in range(recipe.epochs):
            loss = float(np.mean([step(*next(batches)) for _ in range(recipe.steps)]))
            parts.whiten(shown, classes)
            yield loss

    return Fitting(parts.encoder, losses(), kept.astype(np.float32) / 255 if len(kept) else None), parts


def synthetic_classes(
    recipe: TwoPartRecipe, images: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Normalised uint8 images (classes, instances, 28, 28) to be trained on, and (kept aside, 4, 28, 28) that are not.

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
    return pool[: -recipe.kept_aside or None], pool[len(pool) - recipe.kept_aside :, :KEPT_INSTANCES]


def normalised(pool: np.ndarray, normalisation: Normalisation) -> np.ndarray:
    """A pool (classes, n, 28, 28) uint8, normalised in place."""
    for start in range(0, len(pool), 256):  # in blocks: float32 of the whole pool would fill the memory
        block = pool[start : start + 256].reshape(-1, SIDE, SIDE).astype(np.float32) / 255
        pool[start : start + 256] = np.round(normalise(block, normalisation) * 255).reshape(-1, *pool.shape[1:])
    return pool


def batches_of(
    recipe: TwoPartRecipe, images: np.ndarray, digits: np.ndarray, pool: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
    """Without end: images (batch, 28, 28) uint8 and classes (batch,), the digits' first, each as often as the others.

    Args:
        images, digits: (n, 28, 28) uint8 and (n,), digits numbered from 0.
        pool: synthetic classes (classes, instances, 28, 28) uint8, numbered after the digits; a batch has none twice.
    """
    groups = [np.flatnonzero(digits == number) for number in range(len(recipe.digits))]
    each = round(recipe.digit_share * recipe.batch / len(groups))
    synthetic = recipe.batch - each * len(groups) if len(pool) else 0
    while True:
        some = np.concatenate([rng.choice(group, each) for group in groups])
        chosen = rng.choice(len(pool), synthetic, replace=False)
        drawn = pool[chosen, rng.integers(0, pool.shape[1], synthetic)]
        classes = np.concatenate([digits[some], len(groups) + chosen]).astype(np.int32)
        yield tf.constant(np.concatenate([images[some], drawn])), tf.constant(classes)


def training_step(
    recipe: TwoPartRecipe, heads: keras.Model, n_classes: int
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A function that takes a batch's images uint8 and classes, trains both heads by one step, and returns the loss."""
    digits = len(recipe.digits)
    proxies = tf.Variable(tf.random.normal([n_classes, recipe.embedding], stddev=recipe.embedding**-0.5))
    variables = [*heads.trainable_variables, proxies]
    schedule = warm_up_and_cosine(recipe.learning_rate, recipe.epochs * recipe.steps, WARM_UP)
    optimizer = keras.optimizers.AdamW(learning_rate=schedule, weight_decay=WEIGHT_DECAY)
    optimizer.build(variables)
    amount = Jitter()

    @tf.function
    def step(images, classes):
        images = tf.cast(images, tf.float32) / 255
        untouched = tf.random.uniform([tf.shape(images)[0], 1, 1]) < UNTOUCHED
        images = tf.where(untouched, images, jitter(images, amount))
        with tf.GradientTape() as tape:
            directions, logits = heads(images, training=True)
            loss = cosine_softmax_loss(directions, proxies, classes) + detector_loss(logits, classes, digits)
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables))
        return loss

    return step


def cosine_softmax_loss(directions: tf.Tensor, proxies: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
    """Mean loss of directions (n, d) of unit length with classes (n,), of which each has a proxy (classes, d).

    The cosine of an image and its class's proxy must be the largest of all, by a margin (Wang et al. 2018, *CosFace*).
    """
    cosines = tf.matmul(directions, tf.math.l2_normalize(proxies, 1), transpose_b=True)  # (n, classes)
    cosines -= MARGIN * tf.one_hot(classes, tf.shape(proxies)[0])
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, SCALE * cosines))


def detector_loss(logits: tf.Tensor, classes: tf.Tensor, digits: int) -> tf.Tensor:
    """Mean loss of logits (n, digits): each detector says yes to its digit alone; synthetic classes get no yes."""
    answers = tf.one_hot(classes, digits)  # of classes beyond the digits all zeros
    return tf.reduce_mean(tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(answers, logits), 1))
