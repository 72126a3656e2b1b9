"""What a model does to an MNIST-framed image before its encoder sees it; declared in its card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache

import numpy as np

from siamese.errors import InvalidArtefact

SIDE = 28
_WIDE = SIDE + 3

# What `even_size` brings the ink's standard deviation near to, down and across, in pixels, and its least and largest
# enlargement: a plain stroke must not be blown up to the width of a digit.
SPREADS = (6.0, 5.0)
ENLARGEMENT = (0.75, 1.35)


@dataclass(frozen=True)
class Normalisation:
    """The declared steps.

    Attributes:
        slant: shear each row so that the ink's covariance between row and column is zero.
        size: how far height and width are brought to the same spread of ink, from 0 (as they are) to 1 (all the way).
        thickness: thinner strokes are grown towards this width, pixels; 0 leaves them as they are.
        level: how much of the slope of strokes that run across is taken away, by shearing each column; with 0, nothing,
            and the two below do not count. With it, slant, slope and size are set right in one go, see `straighten`.
        columns: how far the shear of the slant goes over, from 0 (not) to 1, to the one after which ink stands in the
            sharpest columns.
        spreads: what the spread of ink is brought near to, down and across, pixels.
    """

    slant: bool = False
    size: float = 0.0
    thickness: float = 0.0
    level: float = 0.0
    columns: float = 0.0
    spreads: tuple[float, float] = SPREADS

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> Normalisation:
        """The normalisation that a card declares; InvalidArtefact when it names an unknown step."""
        try:
            steps = cls(**{**values, "spreads": tuple(values.get("spreads", SPREADS))})
        except (TypeError, AttributeError) as error:
            raise InvalidArtefact(f"the card declares a preprocessing this version does not know: {error}") from error
        if not isinstance(steps.slant, bool):
            raise InvalidArtefact("the card declares a preprocessing step that is neither on nor off")
        limits = [(steps.size, 1), (steps.thickness, SIDE), (steps.level, 2), (steps.columns, 1)]
        for value, most in [*limits, *((spread, SIDE / 2) for spread in steps.spreads)]:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise InvalidArtefact("the card declares a preprocessing step by a number that is out of its range")
        if len(steps.spreads) != 2:
            raise InvalidArtefact("the card declares a preprocessing step by too many numbers, or too few")
        return steps


def normalise(images: np.ndarray, normalisation: Normalisation) -> np.ndarray:
    """Images (n, 28, 28) float32 in 0..1 as the encoder expects them, same shape."""
    if normalisation.level:
        images = straighten(images, normalisation)
    else:
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
    return _sheared(images, *_lean(images))


def _lean(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) float32 each: how many columns the ink of images (n, 28, 28) leans a row, and the middle row of the ink."""
    grid = np.arange(SIDE, dtype=np.float32)
    # Sums, not matrix products: BLAS adds up in another order for another number of images.
    wide = images.astype(np.float64)
    mass, row, row_variance = _moments(wide.sum(2))
    column = (wide.sum(1) * grid).sum(1) / mass
    covariance = ((wide * grid).sum(2) * grid).sum(1) / mass - row * column
    lean = np.minimum(np.maximum(covariance / np.maximum(row_variance, 1e-3), -1.5), 1.5)
    return lean.astype(np.float32), row.astype(np.float32)


