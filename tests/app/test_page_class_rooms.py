"""What a session of the page *Class* holds of one room, and what of it another room or another request may find."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from siamese.app.pages.class_room.entrance import Entrance, ForPhones
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.class_room.membership import Membership
from siamese.app.pages.class_room.screen import Screen
from siamese.app.session import KEY
from tests.app.sessions import held, session_of
from tests.app.test_page_class import code_of, joined, opened, rooms, send_all
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
    pupil = joined(code_of(teacher))
    send_all(pupil, 2)
    teacher.run()
    (before,) = keys_of(teacher, "class.approve")
    send_all(pupil, 1, seed=5)
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
