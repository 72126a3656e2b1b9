"""The ink on a photographed sheet: whatever stands out from its surroundings, in colour, of either polarity.

A sheet is never evenly lit. What the paper would look like without ink is estimated from the picture itself, by a
median over a window several strokes wide, which keeps the edges of shadows and of the sheet (Tukey 1977); ink is what
reflects less of some colour than the paper beside it, or more where the ground is dark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

WINDOWS = (1 / 3, 1 / 14)  # of the median, of the shorter side: the first finds how thick the strokes are
STROKES_IN_WINDOW = 6  # the second window is so many strokes wide
OFFSET = np.float32(12)  # added to both brightnesses: in the dark, noise is no contrast
FAINTEST = 0.15  # contrast of the faintest ink: paper has half of it by itself
FAINTEST_LIGHT = 0.3  # that of chalk or of a screen: dust on a board has nearly as much
ABOVE_NOISE = 3.5  # ink stands out by so many times what the paper varies
BRIGHTER = np.float32(1.15)  # as much more light of one colour than the ground's is noise
MEDIAN = 20  # pixels; a wider median is taken on a reduced picture
ROUGH = 480  # pixels of the shorter side; strokes are measured on a picture reduced to this
SAMPLED = 400  # pixels of the shorter side; percentiles of contrast are taken on every so many
FULL = 0.42  # of a full stroke's contrast; what has less is its soft edge, or something printed
HALF = 0.6  # of that; so faint a line is looked at where it may be part of a box


@dataclass(frozen=True)
class Ink:
    """Ink of a picture (h, w).

    Attributes:
        contrast: (h, w) float32, 0 where the paper is and towards 1 where no light comes back.
        marked: (h, w) bool, where there is ink.
        level: contrast of a full stroke.
        light: whether the ink is lighter than its ground.
        steady: (h, w) bool, what stands out from a ground of half the width, too.
        faint: (h, w) bool, what stands out, however little; thin printed lines are whole here alone.
    """

    contrast: np.ndarray
    marked: np.ndarray
    level: float
    light: bool
    steady: np.ndarray
    faint: np.ndarray


def find_ink(picture: np.ndarray) -> Ink:
    """The ink of a picture (h, w, 3) uint8, of either polarity; `marked` has none where nothing stands out."""
    side = min(picture.shape[:2])
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    # How thick the strokes are, and which polarity they have, is seen on a reduced picture as well.
    shrink = max(1.0, side / ROUGH)
    size = [max(1, round(length / shrink)) for length in picture.shape[1::-1]]
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    rough = max((_ink(small, WINDOWS[0] * min(size), light) for light in (False, True)), key=_clearness)
    strokes = STROKES_IN_WINDOW * shrink * stroke_width(rough.marked)
    window = float(np.clip(strokes, WINDOWS[1] * side, WINDOWS[0] * side))
    ink = _ink(soft, window, rough.light)
    half = cv2.resize(soft, [max(1, length // 2) for length in soft.shape[1::-1]], interpolation=cv2.INTER_AREA)
    nearer = cv2.resize(_contrast(half, window / 4, ink.light), soft.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return replace(ink, steady=nearer > 0.5 * FAINTEST)


def _clearness(ink: Ink) -> float:
    """By how many times the ink stands out more than its polarity's faintest."""
    return ink.level / (FAINTEST_LIGHT if ink.light else FAINTEST)


def stroke_width(marked: np.ndarray) -> float:
    """Width of the strokes of a mask (h, w) bool, pixels: that of its thicker tenth; 0 where it is empty."""
    depth = cv2.distanceTransform(marked.astype(np.uint8), cv2.DIST_L2, 3)
    inside = depth[depth >= 1]
    return 2 * float(np.percentile(inside, 90)) if inside.size else 0.0


def _ink(picture: np.ndarray, window: float, light: bool) -> Ink:
    return _marked(_contrast(picture, window, light), light)


def _contrast(picture: np.ndarray, window: float, light: bool) -> np.ndarray:
    """(h, w) float32 in 0..1: how much less light of some colour comes from a pixel than from its ground, or more."""
    ground = _ground(picture, window, light)
    lowest, highest = np.full(picture.shape[:2], np.inf, np.float32), np.zeros(picture.shape[:2], np.float32)
    for above, below in zip(cv2.split(ground), cv2.split(picture)):  # a colour at a time: a third of the memory
        if light:
            above, below = below, above
        share = (below.astype(np.float32) + OFFSET) / (above.astype(np.float32) + OFFSET)
        np.minimum(lowest, share, out=lowest)
        np.maximum(highest, share, out=highest)
    if not light:  # red on grey of the same brightness: more of one colour comes back, less of the others
        lowest /= np.maximum(highest / BRIGHTER, 1)
    return np.maximum(1 - lowest, 0)


def _ground(picture: np.ndarray, window: float, light: bool) -> np.ndarray:
    """What the picture (h, w, 3) uint8 would be without its ink: its median over `window` pixels.

    At the edge of a shadow the side without ink decides: an edge is no ink.
    """
    shrink = max(1.0, window / MEDIAN)  # a median changes slowly: it is taken on a smaller picture
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(1, round(width / shrink)), max(1, round(height / shrink))), interpolation=cv2.INTER_AREA
    )
    rim = max(1, int(window / shrink / 2))
    border = cv2.BORDER_REFLECT_101 if min(small.shape[:2]) > rim else cv2.BORDER_REPLICATE
    median = cv2.medianBlur(cv2.copyMakeBorder(small, rim, rim, rim, rim, border), 2 * rim + 1)
    median = median[rim:-rim, rim:-rim]
    # By a pixel of the reduced picture the median may miss the edge.
    kernel = np.ones((3, 3), np.uint8)
    nearby = cv2.dilate(median, kernel) if light else cv2.erode(median, kernel)
    return cv2.resize(nearby, (width, height), interpolation=cv2.INTER_LINEAR)


def _marked(contrast: np.ndarray, light: bool) -> Ink:
    step = max(1, min(contrast.shape) // SAMPLED)
    sample = contrast[::step, ::step]
    noise = float(np.percentile(sample, 70)) + 1e-3  # no sheet has so much ink
    floor = max(FAINTEST_LIGHT if light else FAINTEST, ABOVE_NOISE * noise)
    inside = sample[sample > floor]
    level = float(np.percentile(inside, 98)) if inside.size else 0.0
    threshold = max(floor, FULL * level)
    marked = contrast > threshold
    return Ink(contrast, marked, level, light, marked, contrast > max(floor, HALF * threshold))
