"""The built-in pen: digits as strokes that vary like handwriting.

They replace MNIST where it is not available, and serve as drawings in tests. No served model is trained on them; a live
training may be.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from siamese.imaging.framing import from_drawing
from siamese.imaging.strokes import CANVAS, render

# The variants of each digit. A stroke is given by points through which a smooth curve runs, in a box of 100 × 140
# (x right, y down); a point that is given twice is a corner.
_VARIANTS: dict[int, list[list[list[tuple[float, float]]]]] = {
    0: [
        [[(55, 2), (20, 18), (3, 70), (22, 125), (52, 138), (84, 118), (97, 66), (82, 16), (52, 2)]],
        [[(66, 8), (30, 6), (6, 50), (10, 104), (44, 137), (82, 120), (96, 70), (84, 24), (58, 4)]],
        [[(50, 4), (24, 40), (18, 90), (36, 134), (62, 128), (76, 80), (72, 30), (48, 2)]],
    ],
    1: [
        [[(50, 0), (50, 70), (50, 140)]],
        [[(58, 0), (52, 60), (44, 140)]],
        [[(22, 34), (40, 20), (54, 0), (54, 0), (54, 70), (54, 140)]],
        [[(26, 30), (44, 16), (56, 0), (56, 0), (56, 70), (54, 138)], [(24, 138), (56, 137), (86, 138)]],
    ],
    2: [
        [[(8, 30), (30, 4), (66, 4), (84, 34), (66, 76), (30, 110), (6, 134), (6, 134), (50, 134), (96, 134)]],
        [[(10, 26), (38, 2), (80, 16), (78, 54), (26, 122), (6, 130), (2, 112), (22, 104), (56, 126), (98, 132)]],
        [[(14, 20), (52, 0), (86, 24), (76, 66), (40, 104), (4, 136), (4, 136), (94, 128)]],
    ],
    3: [
        [[(12, 14), (48, 0), (82, 20), (74, 52), (40, 66), (40, 66), (80, 78), (92, 108), (60, 138), (8, 126)]],
        [[(10, 6), (80, 6), (80, 6), (40, 56), (40, 56), (80, 70), (88, 108), (52, 138), (8, 124)]],
        [[(16, 22), (44, 2), (78, 14), (76, 46), (44, 62), (44, 62), (84, 84), (82, 122), (44, 138), (10, 118)]],
    ],
    4: [
        [[(66, 2), (30, 52), (4, 92), (4, 92), (50, 92), (98, 92)], [(68, 44), (66, 90), (64, 140)]],
        [[(18, 4), (14, 44), (14, 78), (14, 78), (50, 76), (90, 70)], [(80, 4), (76, 70), (70, 140)]],
        [[(68, 140), (70, 70), (72, 4), (72, 4), (34, 52), (4, 94), (4, 94), (50, 96), (98, 94)]],
    ],
    5: [
        [
            [(22, 6), (16, 56), (16, 56), (50, 50), (84, 70), (88, 108), (56, 138), (8, 126)],
            [(22, 6), (56, 6), (90, 4)],
        ],
        [[(88, 4), (24, 8), (24, 8), (18, 58), (18, 58), (56, 52), (86, 82), (74, 124), (40, 138), (6, 124)]],
        [[(84, 6), (28, 6), (28, 6), (14, 60), (14, 60), (62, 60), (84, 92), (62, 132), (10, 132)]],
    ],
    6: [
        [[(76, 4), (36, 36), (10, 86), (18, 128), (52, 138), (84, 116), (82, 84), (52, 72), (22, 88), (14, 108)]],
        [[(62, 0), (26, 46), (10, 100), (32, 138), (70, 134), (86, 106), (66, 82), (32, 88), (16, 116)]],
        [[(54, 2), (28, 50), (20, 104), (40, 138), (72, 126), (74, 96), (48, 84), (24, 104)]],
    ],
    7: [
        [[(4, 8), (50, 6), (94, 6), (94, 6), (66, 60), (40, 140)]],
        [[(6, 10), (90, 6), (90, 6), (60, 64), (44, 140)], [(28, 72), (84, 66)]],
        [[(6, 30), (8, 6), (8, 6), (52, 10), (92, 4), (92, 4), (74, 50), (58, 96), (54, 138)]],
    ],
    8: [
        [
            [
                *[(74, 22), (46, 2), (18, 24), (34, 56), (66, 80), (84, 112), (50, 138)],
                *[(16, 114), (36, 78), (70, 50), (78, 24), (60, 4)],
            ],
        ],
        [
            [(50, 66), (20, 44), (26, 10), (54, 2), (80, 20), (74, 52), (48, 66)],
            [(50, 66), (14, 92), (22, 130), (54, 138), (86, 118), (80, 84), (50, 66)],
        ],
        [
            [
                *[(80, 14), (44, 4), (24, 34), (52, 64), (82, 96), (64, 134), (28, 132)],
                *[(18, 102), (48, 68), (84, 36), (82, 12)],
            ],
        ],
    ],
    9: [
        [[(82, 22), (48, 4), (14, 26), (16, 60), (48, 72), (80, 46), (84, 18), (84, 18), (82, 80), (76, 138)]],
        [[(80, 28), (50, 4), (18, 26), (22, 60), (54, 66), (80, 34), (80, 34), (78, 96), (52, 136), (14, 126)]],
        [[(84, 10), (44, 8), (20, 40), (40, 66), (72, 48), (86, 12), (86, 12), (72, 76), (58, 138)]],
    ],
}


def draw(digit: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes of `digit` as a person might write it, with a random variant, slant, size, jitter and place.

    Each stroke is (n, 2) float64: x to the right and y down, in a canvas of 280 by 280.

    Args:
        digit: 0 to 9.

    Raises:
        KeyError: another digit.

    Example:
        >>> import numpy as np
        >>> from siamese.imaging import pens
        >>> drawing = pens.draw(4, np.random.default_rng(0))
        >>> all(stroke.shape[1] == 2 and 0 <= stroke.min() <= stroke.max() <= 280 for stroke in drawing)
        True
    """
    variants = _VARIANTS[digit]
    strokes = variants[rng.integers(len(variants))]
    slant, turn = rng.normal(0.08, 0.12), rng.normal(0, 0.04)
    height = rng.uniform(0.5, 0.78) * CANVAS
    width = height * rng.uniform(0.52, 0.82)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    jitter = rng.uniform(1.0, 3.2)  # standard deviation of control points, in per cent of the box
    drawing = []
    for stroke in strokes:
        points = np.array(stroke, float) / [100, 140] - 0.5  # (n, 2)
        corner = np.zeros(len(points), bool)
        corner[1:] = (points[1:] == points[:-1]).all(1)
        noise = rng.normal(0, jitter / 100, points.shape)
        noise[1:][corner[1:]] = noise[:-1][corner[1:]]
        points = points + noise
        points[:, 0] -= slant * points[:, 1]
        drawing.append(_smooth(points * [width, height], corner) @ matrix.T)
    everything = np.concatenate(drawing)
    room = np.maximum(CANVAS / 2 - 16 - np.abs(everything).max(0), 0)
    place = CANVAS / 2 + rng.uniform(-1, 1, 2) * np.minimum(room, 24)
    return [np.clip(stroke + place, 10, CANVAS - 10) for stroke in drawing]


