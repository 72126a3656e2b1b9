"""Images as data URLs, which an <img> of a page or a notebook can show."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import numpy as np
from PIL import Image

_SMALL = 4096  # bytes; the URLs of images up to this size are cached


def png_url(pixels: np.ndarray) -> str:
    """The PNG of `pixels`, (h, w) grey or (h, w, 3 or 4) in colours, as a data URL.

    Args:
        pixels: uint8, or float in 0..1, which is rounded to 256 levels.
    """
    if pixels.dtype != np.uint8:
        pixels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    if pixels.size > _SMALL:
        return _encode(pixels)
    return _cached_url(pixels.tobytes(), pixels.shape)


@lru_cache(maxsize=512)
def _cached_url(content: bytes, shape: tuple[int, ...]) -> str:
    """The data URL of a small image; pages show the same digits again at every stroke."""
    return _encode(np.frombuffer(content, np.uint8).reshape(shape))


def _encode(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
