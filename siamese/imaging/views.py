"""Views: one digit seen from elsewhere, by a turned hand, a leaning camera, another pen or a blurred lens.

A view maps an image by one homography (Hartley and Zisserman 2004, chapter 2), after its strokes were grown or thinned
and before it is blurred; then it is framed again, as a drawing is. So what the framing takes away, place and size, is
taken away here, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from PIL import Image, ImageFilter

from siamese.constants import SIDE
from siamese.errors import EmptyDrawing, InvalidArgument, NotADigit
from siamese.imaging.framing import as_image, frame
from siamese.imaging.normalisation import dilate

OVERSAMPLING = 3  # pixels of the canvas for one of the image, so that mapping and framing lose nothing visible
FIELD = 1.5  # sides of the image that the canvas is wide and high; what leaves it is not in the picture
EYE = 2.0  # sides from which a tilted image is seen
_STEP = 2 / OVERSAMPLING  # pixels by which one dilation on the canvas widens a stroke


@dataclass(frozen=True)
class Range:
    """Where one value of a view may lie.

    Attributes:
        low, high: its ends, both allowed.
        step: of a slider.
        unit: what it is counted in, in plain words; "" for a plain number.
        identity: the value that changes nothing.
    """

    low: float
    high: float
    step: float
    unit: str = ""
    identity: float = 0.0


#: The fields of a `View` and their ranges.
RANGES = {
    "angle": Range(-180.0, 180.0, 1.0, "degrees"),
    "scale": Range(0.5, 1.5, 0.05, "times", 1.0),
    "across": Range(-1.0, 1.0, 0.05, "sides"),
    "down": Range(-1.0, 1.0, 0.05, "sides"),
    "shear": Range(-1.0, 1.0, 0.05),
    "tilt": Range(-60.0, 60.0, 1.0, "degrees"),
    "thickness": Range(-2.0, 3.0, 0.1, "pixels"),
    "blur": Range(0.0, 3.0, 0.1, "pixels"),
}


@dataclass(frozen=True)
class View:
    """How an image is seen; by default as it is.

    The ranges are those of `RANGES`.

    Attributes:
        angle: degrees by which it is turned clockwise.
        scale: how many times larger it is seen.
        across, down: how far it is shifted to the right and down, in sides of the image.
        shear: how far the top leans to the right, for each step upwards.
        tilt: degrees by which it leans in perspective; with a positive tilt the top is further away.
        thickness: pixels by which its strokes are wider; negative ones thin them.
        blur: the standard deviation of a Gaussian blur, in pixels.

    Raises:
        InvalidArgument: a value is no finite number or out of its range.
    """

    angle: float = 0.0
    scale: float = 1.0
    across: float = 0.0
    down: float = 0.0
    shear: float = 0.0
    tilt: float = 0.0
    thickness: float = 0.0
    blur: float = 0.0

    def __post_init__(self) -> None:
        """Checks the values."""
        for field in fields(self):
            value, limits = getattr(self, field.name), RANGES[field.name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not limits.low <= value <= limits.high:
                raise InvalidArgument(f"{field.name} must be a number from {limits.low:g} to {limits.high:g}")

    def at(self, name: str, value: float) -> View:
        """This view with another value of one field.

        Raises:
            InvalidArgument: there is no such field, or the value is out of its range.
        """
        if name not in RANGES:
            raise InvalidArgument(f"a view has no {name!r}: it has {', '.join(RANGES)}")
        return replace(self, **{name: value})


IDENTITY = View()


def homography(view: View) -> np.ndarray:
    """The matrix (3, 3) float64 of a view, which maps places (x to the right, y down, 1) about the image's centre.

    Places are in sides of the image. It shears and scales, turns, tilts about the horizontal line through the centre,
    seen from `EYE` sides away, and shifts.
    """
    turn, tilt = math.radians(view.angle), math.radians(view.tilt)
    shape = np.array([[view.scale, -view.scale * view.shear, 0], [0, view.scale, 0], [0, 0, 1]])
    turned = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    # A place (x, y) of the leaning plane is at (x, y cos t, -y sin t) before the eye: the top, y < 0, is further away.
    leaning = np.array([[1, 0, 0], [0, math.cos(tilt), 0], [0, -math.sin(tilt) / EYE, 1]])
    shifted = np.array([[1, 0, view.across], [0, 1, view.down], [0, 0, 1]])
    matrix: np.ndarray = shifted @ leaning @ turned @ shape
    return matrix


def transform(image: np.ndarray, view: View) -> np.ndarray:
    """The image (28, 28) float32 in 0..1 of an image seen so, framed as MNIST; the identity gives the image itself.

    Args:
        image: (28, 28), framed as MNIST, uint8 0..255 or float 0..1.

    Raises:
        InvalidImage: another shape, type or range.
        EmptyDrawing: nothing of it is left in the picture.
        NotADigit: what is left cannot be a digit.
    """
    if view == IDENTITY:
        return as_image(image)
    return frame(canvas(image, view))


def transform_along(image: np.ndarray, views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
    """The images (m, 28, 28) float32 of those views that leave a digit, and which these are, (n,) bool.

    Raises:
        InvalidImage: as `transform`.
    """
    images: list[np.ndarray] = []
    for view in views:
        try:
            images.append(transform(image, view))
        except (EmptyDrawing, NotADigit):
            images.append(np.empty(0))
    left = np.array([bool(each.size) for each in images], bool)
    kept = [each for each in images if each.size]
    return np.stack(kept) if kept else np.empty((0, SIDE, SIDE), np.float32), left


def canvas(image: np.ndarray, view: View) -> np.ndarray:
    """The ink (126, 126) uint8 of an image (28, 28) seen so, before it is framed.

    The canvas is `FIELD` sides of the image wide and high, with `OVERSAMPLING` pixels for one of the image.

    Raises:
        InvalidImage: as `transform`.
    """
    enlarged = grow(_enlarged(as_image(image)), view.thickness)
    length = round(FIELD * SIDE * OVERSAMPLING)
    # Pillow asks for each place of the result where it comes from: the inverse, in pixels from the corners.
    inward = _from_centre(SIDE * OVERSAMPLING) @ np.linalg.inv(homography(view)) @ np.linalg.inv(_from_centre(length))
    mapped = Image.fromarray(_bytes(enlarged)).transform(
        (length, length),
        Image.Transform.PERSPECTIVE,
        tuple((inward / inward[2, 2]).ravel()[:8]),
        Image.Resampling.BILINEAR,
    )
    if view.blur:
        # Pillow's blur and not a product of matrices, whose threads would wait for one another on a busy server.
        mapped = mapped.filter(ImageFilter.GaussianBlur(view.blur * OVERSAMPLING))
    return np.asarray(mapped)


def _bytes(ink: np.ndarray) -> np.ndarray:
    """Ink in 0..1 as uint8, which is mapped and framed in half the time."""
    rounded: np.ndarray = (np.clip(ink, 0, 1) * 255 + 0.5).astype(np.uint8)
    return rounded


def _enlarged(image: np.ndarray) -> np.ndarray:
    """The image (84, 84) float32 in which each pixel is a square of ink.

    The framing's area filter undoes exactly this, so that a quarter turn or a shift loses nothing; an interpolated
    image would come back blurred and smaller.
    """
    return image.repeat(OVERSAMPLING, 0).repeat(OVERSAMPLING, 1)


def grow(ink: np.ndarray, thickness: float) -> np.ndarray:
    """The ink (h, w) of a canvas whose strokes are `thickness` pixels of the image wider, or thinner where negative.

    Dilations by a cross and a square in turn, which come near a disc; the last of them is blended in. To thin is to
    grow the background.
    """
    if not thickness:
        return ink
    values = (ink if thickness > 0 else 1 - ink)[None]  # (1, h, w)
    steps = abs(thickness) / _STEP
    for step in range(math.ceil(steps)):
        share = np.float32(min(steps - step, 1))
        values = values + share * (dilate(values, diagonal=step % 2 == 1) - values)
    grown: np.ndarray = values[0] if thickness > 0 else 1 - values[0]
    return grown


def _from_centre(length: int) -> np.ndarray:
    """The matrix (3, 3) from places in sides about the centre to pixels of a canvas of `length`, from its corner."""
    pixels = SIDE * OVERSAMPLING
    return np.array([[pixels, 0, length / 2], [0, pixels, length / 2], [0, 0, 1]])
