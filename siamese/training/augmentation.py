"""Data augmentation: small random distortions of a batch of images, inside TensorFlow's graph."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from siamese.constants import SIDE
from siamese.training.recipes import Jitter


def jitter(images: tf.Tensor, amount: Jitter) -> tf.Tensor:
    """Images (n, 28, 28) float32 in 0..1, each moved, bent, thickened or thinned, and faded at random."""
    n = tf.shape(images)[0]

    def normal(shape: list[Any], scale: float) -> tf.Tensor:
        return tf.random.normal(shape, 0.0, scale)

    angle, slant = normal([n, 1, 1], amount.rotation), normal([n, 1, 1], amount.slant)
    height, width = tf.exp(normal([n, 1, 1], amount.size)), tf.exp(normal([n, 1, 1], amount.size))
    bend = tf.image.resize(normal([n, amount.cells, amount.cells, 2], amount.elastic), [SIDE, SIDE], "bicubic")
    centre = (SIDE - 1) / 2
    place = tf.range(SIDE, dtype=tf.float32) - centre
    row, column = tf.meshgrid(place, place, indexing="ij")
    cosine, sine = tf.cos(angle), tf.sin(angle)
    down = height * cosine * row - width * sine * column + normal([n, 1, 1], amount.shift) + bend[..., 0]
    across = (height * sine + slant) * row + width * cosine * column + normal([n, 1, 1], amount.shift) + bend[..., 1]
    moved = interpolate(images, down + centre, across + centre)
    # Thickness: a share of a dilation or an erosion by 3 × 3 pixels.
    grown = tf.nn.max_pool2d(moved[..., None], 3, 1, "SAME")[..., 0]
    shrunk = -tf.nn.max_pool2d(-moved[..., None], 3, 1, "SAME")[..., 0]
    change = tf.random.uniform([n, 1, 1], *amount.thickness)
    moved += tf.nn.relu(change) * (grown - moved) + tf.nn.relu(-change) * (shrunk - moved)
    return tf.clip_by_value(moved, 0.0, 1.0) ** tf.exp(normal([n, 1, 1], amount.contrast))


def interpolate(images: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """Images (n, 28, 28) at the places `rows`, `columns` (n, 28, 28), by bilinear interpolation; 0 outside."""
    wide = SIDE + 2
    flat = tf.reshape(tf.pad(images, [[0, 0], [1, 1], [1, 1]]), [-1, wide * wide])
    rows = tf.clip_by_value(rows + 1, 0.0, wide - 1.001)
    columns = tf.clip_by_value(columns + 1, 0.0, wide - 1.001)
    top, left = tf.floor(rows), tf.floor(columns)
    lower, right = rows - top, columns - left
    corner = tf.reshape(tf.cast(top * wide + left, tf.int32), [-1, SIDE * SIDE])

    def pixels(offset: int) -> tf.Tensor:
        return tf.reshape(tf.gather(flat, corner + offset, batch_dims=1), [-1, SIDE, SIDE])

    upper_half = pixels(0) * (1 - right) + pixels(1) * right
    lower_half = pixels(wide) * (1 - right) + pixels(wide + 1) * right
    return upper_half * (1 - lower) + lower_half * lower
