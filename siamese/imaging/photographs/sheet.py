"""The sheet in a photograph: its surroundings are cut away, and its perspective is corrected.

Whatever touches the picture's rim and differs from the sheet in colour, or by more than a shadow does in brightness,
is the table. The brightness of the sheet is fitted by a smooth surface. Where that surface bends towards a dark table,
the sheet's edge separates them, because no shadow is so dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SMALL = 192  # pixels; a sheet is sought on a picture reduced to this
SHADOW = 0.5  # of the light that a shadow leaves; what is darker is no sheet
COLOURED = 0.11  # difference of chromaticity that no lamp makes between two parts of one sheet
LEAST = 0.15  # of the picture; a smaller part is no sheet
BARRIER = 2  # pixels of the reduced picture; half of the width in which an edge is sought
BREAK = 13  # pixels of the reduced picture; a shorter break in an edge is closed
FOUR_SIDED = 0.93  # of the four-cornered outline is sheet
PAINT = 4  # pixels; size of the details of what is painted over
MARGIN = 0.012  # of the longer side; so much is cut off inside the sheet's edge, which has a shadow


@dataclass(frozen=True)
class Sheet:
    """A sheet in a picture.

    Attributes:
        picture: (h, w, 3) uint8, the sheet alone: as seen from above, or as it was with its surroundings painted over.
        homography: (3, 3), from places (x, y, 1) in `picture` to places in the photograph.
        inside: (h, w) bool, what belongs to the sheet.
        cut: whether something around the sheet was left out.
    """

    picture: np.ndarray
    homography: np.ndarray
    inside: np.ndarray
    cut: bool


def find_sheet(picture: np.ndarray) -> Sheet:
    """The sheet in a picture (h, w, 3) uint8; the whole picture where nothing lies around it."""
    height, width = picture.shape[:2]
    whole = Sheet(picture, np.eye(3), np.ones((height, width), bool), False)
    outline = _outline(picture)
    if outline is None:
        return whole
    corners = _corners(outline, width, height)
    if corners is not None:
        return _rectified(picture, corners)
    filled = np.zeros((height, width), np.uint8)
    cv2.fillPoly(filled, [np.round(outline).astype(np.int32)], 1)
    margin = 2 * round(MARGIN * max(height, width)) + 1
    inside = cv2.erode(filled, np.ones((margin, margin), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1) > 0
    return Sheet(_painted_over(picture, inside), np.eye(3), inside, True)


def _outline(picture: np.ndarray) -> np.ndarray | None:
    """Corners (n, 2) of a convex outline of the sheet, or None where it fills the picture."""
    height, width = picture.shape[:2]
    scale = SMALL / max(height, width)
    small = cv2.resize(
        picture, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    # A median wider than two strokes leaves paper and table, without ink.
    plain = cv2.medianBlur(cv2.copyMakeBorder(small, 10, 10, 10, 10, cv2.BORDER_REPLICATE), 21)[10:-10, 10:-10]
    plain = plain.astype(np.float32) + 4
    brightness = np.log(plain.mean(2))
    colour = plain / plain.sum(2, keepdims=True)
    unlike = _unlike_the_middle(brightness, colour)
    sheet = _within_edges(unlike, brightness, colour)
    if sheet is None:
        return None
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))[:, 0].astype(float)
    outline: np.ndarray = (hull + 0.5) * (width / small.shape[1], height / small.shape[0])
    return outline


def _within_edges(unlike: np.ndarray, brightness: np.ndarray, colour: np.ndarray) -> np.ndarray | None:
    """The sheet (h, w) uint8: what no edge and no unlike place separates from the middle; None without a table."""
    window = np.ones((2 * BARRIER + 1, 2 * BARRIER + 1), np.uint8)
    steps = [cv2.morphologyEx(values, cv2.MORPH_GRADIENT, window) for values in (brightness, colour)]
    edge = (steps[0] > -np.log(SHADOW)) | (steps[1].max(2) > COLOURED / 3)
    edge = cv2.morphologyEx(edge.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((BREAK, BREAK), np.uint8))
    _, labels = cv2.connectedComponents(unlike | edge, connectivity=4)
    at_rim = np.zeros(int(labels.max()) + 1, bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_rim[line] = True
    at_rim[0] = False
    table = at_rim[labels]
    if table.all():
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~table).astype(np.uint8), connectivity=4)
    largest = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    sheet: np.ndarray = cv2.dilate(largest, window) & ~unlike  # the inner half of the edge belongs to the sheet
    return sheet if LEAST < sheet.mean() < 0.99 else None


def _unlike_the_middle(brightness: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """What is no part of the sheet that fills the middle of the picture, (h, w) bool."""
    height, width = brightness.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).reshape(-1, 6)
    flat, tones = brightness.ravel(), colour.reshape(-1, 3)
    middle = (np.maximum(np.abs(x), np.abs(y)) < 0.5).ravel()
    alike = middle & (np.abs(flat - np.median(flat[middle])) < -np.log(SHADOW))
    unlike: np.ndarray = np.ones_like(alike)
    for _ in range(6):  # the sheet grows from the middle as long as the surface that is fitted to it changes
        typical = np.median(tones[alike], 0)
        coefficients, *_ = np.linalg.lstsq(terms[alike], flat[alike], rcond=None)
        off = flat - terms @ coefficients
        unlike = (np.abs(off) > -np.log(SHADOW)) | (np.abs(tones - typical).max(1) > COLOURED / 3)
        if np.array_equal(alike, ~unlike):
            break
        alike = ~unlike
        if alike.mean() < LEAST:
            break
    return unlike.reshape(brightness.shape)


def _corners(outline: np.ndarray, width: int, height: int) -> np.ndarray | None:
    """The corners (4, 2) of a sheet that lies wholly within the picture, the upper left one first, or None."""
    hull = outline.astype(np.float32)[:, None]
    corners = cv2.approxPolyN(hull, 4, ensure_convex=True)[0].astype(float)
    if cv2.contourArea(hull) < FOUR_SIDED * cv2.contourArea(corners.astype(np.float32)):
        return None
    near = 0.012 * max(width, height)
    for start, end in zip(corners, np.roll(corners, -1, 0)):
        outside = (start < near) & (end < near)
        beyond = (np.array([width, height]) - near < start) & (np.array([width, height]) - near < end)
        if outside.any() or beyond.any():
            return None
    corners = corners[np.argsort(np.arctan2(*(corners - corners.mean(0)).T[::-1]))]
    first = int(np.argmin(corners.sum(1)))
    ordered: np.ndarray = np.roll(corners, -first, 0).astype(float)
    return ordered


def _rectified(picture: np.ndarray, corners: np.ndarray) -> Sheet:
    """The sheet between four corners as seen from above."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, 0), axis=1)
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    margin = MARGIN * max(width, height)
    target = np.array(
        [[-margin, -margin], [width + margin, -margin], [width + margin, height + margin], [-margin, height + margin]]
    )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target.astype(np.float32))
    flat = cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return Sheet(flat, np.linalg.inv(matrix), np.ones((height, width), bool), True)


def _painted_over(picture: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The picture with the sheet's nearest colours in place of what lies around it."""
    height, width = inside.shape
    size = max(1, width // PAINT), max(1, height // PAINT)
    small = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    soft = cv2.medianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 3)
    _, labels = cv2.distanceTransformWithLabels(1 - small, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    places = np.zeros(int(labels.max()) + 1, np.int64)
    places[labels[small > 0]] = np.flatnonzero(small)
    painted = cv2.resize(soft.reshape(-1, 3)[places[labels]], (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(inside[..., None], picture, painted)
