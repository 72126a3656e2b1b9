"""Normalisation: the steps between an MNIST-framed image and a model's encoder, as the model's card declares them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from siamese.constants import SIDE
from siamese.errors import InvalidArtefact

_GRID = np.arange(SIDE, dtype=np.float64)
_POWERS = np.stack([np.ones(SIDE), _GRID, _GRID**2], 1)  # (28, 3)
_LEAST_MASS = 1e-6

SPREADS = (6.0, 5.0)  # pixels; the standard deviation of the ink's place, down and across, that `even_size` aims at
ENLARGEMENT = (0.75, 1.35)  # its least and largest factor: a plain stroke must not get the width of a digit
_GROWTH = 1.5  # pixels by which one dilation widens a stroke


@dataclass(frozen=True)
class Normalisation:
    """The declared steps, in the order in which they are applied.

    Attributes:
        slant: shear each row so that the ink's covariance between row and column is zero.
        size: how far height and width are brought to one spread of ink, from 0 (not at all) to 1 (all the way).
        thickness: the width in pixels that thinner strokes are grown towards; 0 leaves them as they are.
    """

    slant: bool = False
    size: float = 0.0
    thickness: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The steps as a card holds them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Normalisation:
        """The normalisation that a card declares.

        Raises:
            InvalidArtefact: it names an unknown step, or a value is out of its range.
        """
        try:
            steps = cls(**values)
        except TypeError as error:
            raise InvalidArtefact(f"the card declares a normalisation this version does not know: {error}") from error
        if not isinstance(steps.slant, bool):
            raise InvalidArtefact("the card declares a normalisation step that is neither on nor off")
        for value, most in ((steps.size, 1), (steps.thickness, SIDE)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise InvalidArtefact("the card declares a normalisation step by a number that is out of its range")
        return steps


def normalise(images: np.ndarray, normalisation: Normalisation) -> np.ndarray:
    """Images (n, 28, 28) float32 in 0..1 after the declared steps, same shape."""
    if normalisation.slant:
        images = correct_slant(images)
    if normalisation.size:
        images = even_size(images, normalisation.size)
    return thicken(images, normalisation.thickness) if normalisation.thickness else images


def correct_slant(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) sheared upright about their centre of mass, each by its moments.

    The shear is the regression of column on row, cov(row, column) / var(row). This is the classical slant correction
    of handwriting recognition; LeCun et al. 1998 used it for their *deslanted* MNIST.
    """
    images = np.asarray(images, np.float32)
    moments = _moments(images)
    mass = np.maximum(moments[:, 0, 0], _LEAST_MASS)
    row, column = moments[:, 1, 0] / mass, moments[:, 0, 1] / mass
    covariance, variance = moments[:, 1, 1] / mass - row * column, moments[:, 2, 0] / mass - row * row
    shear = np.minimum(np.maximum(covariance / np.maximum(variance, 1e-3), -1.5), 1.5)

    # Each row moves by a fraction of a pixel: linear interpolation along the row.
    shift = shear[:, None] * (_GRID - row[:, None])  # (n, 28)
    whole = np.floor(shift)
    fraction = (shift - whole).astype(np.float32)[..., None]
    padded = np.zeros((*images.shape[:2], 3 * SIDE + 1), np.float32)  # there is no ink outside the image
    padded[..., SIDE : 2 * SIDE] = images
    first = np.minimum(np.maximum(whole + SIDE, 0), 2 * SIDE).astype(np.intp)
    starts = first + np.arange(0, padded.size, padded.shape[2]).reshape(first.shape)
    beside = padded.take(starts[..., None] + np.arange(SIDE + 1))  # (n, 28, 29): each pixel and the one to its right
    left, right = beside[..., :-1], beside[..., 1:]
    sheared: np.ndarray = left * (1 - fraction) + right * fraction
    return sheared


def _moments(images: np.ndarray) -> np.ndarray:
    """Sums (n, 3, 3) float64 of ink · row^i · column^j over images (n, 28, 28), i and j from 0 to 2."""
    moments: np.ndarray = _POWERS.T @ images.astype(np.float64) @ _POWERS
    return moments


