"""What pages send to a room, checked: drawings as compact JSON, their images, digits, keys."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from siamese.classroom.limits import DRAWING_BYTES, KEY_CHARACTERS
from siamese.constants import SIDE
from siamese.errors import DrawingTooLarge, InvalidDrawing, InvalidSubmission
from siamese.imaging import strokes as pen_strokes
from siamese.imaging.framing import from_drawing
from siamese.imaging.strokes import MAX_POINTS, MAX_STROKES, PEN, Strokes

_TOO_LARGE = "This drawing is too large. Clear it and draw with fewer lines."
_UNREADABLE = "This drawing cannot be read. Clear it and draw again."


@dataclass(frozen=True)
class Submission:
    """A drawing ready to be sent: its strokes as compact JSON, and its image, 28 · 28 bytes, framed as MNIST."""

    strokes: bytes
    image: bytes


def submission(strokes: Strokes, width: float = PEN) -> Submission:
    """The drawing as it is sent, quantised as on Compare, so that a link to it shows the same image.

    Args:
        width: of the pen, in canvas units.

    Raises:
        EmptyDrawing, NotADigit: there is nothing to compare, in words that ask for it again.
        InvalidDrawing, DrawingTooLarge: the strokes cannot be kept.
    """
    kept = pen_strokes.quantised(strokes)
    image = np.round(from_drawing(pen_strokes.render(kept, width=width)) * 255).astype(np.uint8)
    packed = pack_strokes(kept)
    read_strokes(packed)
    return Submission(packed, image.tobytes())


def pack_strokes(strokes: Strokes) -> bytes:
    """The strokes as compact JSON, [[[x, y], …], …] in canvas units with one decimal."""
    rounded = [[[round(float(x), 1), round(float(y), 1)] for x, y in stroke] for stroke in strokes]
    return json.dumps(rounded, separators=(",", ":")).encode()


def read_strokes(packed: object) -> list[np.ndarray]:
    """The strokes (n, 2) that `pack_strokes` packed, at least one.

    Raises:
        DrawingTooLarge: too many bytes, strokes or points. InvalidSubmission: anything else.
    """
    if not isinstance(packed, bytes):
        raise InvalidSubmission(_UNREADABLE)
    if len(packed) > DRAWING_BYTES:
        raise DrawingTooLarge(_TOO_LARGE)
    try:
        values = json.loads(packed)
    except (ValueError, RecursionError) as error:
        raise InvalidSubmission(_UNREADABLE) from error
    if not isinstance(values, list) or not values or not all(map(_is_stroke, values)):
        raise InvalidSubmission(_UNREADABLE)
    if len(values) > MAX_STROKES or sum(map(len, values)) > MAX_POINTS:
        raise DrawingTooLarge(_TOO_LARGE)
    try:
        return pen_strokes.checked([np.array(stroke, float) for stroke in values])
    except (InvalidDrawing, OverflowError) as error:
        raise InvalidSubmission(_UNREADABLE) from error


def _is_stroke(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_point, value))


def _is_point(value: object) -> bool:
    # `type` and not `isinstance`: true and false are whole numbers to Python.
    return isinstance(value, list) and len(value) == 2 and all(type(number) in (int, float) for number in value)


def checked_image(image: object) -> bytes:
    """The bytes of a framed image; raises InvalidSubmission unless there are 28 · 28 with some ink among them."""
    if not isinstance(image, bytes) or len(image) != SIDE * SIDE or not any(image):
        raise InvalidSubmission(_UNREADABLE)
    return image


def checked_digit(digit: object) -> int:
    """The digit; raises InvalidSubmission unless it is a whole number of 0 to 9."""
    if not isinstance(digit, (int, np.integer)) or isinstance(digit, bool) or not 0 <= digit <= 9:
        raise InvalidSubmission("A digit is one of 0 to 9.")
    return int(digit)


def checked_key(key: object) -> str:
    """The key of one sending; raises InvalidSubmission unless it is a short text of letters, digits, - and _."""
    if not isinstance(key, str) or not 0 < len(key) <= KEY_CHARACTERS or not _is_plain(key):
        raise InvalidSubmission("This sending cannot be told from others. Reload the page, then send it again.")
    return key


def checked_number(value: object, least: int = 1) -> int:
    """A whole number of at least `least` that identifies a drawing, a pupil or a round; raises InvalidSubmission."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not least <= value < 2**31:
        raise InvalidSubmission("This number cannot be read.")
    return int(value)


def checked_flag(value: object) -> bool:
    """A yes or no; raises InvalidSubmission for anything else."""
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidSubmission("This choice cannot be read.")
    return bool(value)


def checked_model(name: object) -> str:
    """The name of a model, short and plain, as it keys embeddings; raises InvalidSubmission."""
    if not isinstance(name, str) or not 0 < len(name) <= KEY_CHARACTERS or not _is_plain(name):
        raise InvalidSubmission("This is no name of a model.")
    return name


def _is_plain(text: str) -> bool:
    return text.isascii() and text.replace("-", "").replace("_", "").replace(".", "").isalnum()