def pen_width(rng: np.random.Generator) -> float:
    """A random width of a pen in canvas units, from a thin fineliner to a thick marker.

    Example:
        >>> import numpy as np
        >>> from siamese.imaging import pens
        >>> 12 <= pens.pen_width(np.random.default_rng(0)) <= 28
        True
    """
    return float(rng.uniform(12, 28))


def image(digit: int, rng: np.random.Generator) -> np.ndarray:
    """An MNIST-framed image (28, 28) float32 in 0..1 of `digit`, rendered and framed like a person's drawing.

    Args:
        digit: 0 to 9.

    Raises:
        KeyError: another digit.

    Example:
        >>> import numpy as np
        >>> from siamese.imaging import pens
        >>> image = pens.image(4, np.random.default_rng(0))
        >>> image.shape, image.dtype, bool(image.min() >= 0), bool(image.max() <= 1)
        ((28, 28), dtype('float32'), True, True)
    """
    return from_drawing(render(draw(digit, rng), width=pen_width(rng)))


def images(per_digit: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Images (10 · per_digit, 28, 28) float32 in 0..1 and their digits (10 · per_digit,) uint8.

    Example:
        >>> import numpy as np
        >>> from siamese.imaging import pens
        >>> images, digits = pens.images(2, np.random.default_rng(0))
        >>> images.shape, digits[:5].tolist()
        ((20, 28, 28), [0, 0, 1, 1, 2])
    """
    digits = np.repeat(np.arange(10, dtype=np.uint8), per_digit)
    return np.stack([image(int(digit), rng) for digit in digits]), digits


def _smooth(points: np.ndarray, corner: np.ndarray, steps: int = 8) -> np.ndarray:
    """Points (m, 2) on a Catmull–Rom curve through `points` (n, 2), broken at corners."""
    breaks = [0, *np.flatnonzero(corner).tolist(), len(points)]
    pieces = []
    for first, last in pairwise(breaks):
        run = points[first:last]
        if len(run) < 2:
            pieces.append(run)
            continue
        padded = np.concatenate([2 * run[:1] - run[1:2], run, 2 * run[-1:] - run[-2:-1]])
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:]):
            a, b, c = 2 * p0 - 5 * p1 + 4 * p2 - p3, 3 * (p1 - p2) + p3 - p0, p2 - p0
            pieces.append(p1 + 0.5 * (c * t + a * t**2 + b * t**3))
        pieces.append(run[-1:])
    return np.concatenate(pieces)
