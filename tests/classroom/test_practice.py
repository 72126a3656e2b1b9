"""A rehearsal fills a trial room, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.classroom.practice import fill
from siamese.errors import TrialOnly
from tests.classroom.conftest import Room


def test_a_trial_room_is_filled(store, rng):
    """Every invented pupil draws each digit once; a person's phone may join, too."""
    room = Room(store, store.open_room("teacher", trial=True))
    room.send(room.join())
    assert list(fill(store, room.code, rng, pupils=4)) == list(range(1, 41))
    state = room.state()
    assert (state.trial, state.pupils, state.drawings) == (True, 5, 41)
    assert sorted(state.per_digit) == [4] * 9 + [5]
    assert all(np.ptp(drawing.pixels) > 100 for drawing in room.since().drawings)


def test_a_real_room_stays_as_it_is(room, rng):
    """Refused before anybody joins."""
    with pytest.raises(TrialOnly, match=r"\.$"):
        next(fill(room.store, room.code, rng))
    assert room.state().pupils == 0
