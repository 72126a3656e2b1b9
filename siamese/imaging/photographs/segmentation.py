"""The digits among the ink of a sheet: rules, boxes, rims and specks are told from them by their shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from siamese.imaging.photographs.ink import Ink, stroke_width
from siamese.imaging.photographs.rules import SMALLEST, connected, goes_on, without_boxes, without_rules

SPECK = 0.3  # of the tallest piece; what is smaller and stands alone is no digit
NEAR = 0.18  # of the taller piece's height; so near a piece belongs to it
STEADY = 0.45  # of a piece's ink that must stand out from a nearer ground, too: the corner of a shadow does not
WIDEST = 2.5  # times as wide as high
WRITTEN = 0.22  # contrast of a digit's darkest tenth; light pencil has 0.3, the rules of squared paper less than 0.2
CLEAR = 0.4  # contrast of what is written for sure; fainter ink must have edges
SOFT = 1 / 64  # of the sheet's shorter side; an edge so soft is that of a cloud or a stain, not of a pen
SOFTEST = 10.0  # pixels, the same on small pictures: the edges of a line that is out of focus
RIM = 8  # pixels around a piece that its edges lie in
STROKE = 1 / 11  # of a digit's larger side; thinner strokes are grown, or they fade when they are reduced
SEVERAL = 3  # digits show how large the others are
MOST = 40  # digits of one picture
FEWEST = 12  # pixels of a picture's shorter side; fewer show no digit
DUST = 0.012  # of the sheet's shorter side; what is smaller is no part of a digit
MOST_PIECES = 400  # of connected ink that are looked at; a picture with more is no sheet with digits


@dataclass
class Piece:
    """Connected ink, or several pieces that make one digit.

    Attributes:
        box: left, top, right, bottom, pixels; right and bottom lie outside.
        labels: of the connected ink.
    """

    box: tuple[int, int, int, int]
    labels: list[int]

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def size(self) -> int:
        return max(self.width, self.height)


@dataclass(frozen=True)
class Found:
    """Digits of a picture.

    Attributes:
        digits: their ink (h', w') float32 in 0..1, cut out, in reading order.
        boxes: left, top, right, bottom of each, pixels.
        marked: (h, w) bool, the ink that is part of a digit.
        left_out: what was left out: "rules", "boxes", "rim", "specks", "more".
    """

    digits: list[np.ndarray]
    boxes: list[tuple[int, int, int, int]]
    marked: np.ndarray
    left_out: set[str] = field(default_factory=set)


def find_digits(ink: Ink, inside: np.ndarray) -> Found:
    """The digits that `ink` shows, none where it shows no digit.

    Args:
        inside: (h, w) bool, the sheet.
    """
    left_out: set[str] = set()
    if min(inside.shape) < FEWEST:
        return Found([], [], np.zeros_like(inside))
    marked = without_boxes(ink.marked & inside, ink.marked & inside, left_out)
    marked = without_boxes(marked, ink.faint & inside, left_out)
    marked = without_rules(ink, marked, left_out)
    _, labels, stats = connected(marked)
    side = min(marked.shape)
    pieces = _pieces(ink, labels, stats, left_out)
    pieces = _without_rim(pieces, labels, inside, left_out)
    pieces = _without_strays(pieces, marked.shape, left_out)
    pieces = _joined(pieces)
    pieces = _without_specks(pieces, side, left_out)
    pieces = _reading_order([piece for piece in pieces if _is_written(ink, labels, piece)])
    if len(pieces) > MOST:
        pieces = pieces[:MOST]
        left_out.add("more")
    digits = [_cut_out(ink, labels, piece) for piece in pieces]
    kept = np.zeros(len(stats), bool)
    kept[[label for piece in pieces for label in piece.labels]] = True
    return Found(digits, [piece.box for piece in pieces], kept[labels], left_out)


def _pieces(ink: Ink, labels: np.ndarray, stats: np.ndarray, left_out: set[str]) -> list[Piece]:
    """The connected ink that can be part of a digit: no dust, no corner of a shadow and no bit of a rule."""
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1) >= max(2, DUST * min(labels.shape))
    large[0] = False
    pieces = []
    candidates = np.flatnonzero(large)
    for label in candidates[np.argsort(-stats[candidates, cv2.CC_STAT_AREA])][:MOST_PIECES]:
        left, top, width, height, _ = stats[label].tolist()
        box = slice(top, top + height), slice(left, left + width)
        own = labels[box] == label
        if ink.steady[box][own].mean() <= STEADY:
            continue
        if goes_on(ink.contrast, np.argwhere(own) + np.array([top, left])):
            left_out.add("rules")
            continue
        pieces.append(Piece((left, top, left + width, top + height), [int(label)]))
    return pieces


def _without_rim(pieces: list[Piece], labels: np.ndarray, inside: np.ndarray, left_out: set[str]) -> list[Piece]:
    """The pieces without those at the sheet's rim, unless there are no others of a digit's size."""
    shape = labels.shape
    rim = 2 * max(2, round(0.006 * max(shape))) + 1
    within = cv2.erode(
        inside.astype(np.uint8), np.ones((rim, rim), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    at_rim = set(np.unique(labels[within == 0]).tolist())
    inner = [piece for piece in pieces if piece.labels[0] not in at_rim]
    largest = max((piece.size for piece in inner), default=0)
    if largest < SMALLEST * min(shape) or largest < 0.25 * max((piece.height for piece in pieces), default=0):
        # A picture that is cut close to the digit.
        inner = [piece for piece in pieces if piece.size > 0.5 * min(shape)]
    if len(inner) < len(pieces):
        left_out.add("rim")
    return inner


def _without_strays(pieces: list[Piece], shape: tuple[int, ...], left_out: set[str]) -> list[Piece]:
    """The pieces without lines that lie along the rim, unless they stand among digits of their size: ones."""
    height, width = shape
    thin, near = 0.04 * min(shape), 0.1

    def stray(piece: Piece) -> bool:
        left, top, right, bottom = piece.box
        upright = piece.width < thin and piece.height > 4 * piece.width
        flat = piece.height < thin and piece.width > 4 * piece.height
        beside = right < near * width or left > (1 - near) * width
        above = bottom < near * height or top > (1 - near) * height
        return (upright and beside) or (flat and above)

    others = [piece for piece in pieces if not stray(piece)]
    largest = max((piece.size for piece in others), default=0)
    sizes = [piece.size for piece in others if piece.size > 0.5 * largest]
    usual = float(np.median(sizes)) if len(sizes) >= SEVERAL else 0.0
    kept = [piece for piece in pieces if 0.6 * usual < piece.size < 1.4 * usual or not stray(piece)]
    if len(kept) < len(pieces):
        left_out.add("rim")
    return kept


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Pieces that make one digit put together: the flag of a 5, the second stroke of a 4, broken lines."""
    pieces = sorted(pieces, key=lambda piece: -piece.size)
    tallest = np.median([piece.size for piece in pieces if piece.size > 0.5 * pieces[0].size]) if pieces else 0
    joined = True
    while joined:
        joined = False
        for i, piece in enumerate(pieces):
            for j in range(len(pieces) - 1, i, -1):
                if _belong(piece, pieces[j], tallest):
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


