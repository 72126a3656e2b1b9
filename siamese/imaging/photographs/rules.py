"""What is printed on a sheet, ruled lines and the boxes of forms, is left out of its ink.

Straight pieces are found by the probabilistic Hough transform (Matas, Galambos and Kittler 2000); those that lie in
one line across the sheet are a rule. Boxes are sought among fainter ink, too, as their lines are thinner than a pen's
(two thresholds: Canny 1986).
"""

from __future__ import annotations

import cv2
import numpy as np

from siamese.imaging.photographs.ink import Ink, stroke_width

RULE_LENGTH = 0.8  # a straight line over so much of the sheet is a rule
RULE_PIECE = 0.08  # of the longer side; shorter straight pieces are no evidence of a rule
FLAT = 0.26  # radians; rules lie so flat, or so upright
SMALLEST = 1 / 28  # height of the smallest digit, of the sheet's shorter side
FOUR_CORNERED = 0.86  # of the rectangle around it; an ellipse fills 0.79
QUADRANGLE = 0.9  # of a box's hull lies between its four corners; of an ellipse 0.64 at most
ENTERED = 1.1  # of the hull's outline; so much longer is that of a hole into which someone wrote
LARGEST_HOLE = 0.6  # of a box's hull, at least; a digit that is written over a box's side lies beside it
ON_LINE = 0.9  # of a box's side lies in one straight line; else all that is near is left out
HOLLOW = 0.5  # of a box's area, at most, is ink
COVERED = 0.7  # of each side of a box is ink, as far as it was not too faint to be marked
DIVIDER = 0.85  # of a box's side; a straight line so long parts one box of a comb from the next
PARALLEL = 0.1  # radians; a 1 is hardly ever as upright as its box is printed
GAP = 1.3  # strokes' widths; a line with such a gap is still one
THIN = 0.12  # width of a straight line, of its length
GOES_ON = 0.5  # of a line's contrast, found beyond both of its ends: it is a piece of a rule
FAINT_RULE = 0.02  # contrast, averaged along a line: less is the paper's own
LOOKED_ON = (20, 80)  # pixels beyond an end, at least and at most
Place = tuple[int, int]
Rule = list[tuple[Place, Place]]  # the ends (x, y) of lines that are one rule
MOST_LINES = 1500  # straight pieces; a picture with more is noise


