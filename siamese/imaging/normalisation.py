"""What a model does to an MNIST-framed image before its encoder sees it; declared in its card."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from siamese.constants import SIDE
from siamese.errors import InvalidArtefact

_GRID = np.arange(SIDE, dtype=np.float64)
_POWERS = np.stack([np.ones(SIDE), _GRID, _GRID**2], 1)  # (28, 3)
_LEAST_MASS = 1e-6

# What `even_size` brings the ink's standard deviation near to, down and across, in pixels, and its least and largest
# enlargement: a plain stroke must not be blown up to the width of a digit.
SPREADS = (6.0, 5.0)
ENLARGEMENT = (0.75, 1.35)


@dataclass(frozen=True)
class Normalisation:
    """The declared steps, in the order in which they are applied.

    Attributes:
        slant: shear each row so that the ink's covariance between row and column is zero.
        size: how far height and width are brought to the same spread of ink, from 0 (as they are) to 1 (all the way).
        thickness: thinner strokes are grown towards this width, pixels; 0 leaves them as they are.
    """

    slant: bool = False
    size: float = 0.0
    thickness: float = 0.0

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> Normalisation:
        """The normalisation that a card declares; InvalidArtefact when it names an unknown step."""
        try:
            steps = cls(**values)
        except TypeError as error:
            raise InvalidArtefact(f"the card declares a preprocessing this version does not know: {error}") from error
        if not isinstance(steps.slant, bool):
            raise InvalidArtefact("the card declares a preprocessing step that is neither on nor off")
        for value, most in ((steps.size, 1), (steps.thickness, SIDE)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise InvalidArtefact("the card declares a preprocessing step by a number that is out of its range")
        return steps


def normalise(images: np.ndarray, normalisation: Normalisation) -> np.ndarray:
    """Images (n, 28, 28) float32 in 0..1 as the encoder expects them, same shape."""
    if normalisation.slant:
        images = correct_slant(images)
    if normalisation.size:
        images = even_size(images, normalisation.size)
    return thicken(images, normalisation.thickness) if normalisation.thickness else images


def correct_slant(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) sheared upright about their centre of mass, each by its own moments.

    The shear is the regression of column on row, cov(row, column) / var(row), the classical
    slant correction of handwriting recognition (LeCun et al. 1998 used it for their *deslanted* MNIST).
    """
    images = np.asarray(images, np.float32)
    moments = _moments(images)
    mass = np.maximum(moments[:, 0, 0], _LEAST_MASS)
    row, column = moments[:, 1, 0] / mass, moments[:, 0, 1] / mass
    covariance, variance = moments[:, 1, 1] / mass - row * column, moments[:, 2, 0] / mass - row * row
    shear = np.minimum(np.maximum(covariance / np.maximum(variance, 1e-3), -1.5), 1.5)

    # Each row is moved by its own fraction of a pixel: linear interpolation along the row.
    shift = shear[:, None] * (_GRID - row[:, None])  # (n, 28)
    whole = np.floor(shift)
    share = (shift - whole).astype(np.float32)[..., None]
    padded = np.zeros((*images.shape[:2], 3 * SIDE + 1), np.float32)  # outside the image lies no ink
    padded[..., SIDE : 2 * SIDE] = images
    first = np.minimum(np.maximum(whole + SIDE, 0), 2 * SIDE).astype(np.intp)
    starts = first + np.arange(0, padded.size, padded.shape[2]).reshape(first.shape)
    beside = padded.take(starts[..., None] + np.arange(SIDE + 1))  # (n, 28, 29): each pixel and the one to its right
    left, right = beside[..., :-1], beside[..., 1:]
    return left * (1 - share) + right * share


def _moments(images: np.ndarray) -> np.ndarray:
    """Sums (n, 3, 3) float64 of ink · row^i · column^j over images (n, 28, 28), i and j from 0 to 2."""
    return _POWERS.T @ images.astype(np.float64) @ _POWERS


