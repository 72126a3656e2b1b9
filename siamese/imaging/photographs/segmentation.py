"""The digits among the ink of a sheet; ruled lines, boxes, rims and specks are left out by their shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from siamese.imaging.photographs.boxes import without_boxes
from siamese.imaging.photographs.components import SMALLEST, connected
from siamese.imaging.photographs.ink import Ink, stroke_width
from siamese.imaging.photographs.picture import MAX_DIGITS
from siamese.imaging.photographs.ruled_lines import goes_on, without_ruled_lines

SPECK = 0.3  # of the tallest piece; what is smaller and stands alone is no digit
NEAR = 0.18  # of the taller piece's height; two pieces that are so near belong together
STEADY = 0.45  # of a piece's ink; so much is `Ink.steady`, which a corner of a shadow is not
WIDEST = 2.5  # times as wide as high
WRITTEN = 0.22  # contrast of a digit's darkest tenth; light pencil has 0.3, the lines of squared paper less than 0.2
CLEAR = 0.4  # contrast that only ink has; where there is less, the edges decide
SOFT = 1 / 64  # of the sheet's shorter side; so soft an edge is that of a cloud or a stain, not of a pen
SOFTEST = 10.0  # pixels; the same on small pictures, where lines may be out of focus
RIM = 8  # pixels around a piece in which its edges lie
STROKE = 1 / 11  # of a digit's larger side; thinner strokes are grown, or they would fade when they are reduced
SEVERAL = 3  # digits are enough to show how large the others are
MIN_SIDE = 12  # pixels; a picture with a shorter side shows no digit
DUST = 0.012  # of the sheet's shorter side; what is smaller is no part of a digit
MAX_PIECES = 400  # of connected ink, the largest first; a picture with more is no sheet with digits


@dataclass
class Piece:
    """Connected ink, or several pieces that make one digit.

    Attributes:
        box: left, top, right and bottom in pixels; right and bottom are exclusive.
        labels: of its connected ink.
    """

    box: tuple[int, int, int, int]
    labels: list[int]

    @property
    def width(self) -> int:
        """In pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.box[3] - self.box[1]

    @property
    def size(self) -> int:
        """The larger of width and height."""
        return max(self.width, self.height)


@dataclass(frozen=True)
class Segmentation:
    """The digits of a picture.

    Attributes:
        digits: their ink (h', w') float32 in 0..1, cut out, in reading order.
        boxes: left, top, right and bottom of each in pixels.
        marked: (h, w) bool, the ink that is part of a digit.
        left_out: some of "rules", "boxes", "rim", "specks" and "more"; see `picture.LEFT_OUT`.
    """

    digits: list[np.ndarray]
    boxes: list[tuple[int, int, int, int]]
    marked: np.ndarray
    left_out: set[str] = field(default_factory=set)


def find_digits(ink: Ink, inside: np.ndarray) -> Segmentation:
    """The digits among the ink, which may be none.

    Args:
        inside: (h, w) bool, the sheet.
    """
    left_out: set[str] = set()
    if min(inside.shape) < MIN_SIDE:
        return Segmentation([], [], np.zeros_like(inside))
    marked = without_boxes(ink.marked & inside, ink.marked & inside, left_out)
    marked = without_boxes(marked, ink.faint & inside, left_out)
    marked = without_ruled_lines(ink, marked, left_out)
    _, labels, stats = connected(marked)
    side = min(marked.shape)
    pieces = _pieces(ink, labels, stats, left_out)
    pieces = _without_rim(pieces, labels, inside, left_out)
    pieces = _without_strays(pieces, marked.shape, left_out)
    pieces = _joined(pieces)
    pieces = _without_specks(pieces, side, left_out)
    pieces = _reading_order([piece for piece in pieces if _is_written(ink, labels, piece)])
    if len(pieces) > MAX_DIGITS:
        pieces = pieces[:MAX_DIGITS]
        left_out.add("more")
    digits = [_cut_out(ink, labels, piece) for piece in pieces]
    is_part = np.zeros(len(stats), bool)
    is_part[[label for piece in pieces for label in piece.labels]] = True
    return Segmentation(digits, [piece.box for piece in pieces], is_part[labels], left_out)