def _sheared(images: np.ndarray, shear: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28), each row moved to the left by `shear` (n,) pixels for each row below the place `row` (n,)."""
    grid = np.arange(SIDE, dtype=np.float32)
    # Each row is moved by its own fraction of a pixel: linear interpolation along the row.
    source = grid[None, None, :] + (shear[:, None] * (grid[None] - row[:, None]))[..., None]  # (n, 28, 28)
    left, right, share = _beside(images, source)
    return (left * (1 - share) + right * share).astype(np.float32)


_SHEARS = np.linspace(-0.9, 0.9, 19)  # that are compared
_CHOOSY = 25.0  # how much more the sharper of two shears counts
_MARGIN = 5  # columns on either side of the image of half the size


def sharpest_columns(images: np.ndarray) -> np.ndarray:
    """(n,) float32: the shears after which the ink of images (n, 28, 28) stands in the sharpest columns.

    The sum of the squares of the columns' ink is largest then: upright strokes stand in one column each (Vinciarelli
    and Luettin 2001 deslant words by such a measure). It is looked for at half the size; all shears are averaged, the
    sharper the weightier, so that nothing jumps.
    """
    half = images.reshape(-1, SIDE // 2, 2, SIDE // 2, 2).mean((2, 4), dtype=np.float64).reshape(-1, SIDE**2 // 4)
    ink = np.einsum("ij,jk->ik", half, _projections()).reshape(len(half), len(_SHEARS), -1)
    energy = (ink * ink).sum(2)
    weights = np.exp(_CHOOSY * (energy / np.maximum(energy.max(1, keepdims=True), 1e-6) - 1))
    return ((weights * _SHEARS).sum(1) / weights.sum(1)).astype(np.float32)


@cache
def _projections() -> np.ndarray:
    """(196, shears · columns): how much each pixel of an image of half the size gives to each column, by shear."""
    side = SIDE // 2
    width = side + 2 * _MARGIN
    row, column = np.divmod(np.arange(side * side), side)
    found = np.zeros((side * side, len(_SHEARS), width))
    for number, shear in enumerate(_SHEARS):
        place = column - shear * (row - (side - 1) / 2) + _MARGIN
        low = np.floor(place).astype(int)
        for beside, share in ((low, low + 1 - place), (low + 1, place - low)):
            inside = (beside >= 0) & (beside < width)
            found[np.flatnonzero(inside), number, beside[inside]] += share[inside]
    return found.reshape(side * side, -1)


_STEEPEST = 0.6  # slope, rows a column


def slope_across(images: np.ndarray) -> np.ndarray:
    """(n,) float32: by how many rows a column the strokes of images (n, 28, 28) that run across fall.

    The slope along which, over all edges nearer to level than to upright, grey values change least. Of round strokes
    it is the mean slope of what is nearly level in them.
    """
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    smooth_down = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    smooth_across = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    across = smooth_down[:, :, 2:] - smooth_down[:, :, :-2]
    down = smooth_across[:, 2:] - smooth_across[:, :-2]
    nearly_level = np.abs(across) < np.abs(down)
    product = np.where(nearly_level, across * down, 0).astype(np.float64).sum(2).sum(1)
    square = np.where(nearly_level, down * down, 0).astype(np.float64).sum(2).sum(1)
    return (-product / np.maximum(square, 1e-3)).astype(np.float32)


def straighten(images: np.ndarray, steps: Normalisation) -> np.ndarray:
    """Images (n, 28, 28) upright, level, of even size, and in the middle, by one resampling.

    The slant is that of the moments, and in part that of `sharpest_columns`, which a foot or a bar to one side does not
    mislead; then `level` times `slope_across` is taken away; then ink is brought near to `spreads` as in `even_size`.
    To resample but once keeps thin strokes from fading.
    """
    images = np.asarray(images, np.float32)
    lean, row = _lean(images)
    lean += np.float32(steps.columns) * (sharpest_columns(images) - lean)
    upright = _sheared(images, lean, row)
    slope = np.minimum(np.maximum(np.float32(steps.level) * slope_across(upright), -_STEEPEST), _STEEPEST)
    _, column, _ = _moments(upright.astype(np.float64).sum(1))
    column = column.astype(np.float32)
    level = _sheared(upright.transpose(0, 2, 1), slope, column)  # columns first
    rows = _places(level.astype(np.float64).sum(1), steps.size, steps.spreads[0])[:, :, None]
    columns = _places(level.astype(np.float64).sum(2), steps.size, steps.spreads[1])[:, None, :]
    rows = rows + slope[:, None, None] * (columns - column[:, None, None])
    columns = columns + lean[:, None, None] * (rows - row[:, None, None])
    return _read(images, rows, columns)


def _read(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What images (n, 28, 28) hold at places (n, 28, 28) between their pixels; outside lies no ink."""
    padded = np.zeros((len(images), _WIDE, _WIDE), np.float32)  # an empty pixel before each row and column, two after
    padded[:, 1:-2, 1:-2] = images
    rows, columns = (np.minimum(np.maximum(places + 1, 0), _WIDE - 2) for places in (rows, columns))
    top, left = np.floor(rows).astype(np.int32), np.floor(columns).astype(np.int32)
    down, across = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    corner = np.arange(len(images), dtype=np.int32)[:, None, None] * _WIDE**2 + top * _WIDE + left
    above, below = (
        padded.take(start) * (1 - across) + padded.take(start + 1) * across for start in (corner, corner + _WIDE)
    )
    return above * (1 - down) + below * down


