"""Votes on pairs: one a pupil, changeable until the truth is shown; ten rounds and a score."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.classroom.ballots import summary
from siamese.classroom.records import NetworkVerdict
from siamese.errors import BallotsComplete, InvalidSubmission, NoBallot, UnknownDrawing
from tests.classroom.conftest import Room

SAYS_SAME = NetworkVerdict("strokes", np.float32(0.5), 0.75, np.bool_(True))


@pytest.fixture
def pupils(room):
    """Three pupils, the first of whom has drawn two digits, which differ."""
    joined = [room.join() for _ in range(3)]
    room.send(joined[0])
    room.send(joined[0])
    return joined


def cast(room, joined, is_same):
    """A vote in the round that the pupil's page shows."""
    view = room.store.view(room.code, joined.token)
    room.store.vote(room.code, joined.token, view.ballot.number, view.step, is_same)


def test_a_round(room, pupils):
    """Phones see the pair and not the count; a vote may be changed; after the truth nothing counts."""
    store, before = room.store, room.store.view(room.code, pupils[0].token)
    assert (before.ballot, before.pair) == (None, None)
    assert store.view(room.code, pupils[0].token, before.step) is None
    room.store.start_ballot(room.code, room.secret, 1, 2)
    view = store.view(room.code, pupils[0].token, before.step)
    images = {drawing.number: drawing.image for drawing in room.since().drawings}
    assert view.pair == (images[1], images[2])
    for joined, is_same in zip(pupils, (True, False, True)):
        cast(room, joined, is_same)
    cast(room, pupils[2], False)
    assert (room.state().ballot.votes_same, room.state().ballot.votes_different) == (1, 2)
    hidden = store.view(room.code, pupils[2].token)
    assert hidden.vote is False
    assert (hidden.ballot.votes_same, hidden.ballot.is_same, hidden.ballot.network) == (0, None, None)
    revealed = store.reveal(room.code, room.secret, 1, 2, SAYS_SAME)
    assert (revealed.is_same, revealed.class_says_same, revealed.network.is_same) == (False, False, True)
    assert store.reveal(room.code, room.secret, 1, 2, SAYS_SAME) == revealed
    shown = store.view(room.code, pupils[0].token, view.step)
    assert (shown.ballot, shown.vote) == (revealed, True)
    with pytest.raises(NoBallot):
        cast(room, pupils[0], False)
    assert room.state().results == (revealed,)


def test_a_vote_of_an_earlier_pair_does_not_count(room, pupils):
    """A tap that arrives after the teacher has gone on belongs to nothing, even where the number is the same."""
    room.store.start_ballot(room.code, room.secret, 1, 2)
    old = room.store.view(room.code, pupils[0].token)
    cast(room, pupils[1], True)
    room.store.start_ballot(room.code, room.secret, 2, 1)
    with pytest.raises(NoBallot):
        room.store.vote(room.code, pupils[0].token, old.ballot.number, old.step, True)
    state = room.state()
    assert (state.ballot.number, state.ballot.votes_same) == (1, 0)


def test_ten_rounds_and_a_score(room, pupils, clock):
    """The eleventh round is refused until they are started again; a tie is not right."""
    for number in range(10):
        clock.now += 60
        room.store.start_ballot(room.code, room.secret, 1, 2)
        cast(room, pupils[0], number < 4)
        if number >= 8:
            cast(room, pupils[1], True)
        room.store.reveal(room.code, room.secret, 1, 2, SAYS_SAME)
    with pytest.raises(BallotsComplete, match=r"\.$"):
        room.store.start_ballot(room.code, room.secret, 1, 2)
    score = summary(room.state().results)
    # They differ: the class is right in rounds 5 to 8, tied in 9 and 10; the network never is.
    assert (score.rounds, score.class_right, score.network_right) == (10, 4, 0)
    assert (score.votes, score.votes_right) == (12, 6)
    room.store.restart_ballots(room.code, room.secret)
    assert room.store.start_ballot(room.code, room.secret, 1, 2).number == 1


def test_a_removed_drawing_ends_its_round(room, pupils):
    """The phones see no pair any more, and a vote on it is refused."""
    room.store.start_ballot(room.code, room.secret, 1, 2)
    view = room.store.view(room.code, pupils[0].token)
    room.store.remove(room.code, room.secret, 2)
    assert room.store.view(room.code, pupils[0].token, view.step).ballot is None
    with pytest.raises(NoBallot):
        room.store.vote(room.code, pupils[0].token, view.ballot.number, view.step, True)
    with pytest.raises(NoBallot):
        room.store.reveal(room.code, room.secret, 1, 2, SAYS_SAME)


def test_what_cannot_be_voted_on(store):
    """One drawing with itself, one that is not there, one that waits for approval."""
    room = Room(store, store.open_room("teacher", approval=True))
    joined = room.join()
    room.send(joined)
    room.send(joined)
    with pytest.raises(InvalidSubmission, match="approval"):
        store.start_ballot(room.code, room.secret, 1, 2)
    store.switch_approval(room.code, room.secret, False)
    with pytest.raises(InvalidSubmission):
        store.start_ballot(room.code, room.secret, 1, 1)
    with pytest.raises(UnknownDrawing):
        store.start_ballot(room.code, room.secret, 1, 99)
    store.start_ballot(room.code, room.secret, 1, 2)
    step = store.view(room.code, joined.token).step
    for forged in ("yes", None, 2, b"="):
        with pytest.raises(InvalidSubmission):
            store.vote(room.code, joined.token, 1, step, forged)
    for forged in (0, -1, "1", None, 1.5):
        with pytest.raises(InvalidSubmission):
            store.vote(room.code, joined.token, forged, step, True)
