"""Connected ink of a photographed sheet, and the straight lines among it."""

from __future__ import annotations

import cv2
import numpy as np

from siamese.imaging.photographs.ink import stroke_width

SMALLEST = 1 / 28  # height of the smallest digit, of the sheet's shorter side
GAP = 1.3  # strokes' widths; a line with such a gap is still connected
THIN = 0.12  # width of a straight line, of its length


def connected(marked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels (h, w) of the connected ink grown over small gaps, the same for the ink alone, and OpenCV's statistics.

    A line with small gaps is connected.

    Args:
        marked: (h, w) bool, where there is ink.
    """
    gap = max(3, round(GAP * stroke_width(marked)) | 1, round(0.004 * max(marked.shape)) | 1)
    dilated = cv2.dilate(marked.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    _, grown, stats, _ = cv2.connectedComponentsWithStats(dilated, connectivity=8)
    return grown, np.where(marked, grown, 0), stats


def straight(places: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Middle (row, column), direction and length of a thin straight line of ink, or None where it is none.

    Args:
        places: (n, 2), row and column of each pixel of the ink.
    """
    if len(places) < 5:
        return None
    middle = places.mean(0)
    _, vectors = np.linalg.eigh(np.cov((places - middle).T))
    along, across = ((places - middle) @ vectors[:, i] for i in (1, 0))
    length = float(np.ptp(along)) + 1
    if np.ptp(across) + 1 > max(4, THIN * length) or length < 3 * (np.ptp(across) + 1):
        return None
    return middle + vectors[:, 1] * (along.max() + along.min()) / 2, vectors[:, 1], length
