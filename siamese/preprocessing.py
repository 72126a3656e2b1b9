"""A drawing, or any picture of one digit -> the 28×28 image that an encoder expects.

MNIST's own framing (LeCun et al. 1998): the ink's bounding box is scaled to fit 20×20 with its
aspect kept, by an area filter, and placed in 28×28 with its centre of mass at the centre.
What a model adds to this (slant correction, say) is in its card and in `normalisation`.
"""

from __future__ import annotations

import io
import threading
from contextlib import nullcontext

import numpy as np
from PIL import Image, ImageOps

from siamese.errors import EmptyDrawing, InvalidImage, NotADigit

SIDE = 28
BOX = 20
MAX_PIXELS = 40_000_000  # above this an upload is refused before it is decoded
MAX_PIXELS_UNPACKED = 16_000_000  # the same for all but JPEG, which alone can be decoded at a smaller size
LARGE = 2_000_000  # pixels; of such pictures one is decoded at a time, whoever sent it
WORKING_SIDE = 512  # uploads are reduced to this first: more detail cannot reach 20×20
INK = 0.2  # of full ink: fainter is background, noise of a camera or an eraser
FAINT_INK = 0.02  # where pixels are few, as in MNIST itself, the faint rim of a stroke is part of it
FEW_PIXELS = 64
THIN = 0.5  # a line so thin that it comes out fainter than this is strengthened: the network knows no pencils
_one_at_a_time = threading.Lock()
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
    """One image (28, 28) float32 in 0..1; see `as_images`."""
    image = _array(image)
    if image.shape != (SIDE, SIDE):
        raise InvalidImage(f"expected one image of shape ({SIDE}, {SIDE}), got {image.shape}")
    return as_images(image[None])[0]


def _array(values: np.typing.ArrayLike) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError as error:  # lists of unequal lengths
        raise InvalidImage("expected an array of numbers") from error


def from_drawing(rgba: np.ndarray) -> np.ndarray:
    """The drawing as an MNIST-framed image (28, 28) float32: white ink (1) on black (0).

    Args:
        rgba: (H, W, 4) uint8, any size; a transparent ground counts as ground, and ink may be
            darker or lighter than its ground.

    Raises:
        InvalidImage: not an array of that shape and type.
        EmptyDrawing: no ink. NotADigit: a dot, a filled area or loose specks.
    """
    rgba = _array(rgba)
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8 or 0 in rgba.shape:
        raise InvalidImage(f"expected RGBA of shape (H, W, 4) and type uint8, got {rgba.shape} {rgba.dtype}")
    return frame(_ink(rgba))


def from_upload(content: bytes) -> np.ndarray:
    """An uploaded picture (PNG, JPEG, ... as bytes) of one digit, framed as `from_drawing` does.

    Raises:
        InvalidImage: not a picture, or one too large. EmptyDrawing, NotADigit: as `from_drawing`.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")) as picture:
            width, height = picture.size
            if width * height > (MAX_PIXELS if picture.format == "JPEG" else MAX_PIXELS_UNPACKED):
                raise InvalidImage(f"This picture is too large: {width}×{height} pixels.")
            with _one_at_a_time if width * height > LARGE else nullcontext():
                rgba = _working_size(picture)
    except InvalidImage:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidImage("This picture is too large.") from error
    except Exception as error:  # the decoders of six formats have a dozen kinds of error for a damaged file
        raise InvalidImage("This file is not a picture that can be read. Use a PNG or a JPEG.") from error
    return from_drawing(rgba)


def _working_size(picture: Image.Image) -> np.ndarray:
    """The picture upright, as RGBA (h, w, 4) uint8 with no side above `WORKING_SIDE`."""
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    elif picture.mode.startswith("I;"):  # 16-bit grey, which Pillow cannot reduce
        picture = picture.convert("I")
    # Reduced before all else: a photo's every copy would take hundreds of megabytes.
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I") or upright.mode == "F":
        grey = np.asarray(upright, np.float32)
        low, high = float(grey.min()), float(grey.max())
        if not np.isfinite([low, high]).all():
            raise InvalidImage("This picture holds values that are no brightness.")
        grey = (grey - low) * (255 / (high - low)) if high > low else np.full_like(grey, 255)
        upright = Image.fromarray(grey.astype(np.uint8))
    return np.asarray(upright.convert("RGBA"))


def frame(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W), uint8 0..255 or float 0..1 -> (28, 28) float32, framed as MNIST.

    Raises:
        EmptyDrawing, NotADigit: as `from_drawing`.
    """
    full = 255 if ink.dtype == np.uint8 else 1
    faintest = full * (FAINT_INK if max(ink.shape) <= FEW_PIXELS else INK)
    # Whole numbers are compared with a whole number: many times as fast, and the same pixels.
    marked = ink > (int(faintest) if full == 255 else faintest)
    rows = np.flatnonzero(marked.any(1))
    if not len(rows):
        raise EmptyDrawing(_NO_INK)
    top, bottom = rows[0], rows[-1] + 1
    columns = np.flatnonzero(marked[top:bottom].any(0))
    left, right = columns[0], columns[-1] + 1
    height, width = int(bottom - top), int(right - left)
    crop = ink[top:bottom, left:right]
    _refuse_smudges(crop > (int(full * INK) if full == 255 else INK), ink.shape)

    scale = BOX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    # Pillow makes the floats, and only of what is cut out: most of a page is empty.
    small = Image.fromarray(crop).convert("F").resize(size, resampling)
    return _centre(np.asarray(small) / np.float32(full))