def _moments(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mass, mean place, variance of the place), (n,) each, of ink (n, 28) float64 summed up along one axis."""
    grid = np.arange(SIDE, dtype=np.float32)
    mass = np.maximum(ink.sum(1), 1e-6)
    middle = (ink * grid).sum(1) / mass
    return mass, middle, (ink * grid**2).sum(1) / mass - middle**2


def _beside(images: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(left, right, share): the pixels of images (n, 28, 28) on both sides of places in their own rows, and how far

    to the right of the left one each place lies. Outside the image lies no ink.

    Args:
        source: columns (n, 28, 28), or (n, 1, 28) where all rows are read at the same places; float32.
    """
    low = np.floor(source).astype(np.int32)
    padded = np.zeros((*images.shape[:2], _WIDE), np.float32)  # an empty pixel before each row and two after it
    padded[..., 1:-2] = images
    starts = np.arange(0, padded.size, _WIDE, dtype=np.int32).reshape(*images.shape[:2], 1)
    left, right = (
        padded.take(starts + np.minimum(np.maximum(low + beside, 0), _WIDE - 1)) for beside in (1, 2)
    )  # (n, 28, 28) each
    return left, right, source - low


def even_size(images: np.ndarray, share: float) -> np.ndarray:
    """Images (n, 28, 28) enlarged about their centre of mass, which comes to the middle, in height and in width.

    Each by (`SPREADS` / spread of the ink) ** share, where the spread is the standard deviation of the ink's place,
    within `ENLARGEMENT`: moment normalisation of handwriting recognition (Casey 1970; Liu et al. 2004 compare it with
    others). A share of 0.5 goes half the way: how wide a shape is tells something about it, too.
    """
    images = np.asarray(images, np.float32)
    across = _resized(images, share, SPREADS[1])
    return _resized(across.transpose(0, 2, 1), share, SPREADS[0]).transpose(0, 2, 1)


def _resized(images: np.ndarray, share: float, spread: float) -> np.ndarray:
    """Images (n, 28, 28) enlarged along their last axis."""
    source = _places(images.astype(np.float64).sum(1), share, spread)
    left, right, within = _beside(images, source[:, None])
    within = within.astype(np.float32)
    return left * (1 - within) + right * within


def _places(ink: np.ndarray, share: float, spread: float) -> np.ndarray:
    """(n, 28) float32: the places of ink (n, 28) float64, summed up along one axis, that 28 pixels show afterwards."""
    grid = np.arange(SIDE, dtype=np.float32)
    _, middle, variance = _moments(ink)
    own = np.sqrt(np.maximum(variance, 0.25))
    larger = np.minimum(np.maximum((spread / own) ** share, ENLARGEMENT[0]), ENLARGEMENT[1])
    return (middle[:, None] + (grid - (SIDE - 1) / 2) / larger[:, None]).astype(np.float32)


_GROWTH = 1.5  # pixels by which one dilation widens a stroke


def stroke_width(images: np.ndarray) -> np.ndarray:
    """(n,) mean width of the strokes of images (n, 28, 28), pixels: their ink over half of their outline's length.

    The outline is measured as the sum of the slopes' lengths, which is right for blurred edges, too.
    """
    wide = np.pad(np.asarray(images, np.float64), ((0, 0), (1, 1), (1, 1)))
    down, across = wide[:, 1:, 1:] - wide[:, :-1, 1:], wide[:, 1:, 1:] - wide[:, 1:, :-1]
    outline = np.sqrt(down * down + across * across).sum(2).sum(1)
    return 2 * wide.sum(2).sum(1) / np.maximum(outline, 1e-6)


def thicken(images: np.ndarray, thickness: float) -> np.ndarray:
    """Images (n, 28, 28) whose strokes are grown towards `thickness` pixels, by at most one pixel on each side.

    A share of a dilation by a cross. Thick strokes stay: to thin them would cut what is faint.
    """
    images = np.asarray(images, np.float32)
    missing = (thickness - stroke_width(images)) / _GROWTH
    share = np.minimum(np.maximum(missing, 0), 1).astype(np.float32)[:, None, None]
    return images + share * (neighbourhood(images, diagonal=False) - images)


def neighbourhood(values: np.ndarray, diagonal: bool) -> np.ndarray:
    """The largest of each value (n, h, w) and its four neighbours, or eight with the diagonal ones: a dilation."""
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1)))
    across = np.maximum(np.maximum(padded[:, :, :-2], padded[:, :, 2:]), padded[:, :, 1:-1])
    if diagonal:
        return np.maximum(np.maximum(across[:, :-2], across[:, 2:]), across[:, 1:-1])
    down = np.maximum(padded[:, :-2, 1:-1], padded[:, 2:, 1:-1])
    return np.maximum(across[:, 1:-1], down)
