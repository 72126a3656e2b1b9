"""Images as data URLs: a page shows exactly their pixels, also the second time."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from siamese.imaging import data_urls


def pixels(url: str) -> np.ndarray:
    """The pixels that a browser shows."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))))


def test_the_same_bytes_in_another_shape_are_another_picture(rng):
    """Grey and in colours, small enough to be cached or not, and changed in place afterwards."""
    grey = rng.integers(0, 256, (12, 21), dtype=np.uint8)
    for image in (grey, grey.T.copy(), grey.reshape(12, 7, 3), np.tile(grey, (9, 9))):
        for _ in range(2):
            assert np.array_equal(pixels(data_urls.png_url(image)), image)
    grey[3, 4] ^= 255
    assert np.array_equal(pixels(data_urls.png_url(grey)), grey)


def test_floats_are_rounded_to_levels():
    """Floats of 0..1 and the bytes that they stand for are one picture; what lies outside is cut off."""
    assert pixels(data_urls.png_url(np.array([[0.0, 0.5, 1.0, -3.0, 7.0]]))).tolist() == [[0, 128, 255, 0, 255]]


def test_a_small_picture_is_encoded_once(monkeypatch, rng):
    """A stroke shows sixty examples again, and none is encoded again."""
    image = rng.random((28, 28))
    first = data_urls.png_url(image)
    monkeypatch.setattr(Image, "fromarray", None)
    assert data_urls.png_url(image.copy()) == first
