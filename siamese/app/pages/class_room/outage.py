"""A store that cannot be reached: a page says so with its next tick, and goes on by itself once the store is back."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from siamese.app import session
from siamese.app.components.ticker import ticker
from siamese.app.pages.class_room import membership
from siamese.errors import ClassroomError, RoomsUnavailable

LINE = "class-outage"  # the fragment that says it
_EVERY = 2.0  # seconds between two tries of a page that has nothing else to show


@dataclass
class Outage:
    """Why the rooms cannot be reached, in words; "" while they can."""

    problem: str = ""


def ask(question: Callable[[], object]) -> bool:
    """Whether the store answers with news; False where it cannot be reached, or the room is lost to this session."""
    held = session.of(Outage)
    try:
        is_news = bool(question())
    except RoomsUnavailable as error:
        held.problem = str(error)
        return False
    except ClassroomError as error:
        membership.lost(error)
        is_news = False
    held.problem = ""
    return is_news


def tick(question: Callable[[], object], fragments: Sequence[str]) -> None:
    """From a clock: draw `fragments` again where there is news, and the page where the room is gone."""
    before = session.of(Outage).problem
    is_news = ask(question)
    problem = session.of(Outage).problem
    if not membership.current().role:
        st.rerun("app")
    if problem != before:
        st.rerun([LINE] if problem else [LINE, *fragments])  # what they say of the outage goes with it
    if is_news:
        st.rerun(list(fragments))


@st.fragment(key=LINE)
def line() -> None:
    """Draws why the rooms cannot be reached, or a line without words: a screen reader tells what changes."""
    st.html(f'<p class="class-outage" role="status">{html.escape(session.of(Outage).problem)}</p>')


def wait(question: Callable[[], object]) -> None:
    """Draws the line alone, for a page that has nothing else to show, and asks until the answer is news."""
    line()
    _again(question)


@st.fragment
def _again(question: Callable[[], object]) -> None:
    ticker("class.outage.tick", _EVERY, lambda: _tried(question))


def _tried(question: Callable[[], object]) -> None:
    before = session.of(Outage).problem
    if ask(question) or not session.of(Outage).problem:
        st.rerun("app")
    if session.of(Outage).problem != before:
        st.rerun([LINE])
