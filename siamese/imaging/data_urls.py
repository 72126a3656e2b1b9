"""Images as data URLs, which an <img> of a page or a notebook can show."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from html import escape

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


def notebook_image(pixels: np.ndarray, alt: str, width: int) -> str:
    """An `<img>` of `pixels` for a notebook, `width` CSS pixels wide, with a frame that shows on light and on dark.

    Args:
        pixels: as for `png_url`.
        alt: plain text.
    """
    height = round(width * pixels.shape[0] / pixels.shape[1])
    rendering = "image-rendering:pixelated;" if pixels.shape[1] < width else ""
    return (
        f'<img alt="{escape(alt)}" src="{png_url(pixels)}" width="{width}" height="{height}" '
        f'style="{rendering}border:1px solid currentColor;margin:0">'
    )


@lru_cache(maxsize=512)
def _cached_url(content: bytes, shape: tuple[int, ...]) -> str:
    """The data URL of a small image; pages show the same digits again at every stroke."""
    return _encode(np.frombuffer(content, np.uint8).reshape(shape))


def _encode(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
