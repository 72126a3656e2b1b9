"""Voting on pairs of the class's drawings: the teacher's part, and the way to the pupils'."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import streamlit as st

from siamese.app import choices, resources, session, widgets
from siamese.app.components.class_drawings import class_drawings
from siamese.app.pages.class_room import ballot_paper, class_figures, following, membership, store, vote_html
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.steering import steer
from siamese.app.verdict import picture
from siamese.classroom import figures, vote_pairs
from siamese.classroom.limits import BALLOTS
from siamese.classroom.records import Ballot, Drawing, NetworkVerdict, PupilView, RoomState
from siamese.errors import InvalidSubmission, NoBallot, UnknownDrawing

WAYS = {"random": "At random", "hard": "Hardest first", "chosen": "Chosen"}
_PRESS = "class.vote"  # one name for all buttons: a double press on one must not reach the one that takes its place


@membership.of_room
@dataclass
class Voting:
    """What the teacher has chosen for the votes.

    Attributes:
        way: how the next pair is found, a key of `WAYS`.
        picked: numbers of the drawings that were picked for it, at most two.
        is_summed_up: whether the summary is shown in place of the last round.
        skipped: pairs that another one took the place of.
    """

    way: str = "random"
    picked: tuple[int, ...] = ()
    is_summed_up: bool = False
    skipped: set[frozenset[int]] = field(default_factory=set)


def teacher(now: Following) -> None:
    """Draws the step *Vote* on the big screen; called again with each change of the room."""
    room = now.room
    if room is None:
        return
    held = session.of(Voting)
    st.html(vote_html.announcement(room))
    is_complete = len(room.results) >= BALLOTS
    if is_complete and held.is_summed_up:
        _summary(room)
        return
    if room.ballot is not None and _round(now, room, room.ballot):
        return
    if is_complete:
        st.button("See the summary", type="primary", key="class.vote.sum", on_click=_sum_up)
    else:
        _next(now, room)


def pupil(seen: PupilView) -> None:
    """Draws the present vote on a pupil's page, or nothing; called again with each step of voting."""
    ballot_paper.render(seen)


def _round(now: Following, room: RoomState, ballot: Ballot) -> bool:
    """Draws a round; whether it is open, and can be revealed."""
    pair = _pair_of(now, ballot)
    if pair is None and not ballot.is_revealed:
        return False  # removed just now: the store has ended the round, or is about to
    with st.container(key="class-vote"):
        st.html(f'<p class="class-round">Round {ballot.number} of {BALLOTS}</p>')
        if pair is not None:
            st.html(vote_html.pair(*(drawing.pixels for drawing in pair)))
        with st.container(key="class-vote-side"):
            st.html(vote_html.bars(ballot, room.pupils))
            if ballot.is_revealed:
                st.html(vote_html.result(ballot, pair and (pair[0].digit, pair[1].digit)))
                st.html(vote_html.score(room.results))
                return False
            _open_buttons()
    return True


def _open_buttons() -> None:
    with st.container(horizontal=True):
        st.button("Reveal", icon=":material/visibility:", type="primary", key="class.vote.reveal", on_click=_reveal)
        if session.of(Voting).way != "chosen":
            st.button("Another pair", key="class.vote.other", on_click=_start, help="This one does not count")


def _next(now: Following, room: RoomState) -> None:
    """Draws how the next pair is found, and the button that starts its round."""
    held = session.of(Voting)
    if len(now.shown) < 2:
        st.caption("A vote needs two drawings. They come with the step Draw.")
        return
    ready = held.way != "chosen" or len(_picked(now)) == 2
    with st.container(horizontal=True, vertical_alignment="bottom", key="class-vote-next"):
        label = "Next pair" if room.ballot else "Start the vote"
        st.button(label, type="primary", key="class.vote.next", on_click=_start, disabled=not ready)
        st.segmented_control(
            "Which pair comes next",
            list(WAYS),
            format_func=WAYS.__getitem__,
            required=True,
            **widgets.bind_field("class.vote.way", held, "way"),
        )
        with st.container(width=300):
            widgets.model_picker("class", trained=False)
    if held.way == "hard":
        # It says of no pair whether the network is right: that comes with the reveal.
        st.caption("Hardest first takes the pairs that this network finds hardest; where none is left, any pair.")
    elif held.way == "chosen":
        _picker(now)


