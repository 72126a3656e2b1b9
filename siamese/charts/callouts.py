"""Where names with arrows stand beside their places: within the picture, and apart."""

from __future__ import annotations

from itertools import product

import numpy as np

#: Pictures (width, height) in pixels that the names have to suit at once: what draws them does not know which it is.
PICTURES = ((270, 300), (430, 400), (560, 460), (700, 500), (780, 450), (1100, 640))
_NAME, _STAR = (58, 28), (26, 26)  # width and height in pixels
#: A name's middle beside its place, in pixels; the nearest first.
_CANDIDATES = tuple(product((60, -60), (-40, 40, -76, 76)))
_OUTSIDE, _ON_NAME, _ON_STAR, _INWARDS, _FAR = 1000.0, 300.0, 100.0, 2.0, 1.0


def offsets(places: np.ndarray, low: np.ndarray, high: np.ndarray) -> list[tuple[int, int]]:
    """For each of one or two places the offset (across, down) of its name in pixels: the best of eight.

    A name costs most outside the picture, then on the other name, then on a star; of what is left, each stands
    on the side away from the other place, and near.

    Args:
        places: (1 or 2, 2), what the names belong to.
        low, high: (2,), the edges of the picture, whose axes share one scale.
    """
    choices = np.array(list(product(_CANDIDATES, repeat=len(places))), np.float64)  # (choices, n, 2)
    name, star = np.array(_NAME), np.array(_STAR)
    costs = _preferences(choices, places)
    for picture in PICTURES:
        unit = min(picture / np.maximum(high - low, 1e-9))
        stars = (places - (low + high) / 2) * unit * (1, -1)
        names = stars + choices
        costs += _OUTSIDE * (np.abs(names) + name / 2 > np.array(picture) / 2).any((1, 2))
        costs += _ON_STAR * _meet(names[:, :, None] - stars, (name + star) / 2).sum((1, 2))
        if len(places) == 2:
            costs += _ON_NAME * _meet(names[:, 0] - names[:, 1], name)
    return [(round(across), round(down)) for across, down in choices[costs.argmin()]]


def _preferences(choices: np.ndarray, places: np.ndarray) -> np.ndarray:
    costs: np.ndarray = _FAR * (np.abs(choices[:, :, 1]) > np.abs(choices[:, :, 0])).sum(1)
    if len(places) == 2:
        apart = (places - places[::-1]) * (1, -1)
        away = np.where(apart == 0, [(-1, 1), (1, -1)], apart)
        costs += _INWARDS * (choices * away < 0).sum((1, 2))
    return costs


def _meet(apart: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Which of two boxes of a `size`, `apart` from each other, cover one another."""
    covers: np.ndarray = (np.abs(apart) < size).all(-1)
    return covers