def even_size(images: np.ndarray, share: float) -> np.ndarray:
    """Images (n, 28, 28) enlarged about their centre of mass, which comes to the middle, in height and in width.

    Each by (`SPREADS` / spread of the ink) ** share, where the spread is the standard deviation of the ink's place,
    within `ENLARGEMENT`: moment normalisation of handwriting recognition (Casey 1970; Liu et al. 2004 compare it with
    others). A share of 0.5 goes half the way: how wide a shape is tells something about it, too.
    """
    images = np.asarray(images, np.float32)
    across = images @ _enlarging(images.sum(1), share, SPREADS[1])
    return _enlarging(across.sum(2), share, SPREADS[0]).transpose(0, 2, 1) @ across


def _enlarging(ink: np.ndarray, share: float, spread: float) -> np.ndarray:
    """Matrices (n, 28, 28) float32 from the pixels of a line to those of the enlarged one, by linear interpolation.

    Args:
        ink: (n, 28), the sums of the lines.
    """
    moments = (ink.astype(np.float64)[:, None] @ _POWERS)[:, 0]  # stacked: BLAS adds up alike for any n
    mass = np.maximum(moments[:, 0], _LEAST_MASS)
    middle = moments[:, 1] / mass
    own = np.sqrt(np.maximum(moments[:, 2] / mass - middle * middle, 0.25))
    larger = np.minimum(np.maximum((spread / own) ** share, ENLARGEMENT[0]), ENLARGEMENT[1])
    source = middle[:, None] + (_GRID - (SIDE - 1) / 2) / larger[:, None]  # (n, 28)
    return np.maximum(1 - np.abs(source[:, None] - _GRID[:, None]), 0).astype(np.float32)


_GROWTH = 1.5  # pixels by which one dilation widens a stroke


def stroke_width(images: np.ndarray) -> np.ndarray:
    """(n,) mean width of the strokes of images (n, 28, 28), pixels: their ink over half of their outline's length.

    The outline is measured as the sum of the slopes' lengths, which is right for blurred edges, too.
    """
    return _stroke_width(_with_rim(np.asarray(images, np.float32)))


def _stroke_width(wide: np.ndarray) -> np.ndarray:
    """The same of images (n, 30, 30) float32 with a rim of zeros."""
    inner = wide[:, 1:, 1:]
    down, across = inner - wide[:, :-1, 1:], inner - wide[:, 1:, :-1]
    outline = np.sqrt(down * down + across * across).sum(2).sum(1)
    return 2 * wide.sum(2).sum(1) / np.maximum(outline, 1e-6)


def thicken(images: np.ndarray, thickness: float) -> np.ndarray:
    """Images (n, 28, 28) whose strokes are grown towards `thickness` pixels, by at most one pixel on each side.

    A share of a dilation by a cross. Thick strokes stay: to thin them would cut what is faint.
    """
    images = np.asarray(images, np.float32)
    wide = _with_rim(images)
    missing = (thickness - _stroke_width(wide)) / _GROWTH
    share = np.minimum(np.maximum(missing, 0), 1).astype(np.float32)[:, None, None]
    return images + share * (_largest(wide, diagonal=False) - images)


def _with_rim(values: np.ndarray) -> np.ndarray:
    """Values (n, h, w) with zeros around them, (n, h + 2, w + 2); a third of the time of `np.pad`."""
    wide = np.zeros((values.shape[0], values.shape[1] + 2, values.shape[2] + 2), values.dtype)
    wide[:, 1:-1, 1:-1] = values
    return wide


def neighbourhood(values: np.ndarray, diagonal: bool) -> np.ndarray:
    """The largest of each value (n, h, w) and its four neighbours, or eight with the diagonal ones: a dilation."""
    return _largest(_with_rim(values), diagonal)


def _largest(wide: np.ndarray, diagonal: bool) -> np.ndarray:
    """The same of values (n, h + 2, w + 2) with a rim of zeros."""
    if diagonal:
        across = np.maximum(np.maximum(wide[:, :, :-2], wide[:, :, 2:]), wide[:, :, 1:-1])
        return np.maximum(np.maximum(across[:, :-2], across[:, 2:]), across[:, 1:-1])
    rows, columns = wide[:, 1:-1], wide[:, :, 1:-1]
    across = np.maximum(np.maximum(rows[:, :, :-2], rows[:, :, 2:]), rows[:, :, 1:-1])
    return np.maximum(across, np.maximum(columns[:, :-2], columns[:, 2:]))