def _belong(piece: Piece, other: Piece, usual: float) -> bool:
    """Whether the smaller `other` is part of the same digit as `piece`."""
    taller = min(max(piece.size, 0.6 * usual), 2.5 * other.size)
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
            or (other.size < 0.7 * piece.size and size < 1.5 * taller)
            or (overlap > 0.1 and size < 1.25 * taller)
        )
    if other.size > 0.75 * piece.size:  # two digits side by side, or one below the other
        return False
    return across < NEAR * taller and down < NEAR * taller and size < 1.45 * taller


def _without_specks(pieces: list[Piece], side: int, left_out: set[str]) -> list[Piece]:
    if not pieces:
        return pieces
    largest = max(piece.size for piece in pieces)
    kept = [piece for piece in pieces if piece.size >= max(SPECK * largest, SMALLEST * side)]
    if len(kept) < len(pieces):
        left_out.add("specks")
    return kept


def _is_written(ink: Ink, labels: np.ndarray, piece: Piece) -> bool:
    """Whether a pen left a piece: printed rules, stains, smudges and what shines through are fainter everywhere.

    A dash is no digit either.
    """
    if piece.width > WIDEST * piece.height:
        return False
    left, top, right, bottom = piece.box
    box = slice(max(0, top - RIM), bottom + RIM), slice(max(0, left - RIM), right + RIM)
    contrast, own = ink.contrast[box], np.isin(labels[box], piece.labels)
    darkest = float(np.percentile(contrast[own], 90))
    if darkest <= WRITTEN:
        return False
    return darkest > CLEAR or _edge(contrast, own) < max(SOFT * min(labels.shape), SOFTEST)


def _edge(contrast: np.ndarray, own: np.ndarray) -> float:
    """Over how many pixels the contrast (h, w) of ink, where `own` (h, w) bool is, rises from nothing to its full."""
    soft = cv2.GaussianBlur(contrast, (0, 0), 2)  # noise has steep edges, too
    steepness = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8))
    near = cv2.dilate(own.astype(np.uint8), np.ones((RIM + 1, RIM + 1), np.uint8)) > 0
    return float(np.percentile(soft[own], 90)) / max(1e-6, float(np.percentile(steepness[near], 90)))


def _reading_order(pieces: list[Piece]) -> list[Piece]:
    """From left to right, row by row: a row holds what overlaps by half its height."""
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
    """The ink (h', w') float32 in 0..1 of one digit, with its soft edges and without its neighbours."""
    left, top, right, bottom = piece.box
    rim = 2
    height, width = labels.shape
    box = slice(max(0, top - rim), min(height, bottom + rim)), slice(max(0, left - rim), min(width, right + rim))
    own = np.isin(labels[box], piece.labels)
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    contrast = ink.contrast[box]
    full = float(np.percentile(contrast[own], 60))
    digit = np.where(near, np.clip(contrast / full, 0, 1), 0).astype(np.float32)
    missing = round(STROKE * piece.size - stroke_width(own))
    if missing < 1:
        return digit
    grown = cv2.copyMakeBorder(digit, missing, missing, missing, missing, cv2.BORDER_CONSTANT)
    return cv2.dilate(grown, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1)))
