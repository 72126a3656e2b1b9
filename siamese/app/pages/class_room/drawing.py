"""What a pupil draws: one canvas, one request, *Send*."""

from __future__ import annotations

import streamlit as st

from siamese.app import address, session
from siamese.app.components import canvas, steps
from siamese.app.pages.class_room import looking, membership, store
from siamese.app.pages.class_room.address import ADDRESS
from siamese.app.pages.class_room.sheet import Sheet
from siamese.classroom import submissions
from siamese.errors import ClassroomError, DrawingsComplete, NotRequested, SiameseError

DRAW = "class-draw"  # the fragment that a stroke redraws


def render(entered: bool) -> None:
    """Draws the request, the canvas and what belongs to it, or the thanks after the last one."""
    if entered:
        session.of(Sheet).drawing.reload()
    _sheet()


@st.fragment(key=DRAW)
def _sheet() -> None:
    seen, sheet = looking.view(), session.of(Sheet)
    if seen is None:
        return
    sheet.belongs_to(seen.next_digit)
    marks = steps.mark({"class": sheet.drawing}, "class") + address.mark(ADDRESS)
    if seen.next_digit is None:
        st.html(marks)
        st.title("Thank you!")
        st.markdown(f"You have drawn all your {seen.total} digits. Look at the big screen; a vote appears here.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="class-request"):
        st.title(f"Draw a{'n' if seen.next_digit == 8 else ''} {seen.next_digit}", anchor=False, width="content")
        st.html(f'<p class="class-place" role="status">{seen.sent + 1} of {seen.total}</p>', width="content")
    with st.container(key="class-sheet"):
        canvas.show(sheet.drawing, "class", _changed)  # framed when it is sent, not at each stroke
        steps.buttons("class", "Your drawing", lambda: session.of(Sheet).drawing, _changed)
        st.html(marks)
        st.button(
            "Send",
            icon=":material/send:",
            type="primary",
            key="class.send",
            on_click=_send,
            args=(seen.next_digit,),
            width="stretch",
        )
        st.html(f'<p class="class-problem" role="status">{sheet.problem}</p>')


def _changed() -> None:
    session.of(Sheet).changed()


def _send(digit: int) -> None:
    """Send what is drawn for the digit that the page asked for; where it could not be, the page says why.

    It stays on the canvas, unless another digit is asked for by now.
    """
    sheet, now = session.of(Sheet), membership.current()
    if session.is_double_press("class.send") or now.role != membership.PUPIL:
        return
    try:
        sent = submissions.submission(sheet.drawing.strokes)
        store.rooms().put(now.code, now.token, digit=digit, strokes=sent.strokes, image=sent.image, key=sheet.key)
        sheet.renew()
    except (NotRequested, DrawingsComplete) as error:
        sheet.renew()
        sheet.refuse(str(error))
    except ClassroomError as error:
        membership.lost(error)
        if not now.role:
            st.rerun()
        sheet.refuse(now.notice)
        now.notice = ""
        return
    except SiameseError as error:
        sheet.refuse(str(error))
        return
    try:
        looking.look(again=True)
    except ClassroomError as error:
        sheet.refuse(str(error))
