"""The boxes of forms and the squares of squared paper are left out of a sheet's ink.

Boxes are sought among fainter ink, too, because their lines are thinner than a pen's (two thresholds, as in Canny
1986).
"""

from __future__ import annotations

import cv2
import numpy as np

from siamese.imaging.photographs.components import SMALLEST, connected, straight
from siamese.imaging.photographs.ink import stroke_width

FOUR_CORNERED = 0.86  # of the rectangle around it; an ellipse fills 0.79
QUADRANGLE = 0.9  # of a box's hull lies between its four corners; of an ellipse's hull 0.64 at most
ENTERED = 1.1  # times the hull's outline; so long is the outline of a hole into which a stroke comes
LARGEST_HOLE = 0.6  # of a box's hull, at least; a digit that is written over a box's side lies beside it
ON_LINE = 0.9  # of a box's side lies in one straight line; else all that is near is left out
HOLLOW = 0.5  # of a box's area, at most, is ink
COVERED = 0.7  # of each side of a box is ink, as far as it was dark enough to be marked
DIVIDER = 0.85  # of a box's side; a straight line so long parts one box of a comb from the next
PARALLEL = 0.1  # radians; a 1 is hardly ever as upright as its box is printed
Place = tuple[int, int]  # x, y


def without_boxes(marked: np.ndarray, searched: np.ndarray, left_out: set[str]) -> np.ndarray:
    """The marked ink (h, w) bool without the boxes of forms and the squares of squared paper.

    Args:
        searched: (h, w) bool, the ink among which boxes are sought.
        left_out: gets "boxes" where there are any.
    """
    grown, labels, stats = connected(searched)
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(1) > SMALLEST * min(marked.shape)
    remaining = marked
    for label in np.flatnonzero(large[1:]) + 1:
        left, top, width, height, _ = stats[label]
        box = slice(top, top + height), slice(left, left + width)
        ink = labels[box] == label
        printed = ink if _is_grid(grown[box] == label) else _outline(ink, _rim_of(marked.shape, box))
        if printed is not None:
            if remaining is marked:
                remaining = marked.copy()
            remaining[box] &= ~printed
            left_out.add("boxes")
    return remaining


def _is_grid(mask: np.ndarray) -> bool:
    """Whether connected ink (h, w) bool surrounds four-cornered holes alone, which make up most of its area."""
    mask = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer, holes, four_cornered = 0.0, 0, []
    for contour, (_, _, _, parent) in zip(contours, tree[0]):
        area = cv2.contourArea(contour)
        if parent < 0:
            outer = max(outer, cv2.contourArea(cv2.convexHull(contour)))
        elif area > 30:
            holes += 1
            if area > FOUR_CORNERED * np.prod(cv2.minAreaRect(contour)[1]) and not _is_entered(contour):
                four_cornered.append(area)
    return len(four_cornered) >= 0.98 * holes and sum(four_cornered) > 0.55 * outer


def _is_entered(hole: np.ndarray) -> bool:
    """Whether a stroke comes into a hole; a thin one takes little of its area, but lengthens its outline."""
    smooth = cv2.approxPolyDP(hole, 1.5, True)
    return cv2.arcLength(smooth, True) > ENTERED * cv2.arcLength(cv2.convexHull(smooth), True)


def _rim_of(shape: tuple[int, ...], box: tuple[slice, slice]) -> np.ndarray:
    """The part (h, w) bool of a box that lies along the rim of a picture of `shape`, within a hundredth of its side."""
    near = max(2, round(0.01 * max(shape)))
    rows, columns = (np.arange(part.start, part.stop) for part in box)
    rows, columns = (rows < near) | (rows >= shape[0] - near), (columns < near) | (columns >= shape[1] - near)
    return rows[:, None] | columns


def _outline(mask: np.ndarray, rim: np.ndarray) -> np.ndarray | None:
    """The part (h, w) bool of connected ink that is a box around the rest, with its dividers; None without a box.

    Args:
        rim: (h, w) bool, along the rim of the picture, where a side of the box may be missing.
    """
    tolerance = max(3, round(0.03 * max(mask.shape)))
    corners = _box_corners(mask, rim, tolerance)
    if corners is None:
        return None
    band = np.zeros(mask.shape, np.uint8)
    for start, end in zip(corners, np.roll(corners, -1, 0)):
        line_start, line_end, width = _side(mask, start, end, tolerance)
        cv2.line(band, line_start, line_end, 1, width)
    outline = mask & (band > 0)
    outline &= ~_bridged(mask & ~outline, outline)
    sides = (np.roll(corners, -1, 0) - corners)[:, ::-1].astype(float)  # row, column
    shortest = np.linalg.norm(sides, axis=1).min()
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask & ~outline).astype(np.uint8), connectivity=8)
    for label in np.flatnonzero(stats[1:, 2:4].max(1) > 0.5 * shortest) + 1:
        line = straight(np.argwhere(labels == label))
        if line is not None and _is_divider(line[1], line[2] + 2 * tolerance, sides):
            outline |= labels == label
    return outline


