"""What is found in a picture: its digits, each with its place, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from siamese.imaging.data_urls import notebook_image

THUMBNAIL = 360  # pixels; longer side of the picture in a notebook
MAX_DIGITS = 40  # of one picture

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
        left_out: keys of `siamese.imaging.photographs.picture.LEFT_OUT`, which has the words for them.

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
        small = np.asarray(Image.fromarray(self.photograph).resize(size, Image.Resampling.BOX))
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
