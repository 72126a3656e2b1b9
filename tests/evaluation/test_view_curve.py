"""The distance along one value of a view: what a verifier gives at each place, and from where to where it is *same*."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import Verifier
from siamese.errors import InvalidArgument, InvalidImage
from siamese.evaluation.view_curve import PLACES, ViewCurve, distance_curve, same_spans
from siamese.imaging import pens
from siamese.imaging.views import IDENTITY, RANGES, View, transform


@pytest.fixture(scope="module")
def verifier():
    """The default model."""
    return Verifier.load()


def test_each_place_has_the_distance_of_the_pair_seen_so(verifier, rng):
    """At five places of the range, with another value of the view that stays."""
    left, right = pens.image(4, rng), pens.image(4, rng)
    view = View(angle=120, shear=0.3)
    curve = distance_curve(verifier, left, right, view, "angle", places=5)
    assert curve.values.tolist() == [-180, -90, 0, 90, 180]
    expected = [verifier.compare(left, transform(right, view.at("angle", value))).distance for value in curve.values]
    assert curve.distances == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", RANGES)
def test_the_whole_range_is_there_with_the_identity_in_it(verifier, name, rng):
    """An image and itself: distance 0 at the value that changes nothing, wherever the range has it."""
    image = pens.image(3, rng)
    curve = distance_curve(verifier, image, image, IDENTITY, name)
    limits = RANGES[name]
    assert (curve.values[0], curve.values[-1], len(curve.values)) == (limits.low, limits.high, PLACES)
    assert curve.distances[np.abs(curve.values - limits.identity).argmin()] == pytest.approx(0, abs=0.2)
    assert np.isfinite(curve.distances[curve.values == limits.identity]).all()


def test_where_nothing_is_left_the_curve_has_a_gap(verifier):
    """A bar at the right edge that leaves the picture."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 20:22] = 1
    curve = distance_curve(verifier, image, image, View(scale=1.5), "across", places=3)
    assert np.isnan(curve.distances).tolist() == [False, False, True]


def test_what_cannot_be_is_refused(verifier, rng):
    """No such value, and no image."""
    image = pens.image(3, rng)
    with pytest.raises(InvalidArgument, match="colour"):
        distance_curve(verifier, image, image, IDENTITY, "colour")
    with pytest.raises(InvalidImage):
        distance_curve(verifier, image, image[:20], IDENTITY, "angle")
    with pytest.raises(InvalidImage):
        distance_curve(verifier, image[:20], image, IDENTITY, "angle")


@pytest.mark.parametrize(
    ("distances", "expected"),
    [
        ([2, 2, 2, 2, 2], []),
        ([0, 1, 0, 1, 0], [(0, 4)]),  # at the threshold it is same
        ([0, 2, 2, 2, 2], [(0, 0.5)]),
        ([2, 0, 2, 2, 0], [(0.5, 1.5), (3.5, 4)]),
        ([np.nan, 0, 0, np.nan, 0.5], [(1, 2), (4, 4)]),
        ([np.nan] * 5, []),
    ],
)
def test_same_begins_and_ends_where_the_line_crosses_the_threshold(distances, expected):
    """At threshold 1 on the values 0 to 4, by hand; a gap ends it at the last place that has a distance."""
    curve = ViewCurve(np.arange(5.0), np.array(distances, float))
    assert np.array(same_spans(curve, 1.0)) == pytest.approx(np.array(expected))
