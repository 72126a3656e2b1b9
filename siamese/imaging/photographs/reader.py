"""From a photograph of handwriting to its digits as MNIST frames them, each with its place.

The sheet is found and its perspective corrected (`sheet`), ink is separated from shadows (`ink`), and digits from
ruled lines, boxes and specks (`segmentation`). OpenCV does the image processing. It is imported with this module when
the first picture comes, because no page and no stroke needs it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from siamese.errors import EmptyDrawing, InvalidImage, NotADigit, SeveralDigits
from siamese.imaging.data_urls import notebook_image
from siamese.imaging.framing import FEW_PIXELS, frame, from_drawing
from siamese.imaging.photographs.ink import find_ink
from siamese.imaging.photographs.picture_files import read_picture
from siamese.imaging.photographs.segmentation import MAX_DIGITS, Segmentation, find_digits
from siamese.imaging.photographs.sheet import Sheet, find_sheet

DIM = 70  # of 255; a sheet that is no brighter needs more light
UNEVEN = 2.5  # times as bright on one side as on the other: unevenly lit
THUMBNAIL = 360  # pixels; longer side of the picture in a notebook
BLURRED = 4.0  # strength of the strongest edges; a sharp picture has more

#: What can be left out of a picture, with the words for it.
LEFT_OUT = {
    "table": "what lies around the sheet",
    "rules": "the lines of the paper",
    "boxes": "the boxes of the form",
    "rim": "what touches the rim",
    "specks": "small specks",
    "more": f"all but the first {MAX_DIGITS} digits",
}


@dataclass(frozen=True)
class FoundDigit:
    """One digit of a picture.

    Attributes:
        image: (28, 28) float32 in 0..1, framed as MNIST.
        box: left, top, right, bottom of its ink in pixels of `Picture.photograph`.

    Example:
        >>> import io
        >>> import numpy as np
        >>> from PIL import Image
        >>> from siamese import from_picture
        >>> from siamese.imaging import pens, strokes
        >>> file = io.BytesIO()
        >>> Image.fromarray(strokes.render(pens.draw(3, np.random.default_rng(0)))).save(file, "PNG")
        >>> digit = from_picture(file.getvalue()).digits[0]
        >>> left, top, right, bottom = digit.box
        >>> digit.image.shape, left < right, top < bottom
        ((28, 28), True, True)
    """

    image: np.ndarray
    box: tuple[int, int, int, int]

    def _repr_html_(self) -> str:
        """The image, for a notebook."""
        return notebook_image(self.image, "The digit, framed as MNIST", 84)


@dataclass(frozen=True)
class Picture:
    """The digits that were found in a picture.

    Attributes:
        photograph: (h, w, 3) uint8, the whole picture, upright and reduced.
        ink: (h, w) bool, where the ink of its digits is.
        digits: from left to right, row by row; at least one.
        left_out: keys of `siamese.imaging.photographs.reader.LEFT_OUT`, which has the words for them.

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
        >>> picture = from_picture(file.getvalue())
        >>> len(picture.digits), picture.photograph.shape, picture.ink.shape
        (2, (280, 560, 3), (280, 560))
    """

    photograph: np.ndarray
    ink: np.ndarray
    digits: tuple[FoundDigit, ...]
    left_out: tuple[str, ...]

    def _repr_html_(self) -> str:
        """The photograph, its digits and what was left out, for a notebook, in whatever colours that has."""
        height, width = self.photograph.shape[:2]
        scale = min(1.0, THUMBNAIL / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(self.photograph, size, interpolation=cv2.INTER_AREA)
        digits = "".join(
            notebook_image(digit.image, f"Digit {number} of the picture", 56)
            for number, digit in enumerate(self.digits, start=1)
        )
        left_out = ", ".join(LEFT_OUT[key] for key in self.left_out)
        return (
            f"<div>{notebook_image(small, 'The picture', size[0])}"
            f'<div style="display:flex;flex-wrap:wrap;gap:.4em;margin:.4em 0">{digits}</div>'
            f"{f'Left out: {left_out}' if left_out else 'Nothing was left out'}</div>"
        )


def from_picture(content: bytes) -> Picture:
    """All digits of a picture file, at most forty.

    Args:
        content: the bytes of a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC, up to 20 MB.

    Raises:
        InvalidImage: no picture, or one too large.
        EmptyDrawing: nothing is written on it.
        NotADigit: there is ink, but no digit.

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
    sheet = find_sheet(photograph)
    found = find_digits(find_ink(sheet.picture), sheet.inside)
    digits, refused = [], 0
    for ink, box in zip(found.digits, found.boxes, strict=True):
        try:
            digits.append(FoundDigit(frame(ink), _in_photograph(box, sheet, photograph.shape)))
        except (EmptyDrawing, NotADigit):
            refused += 1
    if refused and not digits:
        raise NotADigit("This looks like a blot, not like a digit. Write with a thinner pen, and a digit alone.")
    if not digits:
        raise EmptyDrawing(_advice(photograph))
    left_out = {*found.left_out, *({"table"} if sheet.cut else ()), *({"specks"} if refused else ())}
    return Picture(
        photograph, _ink_in_photograph(found, sheet, photograph.shape), tuple(digits), tuple(sorted(left_out))
    )


def _tiny(photograph: np.ndarray) -> Picture:
    """The digit of a picture of MNIST's size, which is taken to be alone on an even background."""
    rgba = np.concatenate([photograph, np.full((*photograph.shape[:2], 1), 255, np.uint8)], 2)
    image = from_drawing(rgba)
    height, width = photograph.shape[:2]
    return Picture(photograph, np.zeros((height, width), bool), (FoundDigit(image, (0, 0, width, height)),), ())


def _in_photograph(box: tuple[int, int, int, int], sheet: Sheet, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box of the sheet as a box of the photograph."""
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)[None]
    places = cv2.perspectiveTransform(corners, sheet.homography)[0]
    low, high = np.floor(places.min(0)).astype(int), np.ceil(places.max(0)).astype(int)
    height, width = shape[:2]
    return max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1]))


def _ink_in_photograph(found: Segmentation, sheet: Sheet, shape: tuple[int, ...]) -> np.ndarray:
    """The ink of the digits (h, w) bool in the photograph."""
    height, width = shape[:2]
    return cv2.warpPerspective(found.marked.astype(np.uint8), sheet.homography, (width, height)) > 0


def _advice(photograph: np.ndarray) -> str:
    """What a person can do where no digit is found in a picture."""
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    third = max(1, grey.shape[1] // 3)
    left, right = float(np.median(grey[:, :third])) + 1, float(np.median(grey[:, -third:])) + 1
    darker = "left" if left < right else "right"
    if max(left, right) > UNEVEN * min(left, right):
        return f"No digit is found. More light on the {darker}, please."
    if float(np.percentile(grey, 90)) < DIM:
        return "No digit is found: it is too dark. More light, please."
    if float(np.percentile(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), 99.5)) < BLURRED:
        return "No digit is found. Move closer, hold still, and write with a dark pen."
    return "No digit is found. Move closer, so that the digit fills a good part of the picture."
