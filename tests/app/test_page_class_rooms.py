"""What a session of the page *Class* holds of one room, and what of it another room or another request may find."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from siamese.app.pages.class_room.entrance import Entrance, ForPhones
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.looking import Look
from siamese.app.pages.class_room.membership import Membership
from siamese.app.pages.class_room.screen import Screen
from siamese.app.session import KEY
from siamese.errors import RoomsUnavailable
from siamese.imaging import pens
from tests.app.sessions import held, session_of
from tests.app.test_page_class import asked, code_of, joined, opened, rooms, send_all, sheet, visited
from tests.app.test_page_class_steps import press, step_to
from tests.app.test_pages import html

__all__ = ["rooms"]
pytestmark = pytest.mark.usefixtures("no_mnist")


def test_a_second_room_begins_as_the_first_one_did(rooms):
    """Its three words are hidden, its first step is shown, its QR code is large; the typed address is kept."""
    teacher = opened()
    first = code_of(teacher)
    teacher.text_input(key="class.address").set_value("http://school.example").run()
    press(teacher, "class.words.show")
    step_to(teacher, "keep")
    press(teacher, "class.close")
    press(teacher, "class.close.yes")
    teacher.button(key="class.open.go").click().run()
    assert not teacher.exception
    assert code_of(teacher) != first
    assert held(teacher, Membership).passphrase not in html(teacher)
    assert held(teacher, Screen).step == "draw"
    assert held(teacher, Entrance).size == "large"
    assert held(teacher, ForPhones).typed == "http://school.example"


def test_only_what_was_shown_is_approved_at_once(rooms):
    """A drawing that comes before the press waits on; a press on a button of before names none that is there."""
    teacher = opened(approval=True)
    phone = joined(code_of(teacher))
    send_all(phone, 2)
    teacher.run()
    (before,) = keys_of(teacher, "class.approve")
    send_all(phone, 1, seed=5)
    following_alone(teacher)
    assert len(held(teacher, Following).waiting) == 3
    press(teacher, before)
    assert [drawing.number for drawing in held(teacher, Following).shown] == [1, 2]
    assert keys_of(teacher, "class.approve") not in ([], [before])


def keys_of(page: AppTest, start: str) -> list[str]:
    """The keys of the page's buttons that begin so."""
    return [button.key for button in page.button if button.key and button.key.startswith(start)]


def following_alone(teacher: AppTest) -> None:
    """The teacher's session hears what is new, and draws nothing: as a clock's run that a press cuts off."""

    def script() -> None:
        from siamese.app.pages.class_room import following

        following.follow()

    page = AppTest.from_function(script)
    page.session_state[KEY] = session_of(teacher)
    page.run()
    assert not page.exception


def same_pupil(page: AppTest) -> AppTest:
    """A second tab of this pupil's browser."""
    tab, who = visited(), held(page, Membership)
    now = held(tab, Membership)
    now.role, now.code, now.token = who.role, who.code, who.token
    tab.run()
    assert not tab.exception
    return tab


def drawn(page: AppTest, seed: int = 0) -> AppTest:
    """A pupil who has drawn what is asked for, and not sent it."""
    sheet(page).drawing.draw(pens.draw(asked(page), np.random.default_rng(seed)))
    page.run()
    assert not sheet(page).drawing.is_empty
    return page


def test_a_drawing_of_another_digit_than_is_asked_for_by_now_is_not_sent(rooms):
    """Another tab has sent it: the sheet empties, and says why until something is drawn on it."""
    first = joined(code_of(opened()))
    second, digit = same_pupil(first), asked(first)
    drawn(first)
    send_all(second, 1)
    press(first, "class.send")
    assert "This digit has come already" in html(first)
    assert asked(first) == asked(second) != digit
    assert sheet(first).drawing.is_empty
    sheet(first).changed()  # the emptied canvas answers
    assert "has come already" in sheet(first).problem
    drawn(first)
    sheet(first).changed()
    assert not sheet(first).problem


