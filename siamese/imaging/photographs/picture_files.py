"""The pixels of a picture file as a phone, a scanner or an editor writes it: upright, opaque and reduced."""

from __future__ import annotations

import io
import threading
from contextlib import nullcontext

import numpy as np
from PIL import Image, ImageOps

from siamese.errors import InvalidImage

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a larger JPEG is refused before it is decoded
MAX_PIXELS_UNPACKED = 25_000_000  # the same for other formats, which cannot be decoded at a smaller size
LARGE = 2_000_000  # pixels; only one picture of this size is decoded at a time
WORKING_SIDE = 1280  # pixels; a sheet of thirty digits needs no more
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
#: Endings of the files that `read_picture` takes.
ENDINGS = ("jpg", "jpeg", "jfif", "mpo", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif")
MOSTLY = 0.5  # of a picture; where more is transparent, the picture is a drawing and no photograph
DARKEST_LIGHT = 160  # of 255; paint that is nowhere darker was meant for a dark background
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_one_at_a_time = threading.Lock()
_NO_HEIF = (
    "This is an HEIC photograph, which cannot be read here. On an iPhone choose Settings, Camera, Formats, "
    "Most Compatible, and take it again; or send it as a JPEG."
)
_NO_PICTURE = "This file is not a picture that can be read. Use a JPEG or a PNG."


def read_picture(content: bytes) -> np.ndarray:
    """The pixels (h, w, 3) uint8 of a picture file, upright, with no side above `WORKING_SIDE`.

    Transparent places get the background that the picture was painted for; see `opaque`.

    Raises:
        InvalidImage: no picture, or one too large.
    """
    if not isinstance(content, bytes | bytearray | memoryview):
        raise InvalidImage(_NO_PICTURE)
    if len(content) > MAX_BYTES:
        raise InvalidImage(f"This file is too large: it may have {MAX_BYTES // 1024**2} MB.")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        _register_heif()
    try:
        with Image.open(io.BytesIO(content), formats=_known_formats()) as picture:
            width, height = picture.size
            if width * height > (MAX_PIXELS if picture.format in ("JPEG", "MPO") else MAX_PIXELS_UNPACKED):
                raise InvalidImage(f"This picture is too large: {width}×{height} pixels.")
            with _one_at_a_time if width * height > LARGE else nullcontext():
                return opaque(_working_size(picture))
    except InvalidImage:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidImage("This picture is too large.") from error
    except Exception as error:  # the decoders of nine formats have a dozen kinds of error for a damaged file
        raise InvalidImage(_NO_PICTURE) from error


def _known_formats() -> list[str]:
    """The names in `FORMATS` that this machine's Pillow can read; AVIF is in its wheels, HEIF needs a plug-in."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _register_heif() -> None:
    try:
        from pillow_heif import register_heif_opener  # imported when the first such photograph comes
    except ImportError as error:
        raise InvalidImage(_NO_HEIF) from error
    register_heif_opener(thumbnails=False)


def _working_size(picture: Image.Image) -> np.ndarray:
    """The picture upright, as RGBA (h, w, 4) uint8 with no side above `WORKING_SIDE`."""
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    elif picture.mode.startswith("I;"):  # 16-bit grey, which Pillow cannot reduce
        picture = picture.convert("I")
    # Reduced first, since each copy of a whole photograph would take hundreds of megabytes.
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


def opaque(rgba: np.ndarray) -> np.ndarray:
    """Pixels (h, w, 3) uint8 of a picture (h, w, 4) uint8 on the background that it was painted for.

    A photograph with a transparent corner (a scan that was turned, a screenshot with round corners) gets the colours
    beside that corner. A drawing on a transparent page gets a white background, on which white paint erases; if all of
    its paint is light, it gets a black one.
    """
    colours, alpha = rgba[..., :3], rgba[..., 3]
    if alpha.min() == 255:
        return colours
    solid = alpha > 127
    if not solid.any():
        return np.full_like(colours, 255)
    if solid.mean() > 1 - MOSTLY:
        background = _nearest(colours, solid)
    else:
        grey = colours[solid].mean(1)
        background = np.full_like(colours, 0 if np.percentile(grey, 2) > DARKEST_LIGHT else 255)
    opacity = alpha[..., None].astype(np.float32) / 255
    return np.round(colours * opacity + background * (1 - opacity)).astype(np.uint8)


def _nearest(colours: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """For every place the colours (h, w, 3) of the nearest solid place; columns are filled first, then rows."""
    filled = colours.copy()
    known = solid.copy()
    for axis in (0, 1):
        places = np.arange(solid.shape[axis]).reshape(-1, 1) if axis == 0 else np.arange(solid.shape[axis])[None]
        before = np.maximum.accumulate(np.where(known, places, -1), axis)
        after = np.flip(np.minimum.accumulate(np.flip(np.where(known, places, 10**6), axis), axis), axis)
        nearer = np.where((before >= 0) & (places - before <= after - places), before, after)
        has = nearer < 10**6
        index = np.clip(nearer, 0, solid.shape[axis] - 1)
        taken = np.take_along_axis(filled, index[..., None], axis)
        filled = np.where(has[..., None], taken, filled)
        known |= has
    return filled
