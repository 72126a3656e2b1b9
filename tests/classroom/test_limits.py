"""Buckets of tokens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.classroom.limits import Buckets, Rate
from tests.classroom.conftest import Clock


@settings(deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_no_more_than_the_rate(pauses):
    """Over any time: at most the burst and what has flowed in since."""
    clock = Clock(0.0)
    buckets, taken = Buckets(Rate(5, 0.5), clock), 0
    for pause in pauses:
        clock.now += pause
        taken += buckets.take("one")
    assert taken <= 5 + 0.5 * clock.now + 1e-6


def test_keys_do_not_share():
    """One that is empty leaves others full."""
    buckets = Buckets(Rate(2, 0), Clock(0.0))
    assert [buckets.take("one") for _ in range(3)] == [True, True, False]
    assert buckets.take("two")
    assert not buckets.has("one")


def test_a_flood_of_keys_fills_no_memory():
    """Those used longest ago are forgotten."""
    buckets = Buckets(Rate(1, 0), Clock(0.0), most=100)
    for key in range(10_000):
        buckets.take(key)
    assert len(buckets._levels) == 100
    assert not buckets.has(9_999)
