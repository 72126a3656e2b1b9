"""Classes put together from digits' parts by several hands, and classes of turned digits."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import pens
from siamese.collages import KNOTS, collage_pool, new_collage, pen_ways, write
from siamese.data import SEEN_DIGITS
from siamese.glyph_filter import looks_like_unseen
from siamese.turning import HALF_TURN, LEFT_RIGHT, UPSIDE_DOWN, turn, turned_kinds


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Pen digits of 2 to 7, uint8, and their digits."""
    images, digits = pens.images(25, np.random.default_rng(4))
    kept = np.isin(digits, SEEN_DIGITS)
    return np.round(images[kept] * 255).astype(np.uint8), digits[kept]


def test_ways_begin_at_the_top(rng, drawn):
    """A 7's way: from the left end of its roof to its foot, in even steps, within its box."""
    ways = pen_ways(rng, *drawn)
    assert set(ways) <= set(SEEN_DIGITS)
    assert {2, 3, 6, 7} <= set(ways)
    seven = ways[7]
    assert seven.shape[1:] == (KNOTS, 2)
    assert (seven[:, 0, 1] < seven[:, -1, 1]).all()
    steps = np.linalg.norm(np.diff(seven, axis=1), axis=2)
    assert (steps.max(1) < 3 * np.median(steps, axis=1)).all()
    assert 0 < np.ptp(seven, axis=1).max() < 1.5


def test_a_class_holds_together_and_is_written_by_several_hands(rng, drawn):
    """Its images differ from each other, and less than from another class's."""
    pool = collage_pool(rng, *drawn, 40, 4)
    assert pool.shape == (40, 4, 28, 28)
    assert pool.dtype == np.uint8
    ink = pool.reshape(40, 4, 784) / 255
    assert (ink.max(2) > 0.5).all()
    within = np.abs(ink[:, 0] - ink[:, 1]).mean(1)
    assert (within > 0.01).all()
    assert within.mean() < 0.8 * np.abs(ink[:, 0] - np.roll(ink[:, 0], 1, 0)).mean()


def test_no_image_that_the_filter_saw_looks_like_an_unseen_digit(rng, drawn):
    """All of four images are looked at."""
    assert not looks_like_unseen(collage_pool(rng, *drawn, 30, 4).reshape(-1, 28, 28)).any()


def test_only_the_images_given_are_used(drawn):
    """The same seed with other writers makes other classes; with the same ones the same."""
    images, digits = drawn
    half = np.arange(len(digits)) % 2 == 0
    first, again, other = (
        collage_pool(np.random.default_rng(3), images[some], digits[some], 6, 3)
        for some in (slice(None), slice(None), half)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_parts_are_joined_where_the_class_says(rng, drawn):
    """A part that goes on from another one starts at its end, but for a little."""
    ways = pen_ways(rng, *drawn)
    names = sorted(ways)
    drafts = (new_collage(rng, names) for _ in range(500))
    joined = next(parts for parts in drafts if len(parts) == 2 and parts[1].joined == (0, 1.0))
    first, second = write(rng, joined, ways, 8)
    size = np.ptp(np.concatenate([first, second], 1), axis=1).max()
    assert np.linalg.norm(first[:, -1] - second[:, 0], axis=1).max() < 0.15 * size


def test_eight_symmetries_of_a_square():
    """All differ, and each is undone by one of them."""
    image = np.arange(784.0).reshape(1, 28, 28)
    turned = [turn(image, symmetry) for symmetry in range(8)]
    assert len({one.tobytes() for one in turned}) == 8
    for one in turned:
        assert any(np.array_equal(turn(one, symmetry), image) for symmetry in range(8))
    assert np.array_equal(turn(image, LEFT_RIGHT), image[:, :, ::-1])
    assert np.array_equal(turn(image, UPSIDE_DOWN), image[:, ::-1])
    assert np.array_equal(turn(image, HALF_TURN), image[:, ::-1, ::-1])


def test_turned_digits_are_no_nine_and_no_other_digit():
    """No 6 stands on its head, no 3 is mirrored into itself, no 2 into a 5; nor into a digit that is held out."""
    kinds = turned_kinds(SEEN_DIGITS)
    assert len(kinds) == len(set(kinds)) > 30
    assert all(symmetry for _, symmetry in kinds)
    for excluded in ((6, HALF_TURN), (6, UPSIDE_DOWN), (3, UPSIDE_DOWN), (2, LEFT_RIGHT), (5, UPSIDE_DOWN)):
        assert excluded not in kinds
    assert (2, LEFT_RIGHT) in turned_kinds((2, 3, 4, 7))
    assert (2, LEFT_RIGHT) not in turned_kinds((2, 3, 4, 7), strangers=(5, 6))
