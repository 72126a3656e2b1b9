"""A pupil's page: draw what is asked for, then vote. What follows votes stands apart from the canvas."""

from __future__ import annotations

import streamlit as st

from siamese.app import session
from siamese.app.components.ticker import ticker
from siamese.app.pages.class_room import drawing, membership, opening, outage, practice, voting
from siamese.app.pages.class_room.looking import Look, look, view

VOTE = "class-vote"  # the fragment that follows votes
_EVERY = 2.0  # seconds between two questions for news


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
        session.of(Look).drawn = seen.step


@st.fragment
def _follow() -> None:
    ticker("class.pupil.tick", _EVERY, _ticked)


def _ticked() -> None:
    """From the clock: draw the vote again where there is news, and the page where the room is gone."""
    # Where a look failed after a drawing was sent, the request is an old one, too.
    outage.tick(_has_news, (VOTE, drawing.DRAW) if session.of(Look).is_stale else (VOTE,))


def _has_news() -> bool:
    # A run that was cut off by another one has not drawn the step that it looked at.
    seen, held = look(), session.of(Look)
    return seen or (held.view is not None and held.drawn != held.view.step)
