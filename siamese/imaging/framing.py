"""Framing: from a drawing, or any picture of one digit, to a 28×28 image like MNIST's.

The framing is that of MNIST (LeCun et al. 1998): the bounding box of the ink is scaled to fit 20×20 by an area filter,
its aspect ratio is kept, and its centre of mass is placed at the centre of 28×28. What a model does to the image after
that, such as slant correction, is declared in its card; see `normalisation`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from siamese.constants import SIDE
from siamese.errors import EmptyDrawing, InvalidImage, NotADigit

BOX = 20
INK = 0.2  # of full ink; what is fainter is background, a camera's noise or an eraser's trace
FAINT_INK = 0.02  # the same for small pictures such as MNIST's, in which the faint rim of a stroke is part of it
FEW_PIXELS = 64  # longer side of a small picture
THIN = 0.5  # of full ink; a line that is fainter than this after scaling is strengthened to full ink
EDGE_BAND = 0.14  # of the shorter side; a stray line lies within this band along an edge
FAR = 0.09  # of the shorter side; a stray line is at least so far from the digit
LEAST_DIGIT = 0.2  # of the shorter side; beside something smaller, a line is not taken for a stray one
_BLOCKS = 70  # connected pieces are sought on a grid of so many blocks across
_NO_INK = "Nothing is drawn here yet. Draw a digit."
_DOT = "This is only a dot. Draw a whole digit."
_FILLED = "There is too much ink to see a digit. Draw with lines."
_SPECKS = "These are loose specks. Draw one digit."


def as_images(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28) float32 in 0..1, from uint8 0..255 or float 0..1.

    Raises:
        InvalidImage: another shape or type, values out of range, or not finite.
    """
    images = _array(images)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise InvalidImage(f"expected images of shape (n, {SIDE}, {SIDE}), got {images.shape}")
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(255)
    if images.dtype.kind != "f":
        raise InvalidImage(f"expected uint8 0..255 or float 0..1, got {images.dtype}")
    images = images.astype(np.float32)
    # One comparison also catches NaN, which compares false with everything.
    if images.size and not (images.min() >= 0 and images.max() <= 1):
        raise InvalidImage("float images must be finite and within 0..1")
    return images


def as_image(image: np.ndarray) -> np.ndarray:
    """One image (28, 28) float32 in 0..1, from uint8 0..255 or float 0..1.

    Raises:
        InvalidImage: as `as_images`.
    """
    image = _array(image)
    if image.shape != (SIDE, SIDE):
        raise InvalidImage(f"expected one image of shape ({SIDE}, {SIDE}), got {image.shape}")
    checked: np.ndarray = as_images(image[None])[0]
    return checked


