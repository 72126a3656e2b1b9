"""Training of the fused encoders: a branch for shapes, and a detector a digit.

The shape branch learns thousands of invented classes beside the digits, so its convolutions must keep the whole
shape; their features are then whitened within all these classes. The detectors learn to know the digits and to refuse
the invented and the spoilt (Hendrycks et al. 2019, *outlier exposure*). Both see nothing but the recipe's digits and
invented images. What the detectors know is then drawn towards the prototypes of the digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from siamese.augmentation import chimeras, jitter
from siamese.data import TrainingData
from siamese.encoder_layers import (
    averaged_detectors,
    compressed_features,
    convolutional_branch,
    detector_branch,
    fused_encoder,
    principal_components,
    whitening,
)
from siamese.fragments import fragment_pool
from siamese.glyph_filter import looks_like_unseen
from siamese.glyphs import glyph_pool
from siamese.nearness import from_examples, own_metrics, usual, weights
from siamese.normalisation import SIDE, normalise
from siamese.recipes import BranchRecipe, DetectorRecipe, FusionRecipe
from siamese.redrawing import redraw

MAX_DIGIT = 10  # invented classes are numbered from here


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


@dataclass(frozen=True)
class Likeness:
    """What invented images are to be left out, beyond those that the filter rejects: the likest to some digits.

    A fold of the cross-validation has strangers, too, and may no more practise on their likenesses than a real
    training on those of 0, 1, 8 and 9.

    Attributes:
        digits: that nothing may look like.
        of: images (n, 28, 28) float32, normalised -> how much each looks like each of these digits, (n, digits).
        share: of all classes, how many are left out for each of these digits.
    """

    digits: tuple[int, ...]
    of: Callable[[np.ndarray], np.ndarray]
    share: float

    def among(self, pool: np.ndarray) -> np.ndarray:
        """(classes,) bool: the classes of `pool` (classes, instances, 28, 28) uint8 that are to be left out."""
        images = pool.reshape(-1, SIDE, SIDE)
        found = [self.of(images[start : start + 4096] / np.float32(255)) for start in range(0, len(images), 4096)]
        scores = np.concatenate(found).reshape(*pool.shape[:2], -1).mean(1)  # (classes, digits)
        return (scores > np.quantile(scores, 1 - self.share, axis=0)).any(1)

    def more(self, classes: int) -> int:
        """How many classes to invent so that `classes` of them stay."""
        return int(np.ceil((classes + 1) / (1 - self.share * len(self.digits))))


def fit(
    recipe: FusionRecipe, data: TrainingData, rng: np.random.Generator, likeness: Likeness | None = None
) -> Fitting:
    """The encoder of `recipe`, ready to be trained.

    Args:
        data: already normalised images, float32 in 0..1; `TrainingData` has refused unseen digits.
        likeness: what more is to be left out of the invented images.
    """
    images = np.round(data.train_images * 255).astype(np.uint8)
    pool, strangers = invented_pools(recipe, images, rng, likeness)
    images, digits = _with_redrawn(recipe, images, data.train_digits, rng)
    plan, practice = recipe.shape, recipe.detectors
    shapes, detectors = [], []
    for number in range(1, recipe.networks + 1):
        which = f"_{number}" if number > 1 else ""
        shapes.append(
            convolutional_branch(
                plan.channels, plan.strides, plan.directions, plan.embedding, plan.dropout, f"shape{which}"
            )
        )
        detectors.append(
            detector_branch(
                practice.channels,
                practice.strides,
                practice.directions,
                practice.hidden,
                len(recipe.digits),
                f"detectors{which}",
            )
        )
    features = compressed_features(shapes)
    encoder = fused_encoder(recipe, averaged_detectors(detectors), features)
    settle = settling(recipe, features, encoder, data, pool, rng)
    trainers: list[tuple[Iterator[float], int]] = [
        *((contrastive_trainer(shape, plan, images, digits, pool, rng), plan.steps) for shape in shapes),
        *(
            (detector_trainer(branch, practice, images, digits, pool, rng, likeness), practice.steps)
            for branch in detectors
        ),
    ]

    def losses() -> Iterator[float]:
        for number in range(recipe.epochs):
            total = [
                # Steps that do not divide by the epochs are spread over them.
                np.mean([next(trainer) for _ in range(_share(steps, number, recipe.epochs))] or [np.nan])
                for trainer, steps in trainers
            ]
            settle()
            yield float(np.nansum(total))

    return Fitting(encoder, losses(), strangers if len(strangers) else None)


def _with_redrawn(
    recipe: FusionRecipe, images: np.ndarray, digits: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`images` (n, 28, 28) uint8 and their digits, and some of them once more as a canvas would hold them."""
    some = rng.permutation(len(digits))[: recipe.redrawn]
    again = redraw(images[some], rng.uniform(*recipe.pen, len(some)))
    return np.concatenate([images, again]), np.concatenate([digits, digits[some]])


