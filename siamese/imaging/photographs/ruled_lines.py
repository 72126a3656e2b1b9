"""The ruled lines of a sheet are left out of its ink.

Straight pieces are found by the probabilistic Hough transform (Matas, Galambos and Kittler 2000); those that lie in
one line across the sheet are a ruled line.
"""

from __future__ import annotations

import cv2
import numpy as np

from siamese.imaging.photographs.components import straight
from siamese.imaging.photographs.ink import Ink

RULE_LENGTH = 0.8  # of the sheet; a straight line that covers so much of it is ruled
RULE_PIECE = 0.08  # of the longer side; shorter straight pieces are no evidence
FLAT = 0.26  # radians; the angle of a ruled line to the sheet's side, at most
GOES_ON = 0.5  # of a line's contrast, found beyond both of its ends: it is a piece of a ruled line
FAINT_RULE = 0.02  # contrast, averaged along a line; less is that of the paper itself
SEARCHED = (20, 80)  # pixels beyond an end, at least and at most
MAX_PIECES = 1500  # straight pieces; a picture with more is noise
Place = tuple[int, int]  # x, y
RuledLine = list[tuple[Place, Place]]  # the ends of the pieces that make one line


def without_ruled_lines(ink: Ink, marked: np.ndarray, left_out: set[str]) -> np.ndarray:
    """The marked ink (h, w) bool without ruled lines; what a pen wrote across them stays.

    Args:
        left_out: gets "rules" where there are any.
    """
    height, width = marked.shape
    longer = max(height, width)
    mask = marked.astype(np.uint8) * 255
    pieces = cv2.HoughLinesP(
        mask, 1, np.pi / 360, threshold=int(0.05 * longer), minLineLength=RULE_PIECE * longer, maxLineGap=0.012 * longer
    )
    if pieces is None:
        return marked
    pieces = pieces.reshape(-1, 4)[:MAX_PIECES].astype(float)
    ruled = [line for upright in (False, True) for line in _ruled(pieces, upright, height if upright else width)]
    if not ruled:
        return marked
    half_width = max(2, round(0.004 * longer))
    typical, zone = _typical_contrast(ink, marked, ruled, half_width)
    beside = ink.contrast[marked & ~zone]
    pen = float(np.percentile(beside, 75)) if beside.size else 0.0
    left_out.add("rules")
    # A pen's line over a ruled one is darker than the ruled line alone.
    stays = ink.contrast > np.maximum((typical + pen) / 2, 1.3 * typical)
    remaining = (marked & ~zone) | (marked & zone & stays)
    # Strokes that the line cut are joined again.
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half_width + 3, 2 * half_width + 3))
    closed = cv2.morphologyEx(remaining.astype(np.uint8), cv2.MORPH_CLOSE, bridge) > 0
    joined: np.ndarray = remaining | (closed & zone & marked)
    return joined


def goes_on(contrast: np.ndarray, places: np.ndarray) -> bool:
    """Whether ink is a straight line that continues beyond both of its ends, as a ruled line does.

    Of a line that is hardly darker than the paper only pieces are marked; there is still contrast between them.

    Args:
        contrast: (h, w) float32, of the sheet.
        places: (n, 2), row and column of each pixel of the ink.
    """
    line = straight(places)
    if line is None:
        return False
    middle, direction, length = line
    half_width = 2 + round(len(places) / length / 2)
    away = length / 2 + 3 + np.arange(int(np.clip(length, *SEARCHED)))
    aside = np.arange(-4 * half_width, 4 * half_width + 1)
    line_contrast = contrast[tuple(places.T)].mean()
    beyond = []
    for sign in (-1, 1):
        track = middle + sign * away[:, None] * direction  # (n, 2)
        track = track[((track > 0) & (track < np.array(contrast.shape) - 1)).all(1)]
        if len(track) < len(away) / 2:
            continue  # the sheet ends here
        around = track[:, None] + aside[:, None] * (-direction[1], direction[0])  # (n, m, 2)
        rows, columns = around.astype(np.float32).transpose(2, 0, 1)
        profile = cv2.remap(contrast, columns, rows, cv2.INTER_LINEAR).mean(0)  # (m,)
        on_line = np.abs(aside) <= half_width
        beyond.append(profile[on_line].max() - np.median(profile[~on_line]))
    return bool(beyond) and min(beyond) > max(FAINT_RULE, GOES_ON * line_contrast)


def _typical_contrast(
    ink: Ink, marked: np.ndarray, ruled: list[RuledLine], half_width: int
) -> tuple[np.ndarray, np.ndarray]:
    """The contrast (h, w) float32 of the ruled line within `half_width` of each place, and where one is, (h, w) bool.

    A sheet has lines of several colours, such as the red one of a margin; where two cross, the darker one counts.
    """
    measured = []
    for pieces in ruled:
        mask = np.zeros(marked.shape, np.uint8)
        for start, end in pieces:
            cv2.line(mask, start, end, 1)
        along = ink.contrast[(mask > 0) & marked]
        measured.append((float(np.median(along)) if along.size else 0.0, pieces))
    typical = np.full(marked.shape, -1, np.float32)
    for contrast, pieces in sorted(measured, key=lambda each: each[0]):
        for start, end in pieces:
            cv2.line(typical, start, end, contrast, 2 * half_width + 1)
    return np.maximum(typical, 0), typical >= 0


def _ruled(pieces: np.ndarray, upright: bool, extent: int) -> list[RuledLine]:
    """The ruled lines: straight pieces (n, 4) that lie in one line and cover enough of the sheet's `extent`."""
    if upright:
        pieces = pieces[:, [1, 0, 3, 2]]
    swap = pieces[:, 0] > pieces[:, 2]
    pieces[swap] = pieces[swap][:, [2, 3, 0, 1]]
    across, along = pieces[:, 3] - pieces[:, 1], pieces[:, 2] - pieces[:, 0]
    flat = np.abs(np.arctan2(across, along)) < FLAT
    pieces, slopes = pieces[flat], (across / np.maximum(along, 1e-6))[flat]
    ruled: list[RuledLine] = []
    remaining = list(np.argsort(pieces[:, 0] - pieces[:, 2])) if len(pieces) else []  # the longest first
    tolerance = max(3.0, 0.006 * extent)
    while remaining:
        longest = remaining[0]
        x, y, slope = pieces[longest, 0], pieces[longest, 1], slopes[longest]
        near = [
            i
            for i in remaining
            if abs(slopes[i] - slope) < 0.06
            and abs(pieces[i, 1] - y - slope * (pieces[i, 0] - x)) < tolerance
            and abs(pieces[i, 3] - y - slope * (pieces[i, 2] - x)) < tolerance
        ]
        covered = np.zeros(extent + 1, bool)
        for i in near:
            covered[int(max(pieces[i, 0], 0)) : int(max(pieces[i, 2], 0)) + 1] = True
        if covered.mean() >= RULE_LENGTH:
            line = [((int(a), int(b)), (int(c), int(d))) for a, b, c, d in pieces[near]]
            # The line goes on where the pen was, or where it is too faint to be seen.
            line.append(((0, round(y - slope * x)), (extent, round(y + slope * (extent - x)))))
            ruled.append([(start[::-1], end[::-1]) for start, end in line] if upright else line)
        remaining = [i for i in remaining if i not in set(near)]
    return ruled
