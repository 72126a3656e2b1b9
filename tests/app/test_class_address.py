"""What the address of Class holds of a pupil's drawing."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese.app.pages.class_room.sheet import Sheet
from siamese.imaging import pens
from siamese.imaging.strokes import decode, encode
from tests.app.sessions import held, session_of
from tests.app.test_page_class import asked, code_of, joined, opened, rooms, sheet
from tests.app.test_pages import WAIT, html

__all__ = ["rooms"]


def drawn_in_address(page: AppTest) -> str:
    """What the address holds of a pupil's drawing."""
    query = unescape(html(page).partition('data-address="')[2].partition('"')[0])
    return parse_qs(query).get("drawn", [""])[0]


def test_a_drawing_is_in_the_address_until_it_is_sent(rooms):
    """A phone that is reloaded, or whose server was started again, has it on its canvas again."""
    page = joined(code_of(opened()))
    assert drawn_in_address(page) == ""
    digit, strokes = asked(page), pens.draw(asked(page), np.random.default_rng(3))
    sheet(page).drawing.draw(strokes)
    page.run()
    kept = drawn_in_address(page)
    assert kept[0] == str(digit)
    assert len(decode(kept[1:])) == len(strokes)
    session_of(page).presses.clear()
    page.button(key="class.send").click().run()
    assert drawn_in_address(page) == ""


@pytest.mark.parametrize("text", ["", "7", "x", "7!!", "dAAAA", "99", "7" + "A" * 5000])
def test_what_an_address_holds_in_place_of_a_drawing_is_refused(text):
    """Whatever it is: a notice, and an empty sheet."""
    page = AppTest.from_function(linked, default_timeout=WAIT)
    page.query_params["drawn"] = text
    page.run()
    assert not page.exception
    assert not page.info or "drawing" in page.info[0].value
    assert held(page, Sheet).drawing.is_empty


def linked() -> None:
    """A session that a link has opened."""
    from siamese.app import address
    from siamese.app.navigation import ADDRESSES

    address.apply(ADDRESSES)


@pytest.mark.parametrize("is_same", [True, False])
def test_a_drawing_from_the_address_is_for_the_digit_that_it_was_begun_for(rooms, is_same):
    """Sent already, by this phone or by another tab, it is not on the sheet of the next digit."""
    page = joined(code_of(opened()))
    strokes = pens.draw(3, np.random.default_rng(3))
    found = AppTest.from_function(linked, default_timeout=WAIT)
    found.query_params["drawn"] = f"{(asked(page) + (not is_same)) % 10}{encode(strokes)}"
    found.run()
    assert not found.info
    sheet(page).drawing, sheet(page).digit = held(found, Sheet).drawing, held(found, Sheet).digit
    page.run()
    assert sheet(page).drawing.is_empty is not is_same
