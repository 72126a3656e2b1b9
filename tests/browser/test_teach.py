"""*Teach it a symbol* as a person uses it: symbols drawn with the mouse, named, and recognised."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from siamese.app.pages.teach import examples
from siamese.imaging import pens
from tests.browser.conftest import PHONE, canvas, draw, settled


def opened_teach(open_page, address: str, **settings) -> Page:
    """The page, reached by the navigation."""
    page = open_page(address, **settings)
    page.get_by_role("link", name="Teach it a symbol").first.click()
    expect(page.get_by_role("heading", name="Teach it a symbol")).to_be_visible()
    return page


def winner(page: Page) -> Locator:
    """The box that says what the query looks like."""
    return page.get_by_test_id("winner")


def teach(page: Page, name: str, strokes: list[np.ndarray], known: int) -> None:
    """Draw an example of a new symbol, name it, add it; afterwards `known` symbols are shown."""
    settled(page)  # until then the canvas of the other task may still be there, too
    canvas(page, "teach").wait_for()
    draw(page, "teach", strokes)
    page.get_by_label("Its name").fill(name)
    page.get_by_label("Its name").press("Tab")
    page.get_by_role("button", name="Add example").click()
    expect(page.get_by_test_id("known")).to_have_count(known)
    expect(page.get_by_role("button", name="Clear")).to_be_disabled()


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>"])
def test_two_symbols_drawn_once_are_recognised_and_a_name_is_text(open_page, offline_server, hostile):
    """A star with a hostile name and a 5 are taught; another star is that name, literally; switching pages keeps it."""
    page = opened_teach(open_page, offline_server)
    expect(winner(page)).to_contain_text("This looks like: star")
    page.get_by_role("button", name="Start with an empty set").click()
    expect(page.get_by_test_id("known")).to_have_count(0)

    shown = hostile[:24].strip()
    teach(page, hostile[:24], examples.symbols()["star"], 1)
    teach(page, "five", pens.draw(5, np.random.default_rng(1)), 2)
    page.get_by_test_id("stMain").get_by_role("button", name="Ask the network").last.click()
    expect(page.get_by_test_id("prompt")).to_contain_text("Draw one of the symbols again")
    settled(page)  # until then the canvas of the other task may still be there, too
    canvas(page, "teach").wait_for()
    draw(page, "teach", examples.query())
    expect(winner(page)).to_contain_text(f"This looks like: {shown}")
    assert page.locator(".stMain script").count() == 0

    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_test_id("prompt")).to_be_visible()
    draw(page, "teach", pens.draw(5, np.random.default_rng(4)))
    expect(winner(page)).to_contain_text("five")
    said = winner(page).text_content()

    page.get_by_role("link", name="Accuracy").first.click()
    expect(page.get_by_role("heading", name="How accurate is it?")).to_be_visible()
    page.get_by_role("link", name="Teach it a symbol").first.click()
    expect(winner(page)).to_have_text(said)


def test_on_a_phone_the_answer_is_in_sight_while_drawing(open_page, offline_server):
    """Upright, nothing is wider than the screen, and the answer stands at its foot."""
    page = opened_teach(open_page, offline_server, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(winner(page)).to_be_in_viewport()
    settled(page)  # until then the canvas of the other task may still be there, too
    canvas(page, "teach").wait_for()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_test_id("prompt")).to_be_in_viewport()
    canvas(page, "teach").evaluate("paper => paper.scrollIntoView({block: 'center', behavior: 'instant'})")
    draw(page, "teach", examples.symbols()["house"])
    expect(winner(page)).to_contain_text("This looks like: house")
    expect(winner(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".st-key-teach-drawing").evaluate("paper => getComputedStyle(paper).touchAction") == "none"
