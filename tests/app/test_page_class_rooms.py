"""What a session of the page *Class* holds of one room, and what of it another room or another request may find."""

from __future__ import annotations

import pytest

from siamese.app.pages.class_room.entrance import Entrance, ForPhones
from siamese.app.pages.class_room.membership import Membership
from siamese.app.pages.class_room.screen import Screen
from tests.app.sessions import held
from tests.app.test_page_class import code_of, opened, rooms
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
