"""Classes of fragments of the training digits' strokes: the stroke traces, and what is made of them."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.synthetic.fragments import fragment_pool, stroke_traces
from siamese.synthetic.look_alikes import looks_like_unseen
from siamese.synthetic.skeleton import skeletonise
from tests.conftest import seen_digits


@pytest.fixture(scope="module")
def pen_digits() -> np.ndarray:
    """Pen digits of 2 to 7, uint8."""
    return seen_digits(10, np.random.default_rng(4))[0]


def mask(*places: tuple[int, int]) -> np.ndarray:
    """A mask (30, 30) with these places (row, column)."""
    line = np.zeros((30, 30), bool)
    line[tuple(np.transpose(places))] = True
    return line


def test_a_corner_is_one_trace_from_end_to_end():
    """Down and then across: all of it, in order, as (x, y)."""
    places = [(row, 5) for row in range(4, 20)] + [(20, column) for column in range(6, 25)]
    (trace,) = stroke_traces(mask(*places))
    found = trace if tuple(trace[0]) == (5, 4) else trace[::-1]
    assert np.array_equal(found, np.array(places)[:, ::-1])


def test_a_pen_goes_straight_on_where_lines_cross():
    """A plus is two strokes, none of which turns."""
    across, down = [(15, column) for column in range(3, 28)], [(row, 15) for row in range(3, 28)]
    traces = stroke_traces(mask(*across, *down))
    # The second one finds the crossing taken, so it is in two pieces.
    assert max(map(len, traces)) == 25
    for trace in traces:
        assert min(np.ptp(trace, axis=0)) == 0


def test_a_ring_is_followed_all_round():
    """A loop has no loose end; the trace starts anywhere and comes back."""
    row, column = np.mgrid[:30, :30] - 15
    (ring,) = skeletonise((np.abs(np.hypot(row, column) - 9) < 1.5)[None])
    trace = max(stroke_traces(ring), key=len)
    angle = np.unwrap(np.arctan2(trace[:, 1] - 15, trace[:, 0] - 15))
    assert len(trace) > 0.9 * ring.sum()
    assert np.ptp(angle) > 0.9 * 2 * np.pi


def test_spurs_are_no_strokes():
    """What is shorter than a stroke can be is left out."""
    assert stroke_traces(mask((4, 4), (5, 5), (6, 6))) == []


def test_classes_are_new_shapes_that_pass_the_filter(rng, pen_digits):
    """A small pool: ink in every image, hardly any like an unseen digit, instances nearer than other classes."""
    pool, rejected = fragment_pool(rng, pen_digits, 40, 4)
    assert pool.shape == (40, 4, 28, 28)
    assert rejected > 0
    assert looks_like_unseen(pool.reshape(-1, 28, 28)).mean() < 0.15
    ink = pool.reshape(40, 4, 784) / 255
    assert (ink.max(2) > 0.5).all()
    assert np.abs(ink[:, 0] - ink[:, 1]).mean() < 0.8 * np.abs(ink[:, 0] - np.roll(ink[:, 0], 1, 0)).mean()


def test_only_the_images_given_are_used(pen_digits):
    """The same seed makes the same classes of the same images, and other classes of other images."""
    first, again, other = (
        fragment_pool(np.random.default_rng(3), images, 8, 2)[0] for images in (pen_digits, pen_digits, pen_digits[:20])
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
