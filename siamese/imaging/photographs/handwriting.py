"""The digits of a photograph, each with its place.

The sheet is found and its perspective corrected (`sheet`), ink is separated from shadows (`ink`), and digits from
ruled lines, boxes and specks (`segmentation`). OpenCV does the image processing.
"""

from __future__ import annotations

import cv2
import numpy as np

from siamese.errors import EmptyDrawing, NotADigit
from siamese.imaging.framing import frame
from siamese.imaging.photographs.ink import find_ink
from siamese.imaging.photographs.picture import FoundDigit, Picture
from siamese.imaging.photographs.segmentation import Segmentation, find_digits
from siamese.imaging.photographs.sheet import Sheet, find_sheet

DIM = 70  # of 255; a sheet that is no brighter needs more light
UNEVEN = 2.5  # times as bright on one side as on the other: unevenly lit
BLURRED = 4.0  # strength of the strongest edges; a sharp picture has more


def read_handwriting(photograph: np.ndarray) -> Picture:
    """All digits of a photograph (h, w, 3) uint8.

    Raises:
        EmptyDrawing: nothing is written on it.
        NotADigit: there is ink, but no digit.
    """
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
