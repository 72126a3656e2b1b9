"""What two drawings look most like leads to its cell of the heat map, in the same session."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from siamese import Verifier
from siamese.evaluation import projection
from siamese.evaluation.neighbours import neighbours_from_map
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from tests.browser.conftest import PHONE, WIDE, draw, goto, settled, start_drawing, verdict


def drawing(digit: int) -> list[np.ndarray]:
    """Strokes of a digit whose neighbours agree on it."""
    verifier = Verifier.load()
    known = neighbours_from_map(projection.load_map(verifier.card), verifier.threshold)
    for seed in range(30):
        found = pens.draw(digit, np.random.default_rng(seed))
        if known.vote(verifier.embed(from_drawing(strokes.render(strokes.quantised(found)))[None])[0]) == digit:
            return found
    raise AssertionError("no such drawing")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_figure_leads_to_its_cell_and_the_session_goes_on(offline_server, open_page, size):
    """Two drawn digits, the sentence, a click: the cell is in sight and chosen; back on Compare both drawings stand."""
    page = open_page(f"{offline_server}", viewport=size)
    start_drawing(page)
    for side, digit in (("left", 4), ("right", 9)):
        page.locator(f".st-key-{side}-canvas").scroll_into_view_if_needed()
        draw(page, side, drawing(digit))
    said = page.get_by_test_id("nearest-digits")
    expect(said).to_contain_text("these look most like a 4 and a 9. The network calls such pairs the same in")
    settled(page)
    before = verdict(page).get_attribute("data-distance")
    page.evaluate("window.sameDocument = true")
    said.get_by_role("link").click()
    page.get_by_role("heading", name="How accurate is it?").wait_for()
    expect(page.locator(".st-key-chart-digits .main-svg").first).to_be_in_viewport()
    expect(page.get_by_role("combobox", name="First digit")).to_have_value("4")
    expect(page.get_by_role("combobox", name="Second digit")).to_have_value("9")
    page.wait_for_function("location.search.includes('first=4&second=9')")
    settled(page)
    assert page.evaluate("window.sameDocument")
    goto(page, "Compare")
    settled(page)
    assert verdict(page).get_attribute("data-distance") == before


def test_the_link_works_in_another_tab(offline_server, open_page):
    """Opened by its address alone, as with the middle button: the same cell."""
    texts = ["d" + strokes.encode(strokes.quantised(drawing(digit))) for digit in (4, 9)]
    page = open_page(f"{offline_server}/?left={texts[0]}&right={texts[1]}")
    address = page.get_by_test_id("nearest-digits").get_by_role("link").evaluate("link => link.href")
    assert re.search("/accuracy[?]model=strokes&first=4&second=9$", address)
    other = open_page(address)
    other.get_by_role("heading", name="How accurate is it?").wait_for()
    expect(other.get_by_role("combobox", name="First digit")).to_have_value("4")
    expect(other.get_by_role("combobox", name="Second digit")).to_have_value("9")
