"""A pupil's page: draw what is asked for, then vote. What follows votes stands apart from the canvas."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from siamese.app import session
from siamese.app.components.ticker import ticker
from siamese.app.pages.class_room import drawing, membership, opening, outage, practice, store, voting
from siamese.classroom.records import PupilView

VOTE = "class-vote"  # the fragment that follows votes
_EVERY = 2.0  # seconds between two questions for news


@dataclass
class Pupil:
    """What a pupil's page shows.

    Attributes:
        view: the room as it last looked from here. drawn: the step of voting that is drawn.
    """

    view: PupilView | None = None
    drawn: int | None = None


def view() -> PupilView | None:
    """The room as this pupil last saw it; None before the first look."""
    return session.of(Pupil).view


def look(*, again: bool = False) -> bool:
    """Look whether there is a step of voting that this page has not shown; whether there is.

    Args:
        again: look at everything, as after a drawing of one's own.

    Raises:
        ClassroomError: as `Store.view`.
    """
    now, held = membership.current(), session.of(Pupil)
    known = held.view.step if held.view and not again else None
    found = store.rooms().view(now.code, now.token, known)
    held.view = found or held.view
    return found is not None


def render(entered: bool) -> None:
    """Draws the page.

    Args:
        entered: whether it is shown after another page: then the canvas starts with what was drawn on it.
    """
    outage.ask(lambda: look(again=True))
    if not membership.current().role:
        st.rerun()
    seen = view()
    if seen is None:
        st.title("Class")
        outage.wait(look)
        return
    membership.tell()
    outage.line()
    practice.mark(seen.trial)
    _vote()
    drawing.render(entered)
    st.caption(opening.KEPT)
    st.button(
        "Leave this room", icon=":material/logout:", type="tertiary", key="class.leave", on_click=membership.leave
    )
    _follow()


@st.fragment(key=VOTE)
def _vote() -> None:
    """What a step of voting redraws, and nothing else."""
    seen = view()
    if seen is not None:
        voting.pupil(seen)
        session.of(Pupil).drawn = seen.step


@st.fragment
def _follow() -> None:
    ticker("class.pupil.tick", _EVERY, _ticked)


def _ticked() -> None:
    """From the clock: draw the vote again where there is news, and the page where the room is gone."""
    outage.tick(_has_news, (VOTE,))


def _has_news() -> bool:
    # A run that was cut off by another one has not drawn the step that it looked at.
    seen, held = look(), session.of(Pupil)
    return seen or (held.view is not None and held.drawn != held.view.step)