def _share(steps: int, number: int, epochs: int) -> int:
    return steps * (number + 1) // epochs - steps * number // epochs


def invented_pools(
    recipe: FusionRecipe,
    images: np.ndarray,
    rng: np.random.Generator,
    likeness: Likeness | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Normalised images of the invented classes: (classes, pool_instances, 28, 28) uint8 to be trained on,

    and (strangers, stranger_instances, 28, 28) float32 that are not trained on.
    """
    trained, strangers = [], []
    count = recipe.pool_instances
    kinds: list[tuple[int, Callable[[int], np.ndarray]]] = [
        (recipe.glyphs, lambda classes: glyph_pool(rng, classes, count)[0]),
        (recipe.fragments, lambda classes: fragment_pool(rng, images, classes, count)[0]),
    ]
    for classes, invent in kinds:
        if classes:
            wanted = classes + recipe.strangers
            pool = _normalised(invent(likeness.more(wanted) if likeness else wanted), recipe)
            if likeness:
                pool = pool[~likeness.among(pool)][:wanted]
            practice, kept = np.split(pool, [len(pool) - recipe.strangers])
            trained.append(practice)
            strangers.append(kept[:, : recipe.stranger_instances])
    return np.concatenate(trained), np.concatenate(strangers).astype(np.float32) / 255


def _normalised(pool: np.ndarray, recipe: FusionRecipe) -> np.ndarray:
    """A pool (classes, n, 28, 28) uint8, normalised in place."""
    for start in range(0, len(pool), 256):  # in blocks: float32 of the whole pool would fill the memory
        block = pool[start : start + 256].reshape(-1, 28, 28).astype(np.float32) / 255
        pool[start : start + 256] = np.round(normalise(block, recipe.normalisation) * 255).reshape(-1, *pool.shape[1:])
    return pool


def settling(
    recipe: FusionRecipe,
    features: keras.Model,
    encoder: keras.Model,
    data: TrainingData,
    pool: np.ndarray,
    rng: np.random.Generator,
) -> Callable[[], None]:
    """A function that computes what is not learned in steps, from the networks as they are when it is called.

    These are the whitening, prototypes, metrics, examples and evidence of `encoder`. How writings of *one* shape
    differ can be learned from thousands of shapes; the digits alone say how those six differ. What distance from the
    nearest examples is usual is asked of the validation images, which the examples do not include.

    Args:
        pool: invented classes (classes, instances, 28, 28) uint8.
    """
    some = rng.permutation(len(data.train_digits))[: recipe.whitening_images]
    invented = pool[: recipe.whitening_invented, : recipe.whitening_instances]
    images = np.concatenate([data.train_images[some], invented.reshape(-1, SIDE, SIDE) / np.float32(255)])
    digits = np.searchsorted(recipe.digits, data.train_digits[some])
    classes = np.concatenate([digits, MAX_DIGIT + np.repeat(np.arange(len(invented)), invented.shape[1])])
    other_digits = np.searchsorted(recipe.digits, data.validation_digits)

    def components(layer: str, points: np.ndarray, dimensions: int) -> Callable[[np.ndarray], np.ndarray]:
        """What `layer` computes, once it is set to the principal components of `points`."""
        matrix, offset = principal_components(points, dimensions)
        encoder.get_layer(layer).set_weights([matrix, offset])
        return lambda some: some @ matrix + offset

    def whiten(points: np.ndarray) -> np.ndarray:
        matrix, offset = whitening(points, classes, recipe.shrinkage, recipe.between)
        known = points[: len(digits)]
        if recipe.height:  # one more coordinate, the same for all
            usual_length = np.median(np.linalg.norm(known @ matrix + offset, axis=1))
            matrix = np.pad(matrix, ((0, 0), (0, 1)))
            offset = np.append(offset, np.float32(recipe.height * usual_length))
        encoder.get_layer("whitening").set_weights([matrix, offset])
        return known @ matrix + offset

    def take_examples(known: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        reduced = components("components", known, recipe.near_dimensions)
        points = reduced(known)
        metrics = own_metrics(points, digits, recipe.near_own, recipe.near_shrinkage)
        chosen = np.stack(
            [
                np.resize(points[digits == digit] @ metric, (recipe.examples, points.shape[1]))
                for digit, metric in enumerate(metrics)
            ]
        )
        encoder.get_layer("nearest").set_weights([metrics, chosen.transpose(0, 2, 1)])
        distances = from_examples(reduced(others), metrics, chosen, recipe.neighbours)
        return usual(distances, other_digits)

    def settle() -> None:
        found = features.predict(images, batch_size=512, verbose=0)
        reduced = components("reduced", found, recipe.dimensions)
        points = reduced(found)
        shapes = whiten(points)
        encoder.get_layer("drawn").fit(shapes / np.linalg.norm(shapes, axis=1, keepdims=True), digits)
        ordinary = None
        if recipe.examples:
            others = features.predict(data.validation_images, batch_size=512, verbose=0)
            ordinary = take_examples(points[: len(digits)], reduced(others))
        for name, evidence in (("answers", recipe.answers), ("leanings", recipe.leanings)):
            none = recipe.shared and name == "answers"
            encoder.get_layer(name).set_weights(weights(evidence, len(recipe.digits), ordinary, none))

    return settle


def _optimizer(plan: BranchRecipe | DetectorRecipe, branch: keras.Model) -> keras.optimizers.Optimizer:
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


def contrastive_trainer(branch, plan: BranchRecipe, images, digits, pool, rng) -> Iterator[float]:
    """An endless iterator: each `next` is one training step of `branch`, and its loss.

    Args:
        images, digits: (n, 28, 28) uint8 and (n,), the classes that every batch has.
        pool: invented classes (classes, instances, 28, 28) uint8, of which every batch has some.
    """
    optimizer = _optimizer(plan, branch)
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
            chosen = rng.choice(len(pool), plan.invented, replace=False)
            which = np.argsort(rng.random((plan.invented, pool.shape[1])), 1)[:, : plan.instances]
            batch.append(pool[chosen[:, None], which].reshape(-1, 28, 28))
            classes.append(MAX_DIGIT + np.repeat(np.arange(plan.invented), plan.instances))
        yield float(step(tf.constant(np.concatenate(batch)), tf.constant(np.concatenate(classes), tf.int32)))


def detector_trainer(
    branch, plan: DetectorRecipe, images, digits, pool, rng, likeness: Likeness | None = None
) -> Iterator[float]:
    """An endless iterator: each `next` is one training step of the detectors, and its loss.

    Args:
        images, digits: (n, 28, 28) uint8 and (n,), what each detector shall answer for.
        pool: invented classes (classes, instances, 28, 28) uint8, for which none shall.
        likeness: what is to be left out of the spoilt digits.
    """
    optimizer = _optimizer(plan, branch)
    groups = [np.flatnonzero(digits == digit) for digit in np.unique(digits)]
    invented = pool.reshape(-1, *pool.shape[2:])
    spoilt = spoilt_digits(plan, images, digits, rng)
    if likeness:
        spoilt = spoilt[~likeness.among(spoilt[:, None])]
    each = plan.digit_images // len(groups)
    nothing = np.zeros((plan.invented_images + plan.spoilt_images, len(groups)))
    answers = np.concatenate([np.repeat(np.eye(len(groups)), each, 0), nothing]).astype(np.float32)

    @tf.function
    def step(batch):
        batch = tf.cast(batch, tf.float32) / 255
        untouched = tf.random.uniform([tf.shape(batch)[0], 1, 1]) < plan.untouched
        batch = tf.where(untouched, batch, jitter(batch, plan.jitter))
        with tf.GradientTape() as tape:
            costs = tf.nn.sigmoid_cross_entropy_with_logits(answers, branch(batch, training=True))
            loss = tf.reduce_mean(tf.reduce_sum(costs, 1))
        gradients = tape.gradient(loss, branch.trainable_variables)
        optimizer.apply_gradients(zip(gradients, branch.trainable_variables))
        return loss

    while True:
        batch = [images[rng.choice(group, each)] for group in groups]
        batch.append(invented[rng.integers(0, len(invented), plan.invented_images)])
        batch.append(spoilt[rng.integers(0, len(spoilt), plan.spoilt_images)])
        yield float(step(tf.constant(np.concatenate(batch))))


def spoilt_digits(plan: DetectorRecipe, images, digits, rng: np.random.Generator) -> np.ndarray:
    """Images (n, 28, 28) uint8, n at most `plan.spoilt_pool`: digits bent out of shape, and two digits in one.

    What looks like an unseen digit is left out.
    """
    names = np.unique(digits)
    groups = [np.flatnonzero(digits == digit) for digit in names]
    half = plan.spoilt_pool // 2
    first = rng.integers(0, len(groups), 2 * half)
    second = (first + rng.integers(1, len(groups), 2 * half)) % len(groups)

    def writers(chosen):
        return images[[rng.choice(groups[index]) for index in chosen]].astype(np.float32) / 255

    made = []
    for start in range(0, half, 500):
        some = slice(start, min(start + 500, half))
        made.append(jitter(writers(first[some]), plan.spoiling))
        mixed, others = writers(first[half:][some]), writers(second[half:][some])
        made.append(chimeras(jitter(mixed, plan.jitter), jitter(others, plan.jitter)))
    spoilt = np.round(np.concatenate(made) * 255).astype(np.uint8)
    return spoilt[~looks_like_unseen(spoilt)]


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