def _picker(now: Following) -> None:
    """Draws all drawings in the order in which they came, so that their places tell no digits, and the picked ones."""
    entries = [(each.number, now.picture(each.number), f"Drawing {each.number}") for each in now.shown]
    picked = _picked(now)
    shown = "".join(picture(each.pixels, f"Picked: drawing {each.number}", "class-one") for each in picked)
    words = "Press two drawings." if len(picked) < 2 else "Press another drawing to change the pair."
    st.html(f'<div class="class-picked" data-testid="class-picked"><p>{words}</p>{shown}</div>')
    class_drawings(
        "class.vote.pick",
        json.dumps(entries, separators=(",", ":")),
        title=f"all ×{len(entries)}",
        empty="–",
        on_chosen=_pick,
    )


def _pick(number: int) -> None:
    """Pick a drawing beside the one that was picked last; one that is picked is put back."""
    held = session.of(Voting)
    others = tuple(each for each in held.picked if each != number)
    held.picked = others if number in held.picked else (*others, number)[-2:]


def _picked(now: Following) -> list[Drawing]:
    """The picked drawings that are still there."""
    found = [now.drawings.get(number) for number in session.of(Voting).picked]
    return [drawing for drawing in found if drawing is not None and drawing.approved]


def _pair_of(now: Following, ballot: Ballot) -> tuple[Drawing, Drawing] | None:
    left, right = now.drawings.get(ballot.left), now.drawings.get(ballot.right)
    return None if left is None or right is None else (left, right)


def _start() -> None:
    if not session.is_double_press(_PRESS):
        steer(_start_round)


def _start_round(code: str, secret: str) -> None:
    held, room = session.of(Voting), following.current().room
    left, right = _found_pair(code, secret)
    if room and room.ballot and not room.ballot.is_revealed:
        held.skipped.add(frozenset((room.ballot.left, room.ballot.right)))
    store.rooms().start_ballot(code, secret, left, right)
    held.picked, held.is_summed_up = (), False


def _found_pair(code: str, secret: str) -> tuple[int, int]:
    """The numbers of the next pair; raises InvalidSubmission where there is none."""
    now, held, rng = following.current(), session.of(Voting), session.current().rng
    if held.way == "chosen":
        picked = _picked(now)
        if len(picked) < 2:
            raise InvalidSubmission("Pick two drawings first.")
        return picked[0].number, picked[1].number
    ballots = [*now.room.results, now.room.ballot] if now.room else []
    played = held.skipped | {frozenset((ballot.left, ballot.right)) for ballot in ballots if ballot}
    found = None
    if held.way == "hard":
        verifier = resources.verifier(choices.model_name(trained=False))
        tables = class_figures.shared(store.rooms())
        hard = tables.of(code, secret, verifier, "hardest", lambda table: figures.hardest(table))
        found = vote_pairs.hardest_pair(hard, played, rng)
    found = found or vote_pairs.random_pair(now.shown, played, rng)
    if found is None:
        raise InvalidSubmission("All pairs have been voted on. A new one comes with the next drawing.")
    return found


def _reveal() -> None:
    if not session.is_double_press(_PRESS):
        steer(_reveal_round)


def _reveal_round(code: str, secret: str) -> None:
    now = following.current()
    ballot = now.room.ballot if now.room else None
    if ballot is None:
        raise NoBallot("There is nothing to reveal. Start a vote first.")
    pair = _pair_of(now, ballot)
    if pair is None:
        raise UnknownDrawing("A drawing of this pair was removed. Take another pair.")
    verifier = resources.verifier(choices.model_name(trained=False))
    found = verifier.compare(pair[0].pixels, pair[1].pixels)
    verdict = NetworkVerdict(verifier.name, found.distance, found.threshold, found.is_same)
    store.rooms().reveal(code, secret, ballot.left, ballot.right, verdict)


def _summary(room: RoomState) -> None:
    """Draws the score, all rounds, and the button that plays them anew."""
    st.html(f'<p class="class-round">All {BALLOTS} rounds</p>{vote_html.score(room.results)}')
    if words := vote_html.share_right(room.results):
        st.markdown(words)
    st.html(vote_html.table(room.results))
    st.button("Start again", icon=":material/replay:", key="class.vote.again", on_click=_again)


def _sum_up() -> None:
    if not session.is_double_press(_PRESS):
        session.of(Voting).is_summed_up = True


def _again() -> None:
    if not session.is_double_press(_PRESS):
        session.of(Voting).is_summed_up = False
        steer(_restart)


def _restart(code: str, secret: str) -> None:
    store.rooms().restart_ballots(code, secret)
    session.of(Voting).skipped.clear()
