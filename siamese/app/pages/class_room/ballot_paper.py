"""The vote on a pupil's page: two drawings, two large buttons, and after the reveal who was right."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import streamlit as st

from siamese.app import session
from siamese.app.pages.class_room import looking, membership, store, vote_html
from siamese.app.words import decision
from siamese.classroom.records import PupilView
from siamese.constants import SIDE
from siamese.errors import ClassroomError, NoBallot


@membership.of_room
@dataclass
class Paper:
    """A pupil's ballot paper.

    Attributes:
        problem: why the last press was not counted, in words.
    """

    problem: str = ""


def render(seen: PupilView) -> None:
    """Draws the present vote, or nothing."""
    # There before the first vote, too: a screen reader tells what changes, not what appears.
    st.html(f'<p class="class-told" role="status">{vote_html.told(seen)}</p>')
    ballot = seen.ballot
    if ballot is None:
        return
    with st.container(border=True, key="class-ballot"):
        if seen.pair is not None:
            left, right = (np.frombuffer(image, np.uint8).reshape(SIDE, SIDE) for image in seen.pair)
            st.html(vote_html.pair(left, right))
            if not ballot.is_revealed:
                _buttons(seen, ballot.number)
        st.html(f'<p class="class-problem" role="status">{html.escape(session.of(Paper).problem)}</p>')


def _buttons(seen: PupilView, ballot: int) -> None:
    with st.container(horizontal=True, key="class-ballot-buttons"):
        for is_same in (True, False):
            found, is_chosen = decision(is_same), seen.vote is is_same
            st.button(
                found.word.capitalize(),
                icon=":material/check:" if is_chosen else None,
                type="primary" if is_chosen else "secondary",
                # Named by the step: a tap on the pair before, that comes late, is no vote on this one.
                key=f"class.vote.{found.word}.{seen.step}",
                on_click=_vote,
                args=(is_same, ballot, seen.step),
                width="stretch",
            )


def _vote(is_same: bool, ballot: int, step: int) -> None:
    """Count this vote in the round that the page showed; where it could not be, the page says why."""
    now, held = membership.current(), session.of(Paper)
    held.problem = ""
    try:
        store.rooms().vote(now.code, now.token, ballot, step, is_same)
    except NoBallot:
        pass  # what has become of the round says it better
    except ClassroomError as error:
        _went_wrong(error)
    try:
        looking.look(again=True)
    except ClassroomError as error:
        _went_wrong(error)


def _went_wrong(error: ClassroomError) -> None:
    now = membership.current()
    membership.lost(error)
    if not now.role:
        st.rerun("app")
    session.of(Paper).problem, now.notice = now.notice, ""