def test_what_is_sent_is_sent_for_the_digit_that_the_page_shows(rooms):
    """The session knows already that another one is asked for, by news of a vote, and has not drawn it."""
    teacher = opened()
    first = joined(code_of(teacher))
    second = same_pupil(first)
    drawn(first)
    send_all(second, 1)
    held(first, Look).view = held(second, Look).view
    press(first, "class.send")
    assert "This digit has come already" in html(first)
    teacher.run()
    assert held(teacher, Following).room.drawings == 1


def test_a_sheet_that_is_drawn_for_another_digit_is_empty(rooms):
    """What was begun for the digit before is not under the next request."""
    first = joined(code_of(opened()))
    second, digit = same_pupil(first), asked(first)
    drawn(first)
    send_all(second, 1)
    first.run()
    assert asked(first) != digit
    assert sheet(first).drawing.is_empty


def test_the_request_follows_by_itself_where_the_look_after_a_drawing_failed(rooms, monkeypatch):
    """The drawing is kept, the store does not say what comes next: the next tick asks for it."""
    page = joined(code_of(opened()))
    from siamese.app.pages.class_room import pupil

    monkeypatch.setattr(pupil, "ticker", lambda key, every, tick: st.button("Tick", key="tick", on_click=tick))
    digit = asked(page)

    def broken(*args, **more):
        raise RoomsUnavailable("The rooms cannot be reached just now. Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(rooms, "view", broken)
        send_all(page, 1)
        assert "cannot be reached" in html(page)
        assert asked(page) == digit
    press(page, "tick")
    assert "2 of 10" in html(page)
    assert asked(page) != digit
    assert not held(page, Look).is_stale


def test_what_was_not_sent_in_one_room_is_not_on_the_sheet_of_another(rooms):
    """Leaving drops it, with what the session knew of the room."""
    page = drawn(joined(code_of(opened())))
    press(page, "class.leave")
    assert held(page, Look).view is None
    assert sheet(page).drawing.is_empty
    page.text_input(key="class.join.code").set_value(code_of(opened()))
    page.button(key="class.join.go").click().run()
    assert held(page, Membership).role == "pupil"
    assert sheet(page).drawing.is_empty


def test_the_teacher_who_types_the_code_steers_the_room(rooms):
    """On the device that opened it; once another one steers the room, the code makes this one a pupil's."""
    teacher = opened()
    code, words = code_of(teacher), held(teacher, Membership).passphrase

    def typed() -> AppTest:
        tab = visited()
        held(tab, Membership).kept = {code: {"teacher": held(teacher, Membership).token}}
        tab.text_input(key="class.join.code").set_value(code.lower())
        tab.button(key="class.join.go").click().run()
        assert not tab.exception
        return tab

    assert held(typed(), Membership).role == "teacher"
    teacher.run()
    assert held(teacher, Following).room.pupils == 0
    rooms.recover(code, words, "another device")
    assert held(typed(), Membership).role == "pupil"


def pictures_of(teacher: AppTest) -> set[int]:
    """The drawings whose pictures the teacher's session holds."""
    return set(held(teacher, Following).pictures)


def test_a_picture_goes_with_its_drawing(rooms):
    """Removed here or elsewhere, and whatever the screen shows by then."""
    teacher = opened()
    send_all(joined(code_of(teacher)), 3)
    teacher.run()
    assert pictures_of(teacher) == {1, 2, 3}
    step_to(teacher, "keep")
    rooms.remove(code_of(teacher), held(teacher, Membership).token, 2)
    teacher.run()
    assert pictures_of(teacher) == {1, 3}


def test_a_room_that_is_closed_elsewhere_leaves_no_drawing_in_memory(rooms):
    """Of the teacher's session and of a pupil's."""
    teacher = opened()
    page = joined(code_of(teacher))
    send_all(page, 2)
    teacher.run()
    drawn(page)
    rooms.close(code_of(teacher), held(teacher, Membership).token)
    for each in (teacher, page):
        each.run()
        assert not each.exception
        assert held(each, Membership).role == ""
    assert not held(teacher, Following).drawings
    assert not pictures_of(teacher)
    assert held(page, Look).view is None
    assert sheet(page).drawing.is_empty
