"""A rehearsal: a trial room of its own, which invented pupils fill, marked as such wherever it is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from siamese.app import session
from siamese.app.pages.class_room import membership, store
from siamese.classroom import limits, practice
from siamese.classroom.records import RoomState
from siamese.errors import ClassroomError

_SLICE_S = 0.5  # it is filled in slices, with time between them in which the screen follows and its buttons answer


@membership.of_room
@dataclass
class Rehearsal:
    """The trial room that this session fills.

    Attributes:
        code: of the room. filling: draws the next digit; None while nothing is filled.
        count: digits drawn so far; total: digits to be drawn.
    """

    code: str = ""
    filling: Iterator[int] | None = None
    count: int = 0
    total: int = 0


def start() -> None:
    """Draws the button that opens a trial room, in the form that opens one."""
    st.form_submit_button(
        "Fill with practice drawings",
        icon=":material/school:",
        key="class.open.trial",
        on_click=_open,
        width="stretch",
        help="A rehearsal in a trial room of its own: thirty invented pupils draw, none of your class.",
    )


def mark(is_trial: bool) -> None:
    """Draws what tells a trial room from a real one, in a trial room."""
    if is_trial:
        st.html('<p class="class-trial" data-testid="trial"><b>Trial room.</b> Invented pupils, no class.</p>')


def is_filling(code: str) -> bool:
    """Whether this session fills the room."""
    held = session.of(Rehearsal)
    return held.filling is not None and held.code == code


def render(room: RoomState) -> None:
    """Fills a trial room for a moment and says how far; offers to fill one that is not full; for a real one, nothing.

    Called again at each tick while the room is filled.
    """
    if not room.trial:
        return
    with st.container():  # there with and without content, so that nothing below it changes its place
        _offer_or_fill(room)


def _offer_or_fill(room: RoomState) -> None:
    if is_filling(room.code):
        _fill()
    elif room.pupils <= limits.PUPILS - practice.PUPILS and room.drawings < 10 * practice.PUPILS:
        st.button("Fill with practice drawings", key="class.fill", on_click=_begin, args=(room.code, room.rounds))


def _open() -> None:
    # What a browser has not sent is what the form shows at first.
    rounds = st.session_state.get("class.open.rounds") or 1
    now = membership.current()
    if now.role:  # the second half of a double press
        return
    membership.open_room(rounds, bool(st.session_state.get("class.open.approval")), trial=True)
    if now.role == membership.TEACHER:
        _begin(now.code, rounds)


def _begin(code: str, rounds: int) -> None:
    if is_filling(code):
        return
    held = session.of(Rehearsal)
    held.code, held.count, held.total = code, 0, 10 * rounds * practice.PUPILS
    held.filling = practice.fill(store.rooms(), code, session.current().rng)


def _fill() -> None:
    held, until = session.of(Rehearsal), time.monotonic() + _SLICE_S
    try:
        for count in held.filling or ():
            held.count = count
            if time.monotonic() > until:
                break
        else:
            held.filling = None
    except ClassroomError as error:
        held.filling = None
        membership.lost(error)
        st.rerun()
    if held.filling is not None:
        share = held.count / held.total
        st.progress(min(share, 1.0), f"Invented pupils draw: {held.count} of {held.total} digits")