def connected(marked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of connected ink, with and without its surroundings, and OpenCV's statistics of each.

    Small gaps in a line do not part it: the first labels (h, w) are those of the ink grown over them.
    """
    gap = max(3, round(GAP * stroke_width(marked)) | 1, round(0.004 * max(marked.shape)) | 1)
    closed = cv2.dilate(marked.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    _, grown, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    return grown, np.where(marked, grown, 0), stats


def without_boxes(marked: np.ndarray, seen: np.ndarray, left_out: set[str]) -> np.ndarray:
    """The marked ink (h, w) bool without the boxes of a form and the squares of squared paper.

    Args:
        seen: (h, w) bool, the ink among which boxes are sought.
    """
    grown, labels, stats = connected(seen)
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(1) > SMALLEST * min(marked.shape)
    kept = marked
    for label in np.flatnonzero(large[1:]) + 1:
        left, top, width, height, _ = stats[label]
        box = slice(top, top + height), slice(left, left + width)
        own = labels[box] == label
        printed = own if _is_grid(grown[box] == label) else _frame(own, _rim_of(marked.shape, box))
        if printed is not None:
            if kept is marked:
                kept = marked.copy()
            kept[box] &= ~printed
            left_out.add("boxes")
    return kept


def _is_grid(mask: np.ndarray) -> bool:
    """Whether connected ink (h, w) lies around four-cornered holes alone, which make up most of its area."""
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
    """Whether a line comes in from the outline of a hole: a thin one takes no area, but lengthens the outline."""
    smooth = cv2.approxPolyDP(hole, 1.5, True)
    return cv2.arcLength(smooth, True) > ENTERED * cv2.arcLength(cv2.convexHull(smooth), True)


def _rim_of(shape: tuple[int, ...], box: tuple[slice, slice]) -> np.ndarray:
    """(h, w) bool: what of a box lies along the rim of a picture of `shape`, within a hundredth of it."""
    near = max(2, round(0.01 * max(shape)))
    rows, columns = (np.arange(part.start, part.stop) for part in box)
    rows, columns = (rows < near) | (rows >= shape[0] - near), (columns < near) | (columns >= shape[1] - near)
    return rows[:, None] | columns


def _frame(mask: np.ndarray, rim: np.ndarray) -> np.ndarray | None:
    """The part (h, w) bool of connected ink that is a box around the rest, or None where there is no box.

    Args:
        rim: (h, w) bool, where the picture ends: there may be no line.
    """
    reach = max(3, round(0.03 * max(mask.shape)))
    corners = _box_corners(mask, rim, reach)
    if corners is None:
        return None
    band = np.zeros(mask.shape, np.uint8)
    for start, end in zip(corners, np.roll(corners, -1, 0)):
        line_start, line_end, width = _side(mask, start, end, reach)
        cv2.line(band, line_start, line_end, 1, width)
    frame = mask & (band > 0)
    frame &= ~_bridged(mask & ~frame, frame)
    sides = (np.roll(corners, -1, 0) - corners)[:, ::-1].astype(float)  # row, column
    shortest = np.linalg.norm(sides, axis=1).min()
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask & ~frame).astype(np.uint8), connectivity=8)
    for label in np.flatnonzero(stats[1:, 2:4].max(1) > 0.5 * shortest) + 1:
        line = straight(np.argwhere(labels == label))
        if line is not None and _is_divider(line[1], line[2] + 2 * reach, sides):
            frame |= labels == label
    return frame


def _is_divider(direction: np.ndarray, length: float, sides: np.ndarray) -> bool:
    """Whether a straight line in a box is as long as the sides (4, 2) that it runs along, and parallel to them."""
    lengths = np.linalg.norm(sides, axis=1)
    along = np.abs(sides @ direction) / np.maximum(lengths, 1)
    return bool(((along > np.cos(PARALLEL)) & (length > DIVIDER * lengths)).any())


def _box_corners(mask: np.ndarray, rim: np.ndarray, reach: int) -> np.ndarray | None:
    """The corners (4, 2) of the box in connected ink (h, w) bool, whose lines lie within `reach` of its sides; or None.

    A box that a digit sticks out of is still seen by what it encloses.
    """
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    outline = cv2.convexHull(points)
    holes, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    holes = [contour for contour, (_, _, _, parent) in zip(holes, tree[0]) if parent >= 0]
    hulls = [outline, *(cv2.convexHull(hole) for hole in holes)]
    least = LARGEST_HOLE * cv2.contourArea(outline)
    for hull in hulls:
        area = cv2.contourArea(hull)
        corners = _four_corners(hull) if area >= least else None
        if corners is None or cv2.contourArea(corners) < QUADRANGLE * area or len(points) > HOLLOW * area:
            continue
        covered, cut = [], []
        for start, end in zip(corners, np.roll(corners, -1, 0)):
            y, x = np.round(np.linspace(start, end, 50)).astype(int).T[::-1]
            cut.append(rim[y, x].mean() >= COVERED)
            covered.append(_ink_beside(mask, start, end, reach).any(0).mean() >= COVERED)
        if sum(covered) >= 3 and all(line or end for line, end in zip(covered, cut)):
            return corners
    return None


def _four_corners(hull: np.ndarray) -> np.ndarray | None:
    for tolerance in (0.015, 0.025, 0.04):
        corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)[:, 0]
        if len(corners) == 4:
            return corners
    return None


def _ink_beside(mask: np.ndarray, start: np.ndarray, end: np.ndarray, reach: int) -> np.ndarray:
    """(2 reach + 1, 100) bool: where a mask (h, w) has ink beside the way between two places (x, y), seen along it.

    What lies further along the way is not seen: the ends of ruled lines make no side of a box.
    """
    aside = np.arange(-reach, reach + 1)[:, None, None] * _across(start, end)
    places = np.round(np.linspace(start, end, 100) + aside).astype(int)
    x, y = np.clip(places, 0, np.array(mask.shape[::-1]) - 1).transpose(2, 0, 1)
    return mask[y, x]


def _across(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The direction (x, y) at right angles to the way between two places."""
    x, y = (end - start) / max(1.0, float(np.linalg.norm(end - start)))
    return np.array([-y, x])


def _side(mask: np.ndarray, start: np.ndarray, end: np.ndarray, reach: int) -> tuple[Place, Place, int]:
    """Both ends (x, y) and the width of the line that lies within `reach` of one side of a box.

    All within `reach` where that is no straight line. What a pen wrote across the line stays out of the fit.
    """
    seen = _ink_beside(mask, start, end, reach)
    aside, along = np.arange(-reach, reach + 1)[:, None], np.linspace(0, 1, seen.shape[1])
    count = seen.sum(0)
    thick = float(np.median(count[count > 0])) if count.any() else 0.0
    middle = (seen * aside).sum(0) / np.maximum(count, 1)
    fitted = (count > 0) & (count <= 2 * thick)
    line = np.zeros(2)
    for _ in range(4):
        if fitted.sum() < 10:
            break
        line = np.polyfit(along[fitted], middle[fitted], 1)
        off = np.abs(middle - np.polyval(line, along))
        fitted &= off <= max(1.0, 1.5 * float(np.median(off[fitted])))
    half = thick / 2 + 2
    on_line = (seen & (np.abs(aside - np.polyval(line, along)) <= half)).any(0)
    if on_line.sum() < ON_LINE * np.count_nonzero(count):
        line, half = np.zeros(2), float(reach)
    ends = [place + _across(start, end) * np.polyval(line, share) for place, share in ((start, 0), (end, 1))]
    (a, b), (c, d) = np.round(ends).astype(int).tolist()
    return (a, b), (c, d), 2 * int(np.ceil(half)) + 1


def _bridged(rest: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The part (h, w) bool of a line between two ends of a stroke that was cut by it."""
    size = 2 * round(stroke_width(line)) + 7
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    padded = cv2.copyMakeBorder(rest.astype(np.uint8), size, size, size, size, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, bridge)[size:-size, size:-size]
    return line & (closed > 0)


def straight(places: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Middle (row, column), direction and length of ink at places (n, 2) that is one thin straight line, or None."""
    if len(places) < 5:
        return None
    middle = places.mean(0)
    _, vectors = np.linalg.eigh(np.cov((places - middle).T))
    along, across = ((places - middle) @ vectors[:, i] for i in (1, 0))
    length = float(np.ptp(along)) + 1
    if np.ptp(across) + 1 > max(4, THIN * length) or length < 3 * (np.ptp(across) + 1):
        return None
    return middle + vectors[:, 1] * (along.max() + along.min()) / 2, vectors[:, 1], length


def goes_on(contrast: np.ndarray, places: np.ndarray) -> bool:
    """Whether ink at places (n, 2) is a straight line that goes on beyond both of its ends, as a rule does.

    A rule that is hardly darker than the paper is marked in bits only; between them it is still seen.
    """
    line = straight(places)
    if line is None:
        return False
    middle, direction, length = line
    thick = 2 + round(len(places) / length / 2)
    away = length / 2 + 3 + np.arange(int(np.clip(length, *LOOKED_ON)))
    aside = np.arange(-4 * thick, 4 * thick + 1)
    own = contrast[tuple(places.T)].mean()
    beyond = []
    for sign in (-1, 1):
        track = middle + sign * away[:, None] * direction  # (n, 2)
        track = track[((track > 0) & (track < np.array(contrast.shape) - 1)).all(1)]
        if len(track) < len(away) / 2:
            continue  # the sheet ends here
        around = track[:, None] + aside[:, None] * (-direction[1], direction[0])  # (n, m, 2)
        rows, columns = around.astype(np.float32).transpose(2, 0, 1)
        profile = cv2.remap(contrast, columns, rows, cv2.INTER_LINEAR).mean(0)  # (m,)
        on_line = np.abs(aside) <= thick
        beyond.append(profile[on_line].max() - np.median(profile[~on_line]))
    return bool(beyond) and min(beyond) > max(FAINT_RULE, GOES_ON * own)


def without_rules(ink: Ink, marked: np.ndarray, left_out: set[str]) -> np.ndarray:
    """The marked ink (h, w) bool without ruled lines; what a pen wrote across them stays."""
    height, width = marked.shape
    longer = max(height, width)
    mask = marked.astype(np.uint8) * 255
    pieces = cv2.HoughLinesP(
        mask, 1, np.pi / 360, threshold=int(0.05 * longer), minLineLength=RULE_PIECE * longer, maxLineGap=0.012 * longer
    )
    if pieces is None:
        return marked
    pieces = pieces.reshape(-1, 4)[:MOST_LINES].astype(float)
    found = [rule for upright in (False, True) for rule in _rules(pieces, upright, height if upright else width)]
    if not found:
        return marked
    reach = max(2, round(0.004 * longer))
    usual, zone = _usual_contrast(ink, marked, found, reach)
    beside = ink.contrast[marked & ~zone]
    pen = float(np.percentile(beside, 75)) if beside.size else 0.0
    left_out.add("rules")
    # A pen's line over a rule is darker than the rule alone.
    stays = ink.contrast > np.maximum((usual + pen) / 2, 1.3 * usual)
    kept = (marked & ~zone) | (marked & zone & stays)
    # What the rule had cut is joined again.
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 3, 2 * reach + 3))
    closed = cv2.morphologyEx(kept.astype(np.uint8), cv2.MORPH_CLOSE, bridge) > 0
    return kept | (closed & zone & marked)