def _pieces(ink: Ink, labels: np.ndarray, stats: np.ndarray, left_out: set[str]) -> list[Piece]:
    """The connected ink that can be part of a digit: no dust, no corner of a shadow and no piece of a ruled line."""
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1) >= max(2, DUST * min(labels.shape))
    large[0] = False
    pieces = []
    candidates = np.flatnonzero(large)
    for label in candidates[np.argsort(-stats[candidates, cv2.CC_STAT_AREA])][:MAX_PIECES]:
        left, top, width, height, _ = stats[label].tolist()
        box = slice(top, top + height), slice(left, left + width)
        mask = labels[box] == label
        if ink.steady[box][mask].mean() <= STEADY:
            continue
        if goes_on(ink.contrast, np.argwhere(mask) + np.array([top, left])):
            left_out.add("rules")
            continue
        pieces.append(Piece((left, top, left + width, top + height), [int(label)]))
    return pieces


def _without_rim(pieces: list[Piece], labels: np.ndarray, inside: np.ndarray, left_out: set[str]) -> list[Piece]:
    """The pieces without those at the sheet's rim, unless none of the others has the size of a digit."""
    shape = labels.shape
    rim = 2 * max(2, round(0.006 * max(shape))) + 1
    within = cv2.erode(
        inside.astype(np.uint8), np.ones((rim, rim), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    at_rim = set(np.unique(labels[within == 0]).tolist())
    inner = [piece for piece in pieces if piece.labels[0] not in at_rim]
    largest = max((piece.size for piece in inner), default=0)
    if largest < SMALLEST * min(shape) or largest < 0.25 * max((piece.height for piece in pieces), default=0):
        # The picture is cut close to the digit.
        inner = [piece for piece in pieces if piece.size > 0.5 * min(shape)]
    if len(inner) < len(pieces):
        left_out.add("rim")
    return inner


def _without_strays(pieces: list[Piece], shape: tuple[int, ...], left_out: set[str]) -> list[Piece]:
    """The pieces without lines along the rim; lines among digits of their size stay, because they are ones."""
    height, width = shape
    thin, near = 0.04 * min(shape), 0.1

    def is_stray(piece: Piece) -> bool:
        left, top, right, bottom = piece.box
        upright = piece.width < thin and piece.height > 4 * piece.width
        flat = piece.height < thin and piece.width > 4 * piece.height
        beside = right < near * width or left > (1 - near) * width
        above = bottom < near * height or top > (1 - near) * height
        return (upright and beside) or (flat and above)

    others = [piece for piece in pieces if not is_stray(piece)]
    largest = max((piece.size for piece in others), default=0)
    sizes = [piece.size for piece in others if piece.size > 0.5 * largest]
    typical = float(np.median(sizes)) if len(sizes) >= SEVERAL else 0.0
    kept = [piece for piece in pieces if 0.6 * typical < piece.size < 1.4 * typical or not is_stray(piece)]
    if len(kept) < len(pieces):
        left_out.add("rim")
    return kept


def _joined(pieces: list[Piece]) -> list[Piece]:
    """The pieces with those joined that make one digit: the flag of a 5, the second stroke of a 4, broken lines."""
    pieces = sorted(pieces, key=lambda piece: -piece.size)
    typical = float(np.median([piece.size for piece in pieces if piece.size > 0.5 * pieces[0].size])) if pieces else 0
    joined = True
    while joined:
        joined = False
        for i, piece in enumerate(pieces):
            for j in range(len(pieces) - 1, i, -1):
                if _belong(piece, pieces[j], typical):
                    other = pieces.pop(j)
                    piece.box = (
                        min(piece.box[0], other.box[0]),
                        min(piece.box[1], other.box[1]),
                        max(piece.box[2], other.box[2]),
                        max(piece.box[3], other.box[3]),
                    )
                    piece.labels += other.labels
                    joined = True
    return pieces


def _belong(piece: Piece, other: Piece, typical: float) -> bool:
    """Whether the smaller `other` is part of the same digit as `piece`; `typical` is the size of a digit."""
    scale = min(max(piece.size, 0.6 * typical), 2.5 * other.size)
    across = max(other.box[0] - piece.box[2], piece.box[0] - other.box[2])
    down = max(other.box[1] - piece.box[3], piece.box[1] - other.box[3])
    size = max(
        max(piece.box[2], other.box[2]) - min(piece.box[0], other.box[0]),
        max(piece.box[3], other.box[3]) - min(piece.box[1], other.box[1]),
    )
    if across < 0 and down < 0:  # the boxes overlap
        overlap = across * down / max(1, min(piece.width * piece.height, other.width * other.height))
        return (
            overlap > 0.3
            or (other.size < 0.7 * piece.size and size < 1.5 * scale)
            or (overlap > 0.1 and size < 1.25 * scale)
        )
    if other.size > 0.75 * piece.size:  # two digits side by side, or one below the other
        return False
    return across < NEAR * scale and down < NEAR * scale and size < 1.45 * scale


def _without_specks(pieces: list[Piece], side: int, left_out: set[str]) -> list[Piece]:
    """The pieces without those that are much smaller than the largest, or than the sheet's shorter `side` asks for."""
    if not pieces:
        return pieces
    largest = max(piece.size for piece in pieces)
    kept = [piece for piece in pieces if piece.size >= max(SPECK * largest, SMALLEST * side)]
    if len(kept) < len(pieces):
        left_out.add("specks")
    return kept


def _is_written(ink: Ink, labels: np.ndarray, piece: Piece) -> bool:
    """Whether a piece was written with a pen, and is no dash.

    Printed lines, stains, smudges and what shines through the paper are fainter everywhere or have softer edges.
    """
    if piece.width > WIDEST * piece.height:
        return False
    left, top, right, bottom = piece.box
    box = slice(max(0, top - RIM), bottom + RIM), slice(max(0, left - RIM), right + RIM)
    contrast, mask = ink.contrast[box], np.isin(labels[box], piece.labels)
    darkest = float(np.percentile(contrast[mask], 90))
    if darkest <= WRITTEN:
        return False
    return darkest > CLEAR or _edge_width(contrast, mask) < max(SOFT * min(labels.shape), SOFTEST)


def _edge_width(contrast: np.ndarray, mask: np.ndarray) -> float:
    """Over how many pixels the contrast (h, w) rises from 0 to its full at the edge of `mask` (h, w) bool."""
    soft = cv2.GaussianBlur(contrast, (0, 0), 2)  # since noise has steep edges, too
    steepness = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8))
    near = cv2.dilate(mask.astype(np.uint8), np.ones((RIM + 1, RIM + 1), np.uint8)) > 0
    return float(np.percentile(soft[mask], 90)) / max(1e-6, float(np.percentile(steepness[near], 90)))