def even_size(images: np.ndarray, degree: float) -> np.ndarray:
    """Images (n, 28, 28) scaled in height and in width about their centre of mass, which comes to the middle.

    The factor is (`SPREADS` / spread of the ink) ** degree within `ENLARGEMENT`, where the spread is the standard
    deviation of the ink's place. This is moment normalisation (Casey 1970; Liu et al. 2004 compare it with other
    methods). A degree of 0.5 goes half the way, because the width of a shape tells something about it, too.
    """
    images = np.asarray(images, np.float32)
    across: np.ndarray = images @ _scaling_matrices(images.sum(1), degree, SPREADS[1])
    both: np.ndarray = _scaling_matrices(across.sum(2), degree, SPREADS[0]).transpose(0, 2, 1) @ across
    return both


def _scaling_matrices(ink: np.ndarray, degree: float, spread: float) -> np.ndarray:
    """Matrices (n, 28, 28) float32 that scale a line of pixels by linear interpolation.

    Args:
        ink: (n, 28), the sums of the lines.
        spread: the standard deviation that is aimed at, pixels.
    """
    moments = (ink.astype(np.float64)[:, None] @ _POWERS)[:, 0]  # stacked, so that BLAS adds up alike for any n
    mass = np.maximum(moments[:, 0], _LEAST_MASS)
    middle = moments[:, 1] / mass
    deviation = np.sqrt(np.maximum(moments[:, 2] / mass - middle * middle, 0.25))
    factor = np.minimum(np.maximum((spread / deviation) ** degree, ENLARGEMENT[0]), ENLARGEMENT[1])
    source = middle[:, None] + (_GRID - (SIDE - 1) / 2) / factor[:, None]  # (n, 28)
    matrices: np.ndarray = np.maximum(1 - np.abs(source[:, None] - _GRID[:, None]), 0).astype(np.float32)
    return matrices


def stroke_width(images: np.ndarray) -> np.ndarray:
    """Mean width of the strokes (n,) of images (n, 28, 28), in pixels: the ink over half of the outline's length.

    The outline's length is the sum of the gradients' lengths, which is right for blurred edges, too.
    """
    return _padded_stroke_width(_with_rim(np.asarray(images, np.float32)))


def _padded_stroke_width(wide: np.ndarray) -> np.ndarray:
    """`stroke_width` of images (n, 30, 30) float32 with a rim of zeros."""
    inner = wide[:, 1:, 1:]
    down, across = inner - wide[:, :-1, 1:], inner - wide[:, 1:, :-1]
    outline = np.sqrt(down * down + across * across).sum(2).sum(1)
    width: np.ndarray = 2 * wide.sum(2).sum(1) / np.maximum(outline, 1e-6)
    return width


def thicken(images: np.ndarray, thickness: float) -> np.ndarray:
    """Images (n, 28, 28) whose strokes are grown towards `thickness` pixels, by at most one pixel on each side.

    Images are blended with their dilation by a cross. Thick strokes stay, because thinning would cut faint ones.
    """
    images = np.asarray(images, np.float32)
    wide = _with_rim(images)
    missing = (thickness - _padded_stroke_width(wide)) / _GROWTH
    weight = np.minimum(np.maximum(missing, 0), 1).astype(np.float32)[:, None, None]
    thicker: np.ndarray = images + weight * (_padded_dilate(wide, diagonal=False) - images)
    return thicker


def _with_rim(values: np.ndarray) -> np.ndarray:
    """Values (n, h, w) with a rim of zeros, (n, h + 2, w + 2), in a third of the time of `np.pad`."""
    wide = np.zeros((values.shape[0], values.shape[1] + 2, values.shape[2] + 2), values.dtype)
    wide[:, 1:-1, 1:-1] = values
    return wide


def dilate(values: np.ndarray, diagonal: bool) -> np.ndarray:
    """The dilation of values (n, h, w) by a cross, or by a square of 3 × 3 with the `diagonal` neighbours, too."""
    return _padded_dilate(_with_rim(values), diagonal)


def _padded_dilate(wide: np.ndarray, diagonal: bool) -> np.ndarray:
    """`dilate` of values (n, h + 2, w + 2) with a rim of zeros."""
    dilated: np.ndarray
    if diagonal:
        across = np.maximum(np.maximum(wide[:, :, :-2], wide[:, :, 2:]), wide[:, :, 1:-1])
        dilated = np.maximum(np.maximum(across[:, :-2], across[:, 2:]), across[:, 1:-1])
        return dilated
    rows, columns = wide[:, 1:-1], wide[:, :, 1:-1]
    across = np.maximum(np.maximum(rows[:, :, :-2], rows[:, :, 2:]), rows[:, :, 1:-1])
    dilated = np.maximum(across, np.maximum(columns[:, :-2], columns[:, 2:]))
    return dilated