def _array(values: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError as error:  # lists of unequal lengths
        raise InvalidImage("expected an array of numbers") from error


def from_drawing(rgba: np.ndarray) -> np.ndarray:
    """The drawing as an MNIST-framed image (28, 28) float32: white ink (1) on black (0).

    Args:
        rgba: (H, W, 4) uint8, of any size. The background may be transparent, and ink may be darker or lighter than
            its background.

    Raises:
        InvalidImage: not an array of that shape and type.
        EmptyDrawing: no ink.
        NotADigit: a dot, a filled area or loose specks.

    Example:
        >>> import numpy as np
        >>> from siamese import from_drawing
        >>> from siamese.imaging import pens, strokes
        >>> rgba = strokes.render(pens.draw(3, np.random.default_rng(0)))
        >>> image = from_drawing(rgba)
        >>> rgba.shape, image.shape, image.dtype
        ((280, 280, 4), (28, 28), dtype('float32'))
    """
    return frame_drawing(rgba)[0]


def frame_drawing(rgba: np.ndarray) -> tuple[np.ndarray, bool]:
    """The image of `from_drawing`, and whether a stray line at the edge was left out.

    Raises:
        InvalidImage, EmptyDrawing, NotADigit: as `from_drawing`.
    """
    rgba = _array(rgba)
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8 or 0 in rgba.shape:
        raise InvalidImage(f"expected RGBA of shape (H, W, 4) and type uint8, got {rgba.shape} {rgba.dtype}")
    ink = ink_density(rgba)
    box, marked = _ink_box(ink)
    at_edge = 0 in (box[0], box[2]) or box[1] == ink.shape[0] or box[3] == ink.shape[1]
    if at_edge and (strays := stray_lines(ink)) is not None:
        return frame(np.where(strays, ink.dtype.type(0), ink)), True
    return _frame_box(ink, box, marked), False


def frame(ink: np.ndarray) -> np.ndarray:
    """The image (28, 28) float32 of ink (H, W), uint8 0..255 or float 0..1, framed as MNIST.

    Raises:
        EmptyDrawing, NotADigit: as `from_drawing`.
    """
    return _frame_box(ink, *_ink_box(ink))


def _ink_box(ink: np.ndarray) -> tuple[tuple[int, int, int, int], np.ndarray]:
    """Top, bottom, left and right of the ink's bounding box, and (h, w) bool where in it ink is marked.

    Raises EmptyDrawing where there is no ink.
    """
    full = 255 if ink.dtype == np.uint8 else 1
    faintest = full * (FAINT_INK if max(ink.shape) <= FEW_PIXELS else INK)
    # Integers are compared with an integer: the same pixels, many times as fast.
    marked = ink > (int(faintest) if full == 255 else faintest)
    rows = np.flatnonzero(marked.any(1))
    if not len(rows):
        raise EmptyDrawing(_NO_INK)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(marked[top:bottom].any(0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return (top, bottom, left, right), marked[top:bottom, left:right]


def _frame_box(ink: np.ndarray, box: tuple[int, int, int, int], marked: np.ndarray) -> np.ndarray:
    """The image (28, 28) of the ink in its bounding box; raises NotADigit."""
    top, bottom, left, right = box
    height, width = bottom - top, right - left
    crop = ink[top:bottom, left:right]
    full = 255 if ink.dtype == np.uint8 else 1
    _refuse_smudges(crop > full * INK if max(ink.shape) <= FEW_PIXELS else marked, ink.shape)

    scale = BOX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    # Only the box is converted to floats, by Pillow, since most of a page is empty.
    small = Image.fromarray(crop).convert("F").resize(size, resampling)
    return _centre(np.asarray(small) / np.float32(full))


def stray_lines(ink: np.ndarray) -> np.ndarray | None:
    """Where there are stray lines (H, W) bool, or None where there are none.

    A stray line lies along an edge and far from the digit, as the side of a hand leaves it.

    Args:
        ink: (H, W), uint8 0..255 or float 0..1.
    """
    faintest = INK * (255 if ink.dtype == np.uint8 else 1)
    if min(ink.shape) <= FEW_PIXELS:
        return None
    block = max(1, round(min(ink.shape) / _BLOCKS))
    height, width = (-(-side // block) for side in ink.shape)
    marked = np.zeros((height * block, width * block), bool)
    marked[: ink.shape[0], : ink.shape[1]] = ink > faintest
    blocks = np.asarray(marked.reshape(height, block, width, block).any((1, 3)))
    strays: list[np.ndarray] = []
    others: list[np.ndarray] = []
    for piece in _pieces(blocks):
        (strays if _lies_along_an_edge(piece, blocks.shape) else others).append(piece)
    if not others or max(np.ptp(piece, 0).max() for piece in others) < LEAST_DIGIT * min(blocks.shape):
        return None
    rest = np.concatenate(others)
    if rest.min() == 0 or (rest == np.array(blocks.shape) - 1).any():
        return None  # the digit fills the canvas: what lies along the edges is part of it
    far = [piece for piece in strays if _distance(piece, rest) >= FAR * min(blocks.shape)]
    if not far:
        return None
    mask = np.zeros(blocks.shape, bool)
    mask[tuple(np.concatenate(far).T)] = True
    return mask.repeat(block, 0).repeat(block, 1)[: ink.shape[0], : ink.shape[1]]


def _pieces(blocks: np.ndarray) -> list[np.ndarray]:
    """Places (n, 2) of each connected piece of a mask (h, w) bool, corners included."""
    remaining = set(map(tuple, np.argwhere(blocks).tolist()))
    pieces = []
    while remaining:
        waiting, piece = [remaining.pop()], []
        while waiting:
            row, column = waiting.pop()
            piece.append((row, column))
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & remaining
            remaining -= near
            waiting += near
        pieces.append(np.array(piece))
    return pieces


def _lies_along_an_edge(piece: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether places (n, 2) touch an edge of a mask of `shape` and nowhere leave the band beside it."""
    band = EDGE_BAND * min(shape)
    for axis in (0, 1):
        low, high = piece[:, axis].min(), piece[:, axis].max()
        long = np.ptp(piece[:, 1 - axis]) > np.ptp(piece[:, axis])
        if long and ((low == 0 and high < band) or (high == shape[axis] - 1 and low >= shape[axis] - band)):
            return True
    return False


def _distance(places: np.ndarray, others: np.ndarray) -> float:
    """The least distance of places (n, 2) and others (m, 2)."""
    return float(np.sqrt(((places[:, None] - others[None]) ** 2).sum(2).min()))


def ink_density(rgba: np.ndarray) -> np.ndarray:
    """Ink (H, W) of a picture of either polarity (H, W, 4) uint8: uint8 0..255 or float32 0..1.

    It is the opacity of a picture with a transparent background, and the contrast to the background of an opaque one.
    """
    alpha = np.ascontiguousarray(rgba[..., 3])
    if alpha[0, 0] == 0:  # a transparent background, as a canvas has it; known without looking at every pixel
        return alpha
    grey = np.asarray(Image.fromarray(np.ascontiguousarray(rgba[..., :3])).convert("L"))
    if alpha.min() == 255:
        return _from_grey(grey)
    opaque = alpha > 127
    if not opaque.any():
        return alpha
    inked = grey[opaque]
    if int(inked.max()) - int(inked.min()) < 64:  # all that is opaque has one tone: the rest is background
        return alpha
    return _from_grey(np.where(opaque, grey, np.median(inked)).astype(np.uint8))


def _from_grey(grey: np.ndarray) -> np.ndarray:
    """Ink (H, W) float32 in 0..1 of an opaque grey picture, whose background has the median tone of its border."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    background = float(np.median(border))
    difference = np.abs(grey.astype(np.float32) - background)
    # Ink is of the polarity that differs most from the background.
    darker, lighter = background - float(grey.min()), float(grey.max()) - background
    contrast = max(darker, lighter)
    if contrast < 24:  # less contrast than paper has by itself
        return np.zeros(grey.shape, np.float32)
    one_sided = (background - grey.astype(np.float32)) if darker >= lighter else (grey.astype(np.float32) - background)
    full = float(np.percentile(difference[difference > 0.5 * contrast], 50))
    ink: np.ndarray = np.clip(one_sided / full, 0, 1).astype(np.float32)
    return ink


def _refuse_smudges(box: np.ndarray, shape: tuple[int, ...]) -> None:
    """Raises NotADigit where the marked box (h, w) bool, in a picture of `shape`, cannot be a digit."""
    height, width = box.shape
    # Tiny pictures (MNIST's own size) hold digits that are small in pixels, so the limit is relative.
    if max(height, width) < max(3, 0.09 * max(shape)):
        raise NotADigit(_DOT)
    filled = np.count_nonzero(box) / box.size
    # A thin line fills little of its box, too, but hardly a row along the box is without ink.
    if filled < 0.02 and box.any(int(height >= width)).mean() < 0.5:
        raise NotADigit(_SPECKS)
    aspect = max(height, width) / min(height, width)
    # A 1 fills its box and is much longer than wide; a blob fills a box that is not.
    if (filled > 0.72 and aspect < 1.7) or (filled > 0.97 and aspect < 2.2):
        raise NotADigit(_DOT if max(height, width) < 0.3 * max(shape) else _FILLED)


def _centre(small: np.ndarray) -> np.ndarray:
    """The image (28, 28) with the centre of mass of `small` at pixel (14, 14), to a whole pixel, as in MNIST."""
    height, width = small.shape
    peak = float(small.max())
    if peak < THIN:
        small = small / peak
    mass = float(small.sum())
    row = float(small.sum(1) @ np.arange(height)) / mass
    column = float(small.sum(0) @ np.arange(width)) / mass
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = np.minimum(small, 1)
    return image