def _is_divider(direction: np.ndarray, length: float, sides: np.ndarray) -> bool:
    """Whether a straight line in a box is parallel to some of the sides (4, 2), and as long as these."""
    lengths = np.linalg.norm(sides, axis=1)
    along = np.abs(sides @ direction) / np.maximum(lengths, 1)
    return bool(((along > np.cos(PARALLEL)) & (length > DIVIDER * lengths)).any())


def _box_corners(mask: np.ndarray, rim: np.ndarray, tolerance: int) -> np.ndarray | None:
    """The corners (4, 2) of the box in connected ink (h, w) bool, or None.

    A box that a digit sticks out of is found by the area that it encloses.

    Args:
        rim: as for `_outline`.
        tolerance: pixels; the lines of a box lie so near to the straight lines between its corners.
    """
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    whole = cv2.convexHull(points)
    holes, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    holes = [contour for contour, (_, _, _, parent) in zip(holes, tree[0]) if parent >= 0]
    hulls = [whole, *(cv2.convexHull(hole) for hole in holes)]
    least = LARGEST_HOLE * cv2.contourArea(whole)
    for hull in hulls:
        area = cv2.contourArea(hull)
        corners = _four_corners(hull) if area >= least else None
        if corners is None or cv2.contourArea(corners) < QUADRANGLE * area or len(points) > HOLLOW * area:
            continue
        has_ink, is_cut = [], []
        for start, end in zip(corners, np.roll(corners, -1, 0)):
            y, x = np.round(np.linspace(start, end, 50)).astype(int).T[::-1]
            is_cut.append(rim[y, x].mean() >= COVERED)
            has_ink.append(_ink_beside(mask, start, end, tolerance).any(0).mean() >= COVERED)
        if sum(has_ink) >= 3 and all(inked or cut for inked, cut in zip(has_ink, is_cut)):
            return corners
    return None


def _four_corners(hull: np.ndarray) -> np.ndarray | None:
    """The corners (4, 2) of a hull that is a quadrangle, or None."""
    for tolerance in (0.015, 0.025, 0.04):
        corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)[:, 0]
        if len(corners) == 4:
            return corners
    return None


def _ink_beside(mask: np.ndarray, start: np.ndarray, end: np.ndarray, tolerance: int) -> np.ndarray:
    """Where a mask (h, w) has ink in a band along the line between two places (x, y): (2 tolerance + 1, 100) bool.

    The band does not reach beyond the two places, so that the ends of ruled lines make no side of a box.
    """
    aside = np.arange(-tolerance, tolerance + 1)[:, None, None] * _across(start, end)
    places = np.round(np.linspace(start, end, 100) + aside).astype(int)
    x, y = np.clip(places, 0, np.array(mask.shape[::-1]) - 1).transpose(2, 0, 1)
    band: np.ndarray = mask[y, x]
    return band


def _across(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The direction (x, y) at right angles to the line between two places."""
    x, y = (end - start) / max(1.0, float(np.linalg.norm(end - start)))
    return np.array([-y, x])


def _side(mask: np.ndarray, start: np.ndarray, end: np.ndarray, tolerance: int) -> tuple[Place, Place, int]:
    """Both ends (x, y) and the width of the printed line that lies within `tolerance` of one side of a box.

    Where the line is not straight, the width is that of the whole band. What a pen wrote across the line is left out
    of the fit.
    """
    band = _ink_beside(mask, start, end, tolerance)
    aside, along = np.arange(-tolerance, tolerance + 1)[:, None], np.linspace(0, 1, band.shape[1])
    count = band.sum(0)
    thick = float(np.median(count[count > 0])) if count.any() else 0.0
    middle = (band * aside).sum(0) / np.maximum(count, 1)
    fitted = (count > 0) & (count <= 2 * thick)
    line = np.zeros(2)
    for _ in range(4):
        if fitted.sum() < 10:
            break
        line = np.polyfit(along[fitted], middle[fitted], 1)
        off = np.abs(middle - np.polyval(line, along))
        fitted &= off <= max(1.0, 1.5 * float(np.median(off[fitted])))
    half_width = thick / 2 + 2
    on_line = (band & (np.abs(aside - np.polyval(line, along)) <= half_width)).any(0)
    if on_line.sum() < ON_LINE * np.count_nonzero(count):
        line, half_width = np.zeros(2), float(tolerance)
    ends = [place + _across(start, end) * np.polyval(line, at) for place, at in ((start, 0), (end, 1))]
    (a, b), (c, d) = np.round(ends).astype(int).tolist()
    return (a, b), (c, d), 2 * int(np.ceil(half_width)) + 1


def _bridged(rest: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The part (h, w) bool of a line that joins the ends of strokes which the line cuts."""
    size = 2 * round(stroke_width(line)) + 7
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    padded = cv2.copyMakeBorder(rest.astype(np.uint8), size, size, size, size, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, bridge)[size:-size, size:-size]
    return line & (closed > 0)
