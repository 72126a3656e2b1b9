"""The teacher's big screen: how to join, the steps of the lesson, and what each of them shows.

`NOW` and `STEP` are redrawn when the room has changed, and nothing else is: the page stays where it was scrolled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from siamese.app import session, widgets
from siamese.app.components.ticker import ticker
from siamese.app.pages.class_room import (
    entrance,
    following,
    gallery,
    keeping,
    membership,
    networks,
    outage,
    practice,
    progress,
    reading,
    voting,
)
from siamese.app.pages.class_room.following import NOW, STEP, Following

STEPS: dict[str, tuple[str, Callable[[Following], None]]] = {
    "draw": ("Draw", gallery.render),
    "vote": ("Vote", voting.teacher),
    "networks": ("Networks", networks.render),
    "keep": ("Keep or forget", keeping.render),
}
_EVERY = 0.8  # seconds between two questions for news: figures are to follow a new drawing within a second


@membership.of_room
@dataclass
class Screen:
    """What the big screen shows.

    Attributes:
        step: a key of `STEPS`.
        entered: whether the class is in: something else than the gallery was looked at.
    """

    step: str = "draw"
    entered: bool = False


def render() -> None:
    """Draws the page."""
    outage.ask(following.follow)
    if not membership.current().role:
        st.rerun()
    now = following.current()
    _make_room()
    with st.container(horizontal=True, vertical_alignment="bottom", key="class-head"):
        st.title(f"Room {now.code}", anchor=False)
        if now.room is not None:
            st.segmented_control(
                "Step",
                list(STEPS),
                format_func=lambda step: STEPS[step][0],
                required=True,
                label_visibility="collapsed",
                **widgets.bind_field("class.step", session.of(Screen), "step"),
            )
            entrance.size_picker()
    if now.room is None:
        outage.wait(following.follow)
        return
    outage.line()
    practice.mark(now.room.trial)
    entrance.passphrase(now.room)
    size = entrance.current().size
    if size != "large":
        _now()
    with st.container(key=f"class-screen-{size}"):
        if size != "none":
            entrance.render(now, size, _now)
        with st.container(key="class-stage"):
            _step()
    _follow()
    reading.render()


def _make_room() -> bool:
    """Whether the way in was made small just now: once, as soon as something needs the height."""
    held = session.of(Screen)
    if held.entered or (held.step == "draw" and gallery.is_shown()):
        return False
    held.entered = True
    return entrance.shrink()


@st.fragment(key=NOW)
def _now() -> None:
    now = following.current()
    if now.room is not None:
        practice.render(now.room)
        progress.render(now.room)
        now.drawn[NOW] = now.room.revision


@st.fragment(key=STEP)
def _step() -> None:
    membership.tell()
    if _make_room():
        st.rerun()
    now = following.current()
    STEPS[session.of(Screen).step][1](now)
    if now.room is not None:
        now.drawn[STEP] = now.room.revision


@st.fragment
def _follow() -> None:
    ticker("class.screen.tick", _EVERY, _ticked)


def _ticked() -> None:
    """From the clock: draw what follows the room again where there is news, and the page where the room is gone."""
    outage.tick(_has_news, (NOW, STEP))


def _has_news() -> bool:
    # A run that was cut off by another one has drawn nothing of what it followed.
    return following.follow() or following.is_behind() or practice.is_filling(membership.current().code)
