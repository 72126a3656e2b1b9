"""The ink on a photographed sheet: whatever stands out from the background, in colour, of either polarity.

A sheet is never evenly lit. The background without ink is estimated from the picture itself, by a median over a window
several strokes wide, which keeps the edges of shadows and of the sheet (Tukey 1977). Ink is what reflects less of some
colour than the background beside it, or more where the background is dark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

WINDOWS = (1 / 3, 1 / 14)  # of the median, of the shorter side: the first finds how thick the strokes are
STROKES_IN_WINDOW = 6  # the second window is so many strokes wide
OFFSET = np.float32(12)  # added to both brightnesses, so that noise in the dark is no contrast
FAINTEST = 0.15  # contrast of the faintest ink; paper alone has half of it
FAINTEST_LIGHT = 0.3  # that of chalk or of a screen: dust on a board has nearly as much
ABOVE_NOISE = 3.5  # contrast of ink, in multiples of the noise of the paper
BRIGHTER = np.float32(1.15)  # up to so many times the background's light of one colour is noise
MEDIAN = 20  # pixels; a wider median is taken on a reduced picture
ROUGH = 480  # pixels of the shorter side; strokes are measured on a picture reduced to this
SAMPLED = 400  # pixels of the shorter side; percentiles of contrast are taken on every so many
FULL = 0.42  # of a full stroke's contrast; what has less is a soft edge or something printed
HALF = 0.6  # of that; so faint a line may still be part of a box


@dataclass(frozen=True)
class Ink:
    """Ink of a picture (h, w).

    Attributes:
        contrast: (h, w) float32, from 0 on the background towards 1 where no light comes back.
        marked: (h, w) bool, where there is ink.
        level: contrast of a full stroke.
        light: whether the ink is lighter than the background.
        steady: (h, w) bool, what stands out from the median over half of the window, too.
        faint: (h, w) bool, what stands out, however little; thin printed lines have no gaps here.
    """

    contrast: np.ndarray
    marked: np.ndarray
    level: float
    light: bool
    steady: np.ndarray
    faint: np.ndarray


def find_ink(picture: np.ndarray) -> Ink:
    """The ink of a picture (h, w, 3) uint8, of either polarity; nothing is marked where nothing stands out."""
    side = min(picture.shape[:2])
    smooth = cv2.GaussianBlur(picture, (0, 0), 0.8)
    # A reduced picture is enough to measure how thick the strokes are and which polarity they have.
    shrink = max(1.0, side / ROUGH)
    size = [max(1, round(length / shrink)) for length in picture.shape[1::-1]]
    small = cv2.resize(smooth, size, interpolation=cv2.INTER_AREA)
    rough = max((_ink(small, WINDOWS[0] * min(size), light) for light in (False, True)), key=_relative_contrast)
    strokes = STROKES_IN_WINDOW * shrink * stroke_width(rough.marked)
    window = float(np.clip(strokes, WINDOWS[1] * side, WINDOWS[0] * side))
    ink = _ink(smooth, window, rough.light)
    half = cv2.resize(smooth, [max(1, length // 2) for length in smooth.shape[1::-1]], interpolation=cv2.INTER_AREA)
    narrow = cv2.resize(_contrast(half, window / 4, ink.light), smooth.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return replace(ink, steady=narrow > 0.5 * FAINTEST)


def _relative_contrast(ink: Ink) -> float:
    """The contrast of the ink, in multiples of that of the faintest ink of its polarity."""
    return ink.level / (FAINTEST_LIGHT if ink.light else FAINTEST)


def stroke_width(marked: np.ndarray) -> float:
    """Width of the strokes of a mask (h, w) bool in pixels, the 90th percentile; 0 where it is empty."""
    depth = cv2.distanceTransform(marked.astype(np.uint8), cv2.DIST_L2, 3)
    inside = depth[depth >= 1]
    return 2 * float(np.percentile(inside, 90)) if inside.size else 0.0


def _ink(picture: np.ndarray, window: float, light: bool) -> Ink:
    """The ink of one polarity."""
    return _marked(_contrast(picture, window, light), light)


def _contrast(picture: np.ndarray, window: float, light: bool) -> np.ndarray:
    """Contrast (h, w) float32 in 0..1: how much less light of some colour a pixel reflects than its background.

    With `light`, how much more.
    """
    background = _background(picture, window, light)
    lowest, highest = np.full(picture.shape[:2], np.inf, np.float32), np.zeros(picture.shape[:2], np.float32)
    # One colour at a time, in a third of the memory.
    for above, below in zip(cv2.split(background), cv2.split(picture)):
        if light:
            above, below = below, above
        ratio = (below.astype(np.float32) + OFFSET) / (above.astype(np.float32) + OFFSET)
        np.minimum(lowest, ratio, out=lowest)
        np.maximum(highest, ratio, out=highest)
    if not light:  # red ink on grey of the same brightness reflects more of one colour and less of the others
        lowest /= np.maximum(highest / BRIGHTER, 1)
    return np.maximum(1 - lowest, 0)


def _background(picture: np.ndarray, window: float, light: bool) -> np.ndarray:
    """The picture (h, w, 3) uint8 without its ink: its median over `window` pixels.

    At the edge of a shadow the darker side counts (with `light`, the lighter one), so that an edge is no ink.
    """
    shrink = max(1.0, window / MEDIAN)  # a median changes slowly and is taken on a smaller picture
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(1, round(width / shrink)), max(1, round(height / shrink))), interpolation=cv2.INTER_AREA
    )
    rim = max(1, int(window / shrink / 2))
    border = cv2.BORDER_REFLECT_101 if min(small.shape[:2]) > rim else cv2.BORDER_REPLICATE
    median = cv2.medianBlur(cv2.copyMakeBorder(small, rim, rim, rim, rim, border), 2 * rim + 1)
    median = median[rim:-rim, rim:-rim]
    # The median may miss an edge by one pixel of the reduced picture.
    kernel = np.ones((3, 3), np.uint8)
    shifted = cv2.dilate(median, kernel) if light else cv2.erode(median, kernel)
    return cv2.resize(shifted, (width, height), interpolation=cv2.INTER_LINEAR)


def _marked(contrast: np.ndarray, light: bool) -> Ink:
    """The ink by its contrast (h, w): a threshold above the noise of the paper and relative to a full stroke."""
    step = max(1, min(contrast.shape) // SAMPLED)
    sample = contrast[::step, ::step]
    noise = float(np.percentile(sample, 70)) + 1e-3  # no sheet has so much ink
    floor = max(FAINTEST_LIGHT if light else FAINTEST, ABOVE_NOISE * noise)
    inside = sample[sample > floor]
    level = float(np.percentile(inside, 98)) if inside.size else 0.0
    threshold = max(floor, FULL * level)
    marked = contrast > threshold
    return Ink(contrast, marked, level, light, marked, contrast > max(floor, HALF * threshold))
