"""What the teacher's session alone may do with drawings: approve, remove, set to another digit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from siamese.app import session, widgets
from siamese.app.pages.class_room import following, membership, store
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.steering import steer
from siamese.app.verdict import picture
from siamese.classroom.records import Drawing
from siamese.data.splits import ALL_DIGITS

_SHOWN = 8  # drawings of the queue that are shown at once


@membership.of_room
@dataclass
class Chosen:
    """The drawing whose card is open, None for none; it may be gone by now."""

    number: int | None = None


def choose(number: int) -> None:
    """Open the card of a drawing."""
    session.of(Chosen).number = number


def switch(now: Following) -> None:
    """Draws the switch that holds drawings back until they are approved."""
    if now.room is not None:
        st.toggle(
            "Show a drawing only when I have approved it",
            **widgets.bind("class.approval", now.room.approval, _set_approval),
        )


def queue(now: Following) -> None:
    """Draws the drawings that wait for approval, the oldest first."""
    waiting, shown = now.waiting, now.waiting[:_SHOWN]
    if not waiting:
        return
    with st.container(border=True, key="class-queue"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{len(waiting)} waiting for you**", width="content")
            st.button(
                "Approve these",
                icon=":material/done_all:",
                # Named by what it shows: a press on an older one, that comes late, approves nothing that is unseen.
                key=f"class.approve.upto.{shown[-1].number}",
                on_click=_approve_shown,
                args=tuple(drawing.number for drawing in shown),
            )
        with st.container(horizontal=True, key="class-waiting"):
            for drawing in shown:
                _held_back(drawing)


def _held_back(drawing: Drawing) -> None:
    with st.container(key=f"class-held-{drawing.number}", width=120, gap="small"):
        st.html(picture(drawing.pixels, f"A {drawing.digit}, by phone {drawing.pupil}", "class-one"))
        st.caption(f"a {drawing.digit}, phone {drawing.pupil}")
        with st.container(horizontal=True, gap="small"):
            for icon, verb, key, act in (("check", "Approve", "yes", _approve), ("delete", "Remove", "no", _remove)):
                st.button(
                    verb,
                    icon=f":material/{icon}:",
                    key=f"class.{key}.{drawing.number}",
                    on_click=act,
                    args=(drawing.number,),
                )


def card(now: Following) -> None:
    """Draws the card of the chosen drawing: what it counts as, and what can be done with it."""
    held = session.of(Chosen)
    drawing = now.drawings.get(held.number) if held.number is not None else None
    if drawing is None:
        return
    theirs = sum(each.pupil == drawing.pupil for each in now.drawings.values())
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="class-card"):
        words = f"Drawing {drawing.number}, which counts as a {drawing.digit}"
        st.html(picture(drawing.pixels, words, "class-one"), width="content")
        with st.container(width=180):
            st.selectbox(
                f"Phone {drawing.pupil} was asked for a {drawing.asked}. It counts as",
                ALL_DIGITS,
                **widgets.bind(
                    f"class.relabel.{drawing.number}", drawing.digit, lambda to: _relabel(drawing.number, to)
                ),
            )
        st.button("Remove", icon=":material/delete:", key="class.remove", on_click=_remove, args=(drawing.number,))
        st.button(
            f"Remove all {theirs} of phone {drawing.pupil}",
            icon=":material/delete_sweep:",
            key="class.remove.phone",
            on_click=_remove_pupil,
            args=(drawing.pupil,),
        )
        st.button("Close", icon=":material/close:", type="tertiary", key="class.card.close", on_click=_close)


def _close() -> None:
    session.of(Chosen).number = None


def _set_approval(is_on: bool) -> None:
    steer(lambda code, secret: store.rooms().switch_approval(code, secret, bool(is_on)))


def _approve(*numbers: int) -> None:
    steer(*(partial(_approved, number) for number in numbers))


def _approved(number: int, code: str, secret: str) -> None:
    store.rooms().approve(code, secret, number)


def _approve_shown(*shown: int) -> None:
    if not session.is_double_press("class.approve"):  # the second would approve what nobody has looked at
        waiting = {drawing.number for drawing in following.current().waiting}
        _approve(*(number for number in shown if number in waiting))


def _relabel(number: int, digit: int) -> None:
    steer(lambda code, secret: store.rooms().relabel(code, secret, number, digit))


def _remove(number: int) -> None:
    if not session.is_double_press("class.remove"):
        steer(lambda code, secret: store.rooms().remove(code, secret, number))


def _remove_pupil(pupil: int) -> None:
    steer(lambda code, secret: store.rooms().remove_pupil(code, secret, pupil))
