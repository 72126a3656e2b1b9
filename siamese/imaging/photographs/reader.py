"""From a picture or a photograph of handwriting to its digits as MNIST frames them, each with its place.

A picture of MNIST's size is one digit. Anything larger is a sheet, which OpenCV helps to read; see `handwriting`.
"""

from __future__ import annotations

import numpy as np

from siamese import extras
from siamese.errors import InvalidImage, SeveralDigits
from siamese.imaging.framing import FEW_PIXELS, from_drawing
from siamese.imaging.photographs.picture import FoundDigit, Picture
from siamese.imaging.photographs.picture_files import read_picture


def from_picture(content: bytes) -> Picture:
    """All digits of a picture file, at most forty.

    Args:
        content: the bytes of a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC, up to 20 MB.

    Raises:
        InvalidImage: no picture, or one too large.
        EmptyDrawing: nothing is written on it.
        NotADigit: there is ink, but no digit.
        MissingExtra: a side has more than 64 pixels, and OpenCV, the extra `photo`, is not installed.

    Example:
        >>> import io
        >>> import numpy as np
        >>> from PIL import Image
        >>> from siamese import from_picture
        >>> from siamese.imaging import pens, strokes
        >>> rng = np.random.default_rng(0)
        >>> sheet = np.hstack([strokes.render(pens.draw(digit, rng)) for digit in (3, 5)])
        >>> file = io.BytesIO()
        >>> Image.fromarray(sheet).save(file, "PNG")
        >>> [digit.image.shape for digit in from_picture(file.getvalue()).digits]
        [(28, 28), (28, 28)]
    """
    return read_digits(read_picture(content))


def from_upload(content: bytes) -> np.ndarray:
    """The one digit (28, 28) float32 in 0..1 of a picture file, framed as MNIST.

    Args:
        content: the bytes, as for `from_picture`.

    Raises:
        SeveralDigits: there are more.
        InvalidImage, EmptyDrawing, NotADigit: as `from_picture`.

    Example:
        >>> import io
        >>> import numpy as np
        >>> from PIL import Image
        >>> from siamese import from_upload
        >>> from siamese.imaging import pens, strokes
        >>> file = io.BytesIO()
        >>> Image.fromarray(strokes.render(pens.draw(3, np.random.default_rng(0)))).save(file, "PNG")
        >>> from_upload(file.getvalue()).shape
        (28, 28)
    """
    picture = from_picture(content)
    if len(picture.digits) > 1:
        raise SeveralDigits(f"There are {len(picture.digits)} digits in this picture: choose one.")
    return picture.digits[0].image


def read_digits(photograph: np.ndarray) -> Picture:
    """All digits of a picture (h, w, 3) uint8; see `from_picture`."""
    if photograph.ndim != 3 or photograph.shape[2] != 3 or photograph.dtype != np.uint8 or 0 in photograph.shape:
        raise InvalidImage(f"expected a picture of shape (h, w, 3) and type uint8, got {photograph.shape}")
    if max(photograph.shape[:2]) <= FEW_PIXELS:
        return _tiny(photograph)
    extras.require("cv2")
    from siamese.imaging.photographs.handwriting import read_handwriting  # imports OpenCV, which no stroke needs

    return read_handwriting(photograph)


def _tiny(photograph: np.ndarray) -> Picture:
    """The digit of a picture of MNIST's size, which is taken to be alone on an even background."""
    rgba = np.concatenate([photograph, np.full((*photograph.shape[:2], 1), 255, np.uint8)], 2)
    image = from_drawing(rgba)
    height, width = photograph.shape[:2]
    return Picture(photograph, np.zeros((height, width), bool), (FoundDigit(image, (0, 0, width, height)),), ())
