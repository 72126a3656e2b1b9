"""Small images as text for a page or a notebook: a data URL that an <img> can show."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image


def png_url(pixels: np.ndarray) -> str:
    """The PNG of `pixels`, (h, w) grey or (h, w, 3 or 4) in colours, as a data URL.

    Args:
        pixels: uint8, or float in 0..1, which is rounded to 256 levels.
    """
    if pixels.dtype != np.uint8:
        pixels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
