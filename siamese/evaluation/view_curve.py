"""How the distance of two images goes as one of them is seen from further and further away from where it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamese.imaging.views import RANGES, View, transform_along
from siamese.metrics.distances import pairwise_distances
from siamese.serving.verifier import Verifier

PLACES = 61  # of a curve, both ends of the range included; its identity is one of them wherever it is in the middle


@dataclass(frozen=True)
class ViewCurve:
    """The distance of two images over the whole range of one value of the view of the right one.

    Attributes:
        values: (m,) float64, of that value, increasing.
        distances: (m,) float64, NaN where nothing is left that could be a digit.
    """

    values: np.ndarray
    distances: np.ndarray


def distance_curve(
    verifier: Verifier, left: np.ndarray, right: np.ndarray, view: View, name: str, places: int = PLACES
) -> ViewCurve:
    """The curve of the value `name` of a view of `right`, whose other values stay as they are.

    Args:
        left, right: (28, 28), framed as MNIST.

    Raises:
        InvalidImage: one is no such image. InvalidArgument: a view has no such value.
    """
    limits = RANGES.get(name)
    values = np.linspace(limits.low, limits.high, places) if limits else np.zeros(1)
    values = np.round(values, 6)
    images, there = transform_along(right, [view.at(name, float(value)) for value in values])
    distances = np.full(len(values), np.nan)
    if there.any():
        distances[there] = pairwise_distances(verifier.embed(left[None]), verifier.embed(images))[0]
    return ViewCurve(values, distances)


def same_spans(curve: ViewCurve, threshold: float) -> list[tuple[float, float]]:
    """From where to where the verdict is *same*, in the order of the values.

    Between two places of the curve the distance is taken to go straight. A span ends where no digit is left.
    """
    spans: list[tuple[float, float]] = []
    begin: float | None = None
    values, distances = curve.values, curve.distances
    for at, (value, distance) in enumerate(zip(values, distances)):
        is_same = bool(distance <= threshold)  # a NaN compares false
        if is_same and begin is None:
            begin = _crossing(curve, at - 1, threshold) if at else float(value)
        elif not is_same and begin is not None:
            spans.append((begin, _crossing(curve, at - 1, threshold)))
            begin = None
    return [*spans, (begin, float(values[-1]))] if begin is not None else spans


def _crossing(curve: ViewCurve, before: int, threshold: float) -> float:
    """The value between the places `before` and the next at which the distance is the threshold."""
    (low, high), (first, last) = curve.values[before : before + 2], curve.distances[before : before + 2]
    if np.isnan(first):
        return float(high)
    if np.isnan(last):
        return float(low)
    return float(low + (high - low) * (threshold - first) / (last - first))