def _usual_contrast(ink: Ink, marked: np.ndarray, found: list[Rule], reach: int) -> tuple[np.ndarray, np.ndarray]:
    """(h, w) float32 and (h, w) bool: the contrast of the rule within `reach` of each place, and where there is one.

    A sheet has rules of several colours, as the red one of a margin; where two cross, the darker counts.
    """
    measured = []
    for rule in found:
        line = np.zeros(marked.shape, np.uint8)
        for start, end in rule:
            cv2.line(line, start, end, 1)
        own = ink.contrast[(line > 0) & marked]
        measured.append((float(np.median(own)) if own.size else 0.0, rule))
    usual = np.full(marked.shape, -1, np.float32)
    for contrast, rule in sorted(measured, key=lambda each: each[0]):
        for start, end in rule:
            cv2.line(usual, start, end, contrast, 2 * reach + 1)
    return np.maximum(usual, 0), usual >= 0


def _rules(pieces: np.ndarray, upright: bool, extent: int) -> list[Rule]:
    """Straight pieces (n, 4) that lie in one line and cover enough of the sheet's `extent`: a list for each rule."""
    if upright:
        pieces = pieces[:, [1, 0, 3, 2]]
    swap = pieces[:, 0] > pieces[:, 2]
    pieces[swap] = pieces[swap][:, [2, 3, 0, 1]]
    across, along = pieces[:, 3] - pieces[:, 1], pieces[:, 2] - pieces[:, 0]
    flat = np.abs(np.arctan2(across, along)) < FLAT
    pieces, slopes = pieces[flat], (across / np.maximum(along, 1e-6))[flat]
    rules: list[Rule] = []
    left = list(np.argsort(pieces[:, 0] - pieces[:, 2])) if len(pieces) else []  # the longest first
    tolerance = max(3.0, 0.006 * extent)
    while left:
        longest = left[0]
        x, y, slope = pieces[longest, 0], pieces[longest, 1], slopes[longest]
        near = [
            i
            for i in left
            if abs(slopes[i] - slope) < 0.06
            and abs(pieces[i, 1] - y - slope * (pieces[i, 0] - x)) < tolerance
            and abs(pieces[i, 3] - y - slope * (pieces[i, 2] - x)) < tolerance
        ]
        covered = np.zeros(extent + 1, bool)
        for i in near:
            covered[int(max(pieces[i, 0], 0)) : int(max(pieces[i, 2], 0)) + 1] = True
        if covered.mean() >= RULE_LENGTH:
            rule = [((int(a), int(b)), (int(c), int(d))) for a, b, c, d in pieces[near]]
            # The line goes on where the pen was, or where it is too faint to be seen.
            rule.append(((0, round(y - slope * x)), (extent, round(y + slope * (extent - x)))))
            rules.append([(start[::-1], end[::-1]) for start, end in rule] if upright else rule)
        left = [i for i in left if i not in set(near)]
    return rules
