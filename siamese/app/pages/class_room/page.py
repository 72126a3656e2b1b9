"""The page *Class*: open a room or join one; then a pupil draws and votes, and the teacher's big screen follows."""

from __future__ import annotations

import streamlit as st

from siamese.app import address, page_frame, style
from siamese.app.pages.class_room import joining, membership, opening, outage, pupil, reading, screen, store
from siamese.app.pages.class_room.address import ADDRESS
from siamese.app.pages.class_room.membership import PUPIL, TEACHER
from siamese.errors import ClassroomError, RoomsUnavailable


def render() -> None:
    """Draws the page."""
    entered = page_frame.start("class")
    st.html(style.element("class") + style.element("class_steps"))
    membership.keep()
    try:
        store.rooms()
    except RoomsUnavailable:
        st.title("Class")
        outage.ask(store.rooms)
        outage.wait(store.rooms)
        return
    except ClassroomError as error:
        st.title("Class")
        st.warning(str(error), icon=":material/warning:")
        return
    now = membership.current()
    if now.role == PUPIL:
        pupil.render(entered)
    elif now.role == TEACHER:
        screen.render()
    else:
        _nobody_yet(now)
    address.bar(ADDRESS, button=False, marked=now.role == PUPIL)


def _nobody_yet(now: membership.Membership) -> None:
    """Where nobody knows yet who this is: a room to join, or to open."""
    st.title("Class")
    if now.linked and not now.heard:
        st.html('<p class="legend" role="status">Looking for your place …</p>')
        return
    if now.awaited:
        outage.wait(membership.come_back)
        return
    membership.tell()
    if now.linked:
        joining.by_link(now.linked)
        return
    st.markdown(
        "Your class becomes the experiment: everybody draws the ten digits on their own phone, and the big screen "
        "shows how the network, which never met a 0, 1, 8 or 9, does on **your** handwriting."
    )
    with st.container(horizontal=True, gap="medium", key="class-start"):
        with st.container(border=True, key="class-join"):
            joining.by_code()
        with st.container(border=True, key="class-open"):
            opening.render()
    reading.render()