def _reading_order(pieces: list[Piece]) -> list[Piece]:
    """The pieces row by row from left to right; a piece is in a row where half of its height overlaps with it."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        middle = (piece.box[1] + piece.box[3]) / 2
        for row in rows:
            beside = min(row, key=lambda other: abs((other.box[0] + other.box[2]) - (piece.box[0] + piece.box[2])))
            if beside.box[1] < middle < beside.box[3]:
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.box[0])]


def _cut_out(ink: Ink, labels: np.ndarray, piece: Piece) -> np.ndarray:
    """The ink (h', w') float32 in 0..1 of one digit, with soft edges and without its neighbours."""
    left, top, right, bottom = piece.box
    rim = 2
    height, width = labels.shape
    box = slice(max(0, top - rim), min(height, bottom + rim)), slice(max(0, left - rim), min(width, right + rim))
    mask = np.isin(labels[box], piece.labels)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    contrast = ink.contrast[box]
    full = float(np.percentile(contrast[mask], 60))
    digit = np.where(near, np.clip(contrast / full, 0, 1), 0).astype(np.float32)
    missing = round(STROKE * piece.size - stroke_width(mask))
    if missing < 1:
        return digit
    grown = cv2.copyMakeBorder(digit, missing, missing, missing, missing, cv2.BORDER_CONSTANT)
    return cv2.dilate(grown, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1)))