def _ink(rgba: np.ndarray) -> np.ndarray:
    """How much ink each pixel carries, whatever the polarity: (H, W), uint8 0..255 or float32 0..1."""
    # A canvas drawing carries its ink in alpha; a photo is opaque and carries it in the grey value.
    alpha = np.ascontiguousarray(rgba[..., 3])
    if alpha[0, 0] == 0:  # a page with a transparent ground, as a canvas makes it: the quick way
        return alpha
    grey = np.asarray(Image.fromarray(np.ascontiguousarray(rgba[..., :3])).convert("L"))
    if alpha.min() == 255:
        return _from_grey(grey)
    opaque = alpha > 127
    if not opaque.any():
        return alpha
    inked = grey[opaque]
    if int(inked.max()) - int(inked.min()) < 64:  # all that is opaque has one tone: the rest is the ground
        return alpha
    return _from_grey(np.where(opaque, grey, np.median(inked)).astype(np.uint8))


def _from_grey(grey: np.ndarray) -> np.ndarray:
    """Ink (H, W) float32 of an opaque picture: the ground is the tone of its border."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    difference = np.abs(grey.astype(np.float32) - ground)
    # Of both polarities, ink is the one that strays further from the ground.
    darker, lighter = ground - float(grey.min()), float(grey.max()) - ground
    reach = max(darker, lighter)
    if reach < 24:  # less contrast than paper has by itself
        return np.zeros(grey.shape, np.float32)
    one_sided = (ground - grey.astype(np.float32)) if darker >= lighter else (grey.astype(np.float32) - ground)
    high = float(np.percentile(difference[difference > 0.5 * reach], 50))
    return np.clip(one_sided / high, 0, 1).astype(np.float32)


def _refuse_smudges(box: np.ndarray, shape: tuple[int, ...]) -> None:
    """None when the marked box (h, w) bool can be a digit; raises NotADigit otherwise."""
    height, width = box.shape
    # Tiny pictures (MNIST's own size) hold digits that are small in pixels, so the limit is relative.
    if max(height, width) < max(3, 0.09 * max(shape)):
        raise NotADigit(_DOT)
    filled = np.count_nonzero(box) / box.size
    # A thin line fills little of its box, too, but along the box hardly a row is without ink.
    if filled < 0.02 and box.any(int(height >= width)).mean() < 0.5:
        raise NotADigit(_SPECKS)
    aspect = max(height, width) / min(height, width)
    # A 1 fills its narrow box and is much longer than wide; a blob fills a box that is not.
    if (filled > 0.72 and aspect < 1.7) or (filled > 0.97 and aspect < 2.2):
        raise NotADigit(_DOT if max(height, width) < 0.3 * max(shape) else _FILLED)


def _centre(small: np.ndarray) -> np.ndarray:
    """The image (28, 28) with the centre of mass of `small` at pixel (14, 14), to a whole pixel, as MNIST has it."""
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
