"""Why in a real browser: opened, kept in step with the drawing, without a jump."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from siamese import Verifier
from tests.browser.conftest import PHONE, address, draw, settled, verdict
from tests.browser.test_compare import draw_pair, drawing
from tests.browser.test_phone import FINGER

TITLE = "Which ink made the difference"


def test_opened_it_shows_both_pictures_and_aligned_strips(offline_server, open_page):
    """One click opens it: two coloured pictures with a ring each, and strips whose columns lie above one another."""
    page = open_page(offline_server)
    verdict(page)
    assert page.get_by_test_id("why").count() == 0
    page.get_by_text(TITLE).click()
    why = page.get_by_test_id("why")
    expect(why.locator("figure img")).to_have_count(2)
    expect(why.locator(".peak")).to_have_count(2)
    expect(why.get_by_text("Without it the distance is")).to_have_count(2)
    expect(page.get_by_text("What it cannot show.")).to_be_visible()
    parts = [box.bounding_box() for box in page.locator(".strips img, .strips .bars").all()]
    assert len(parts) == 3
    assert len({(box["x"], box["width"]) for box in parts}) == 1
    expect(page.get_by_text(f"Each digit has become {Verifier.load().card.embedding} numbers")).to_be_visible()
    page.wait_for_function("location.search.includes('why=1')")
    other = open_page(address(page))
    expect(other.get_by_test_id("strips")).to_be_visible()


def test_the_keyboard_opens_it(offline_server, open_page):
    """Its heading takes the focus and Enter."""
    page = open_page(offline_server)
    settled(page)
    page.locator(".st-key-why-open summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("strips")).to_be_visible()


def test_a_stroke_renews_it_and_moves_nothing(offline_server, open_page):
    """With the part open, a stroke changes distance and pictures, and everything stands where it stood."""
    page = open_page(offline_server + "/?why=1")
    draw_pair(page)
    sentence = page.get_by_test_id("why").get_by_text(re.compile("The colour of the ink says"))
    expect(sentence).to_be_visible()
    settled(page)
    told = sentence.text_content()
    places = """() => ['.st-key-why-open', '.strips', '.st-key-journey'].map(
        (selector) => document.querySelector(selector)?.getBoundingClientRect().top)"""
    page.mouse.move(2, 2)
    # Every frame is watched, not only the last one: a jump to and fro is a jump.
    page.evaluate(f"""() => {{
        const places = {places};
        window.jumps = [];
        const first = String(places());
        const look = () => {{
            const now = String(places());
            if (now !== first) window.jumps.push([first, now]);
            window.watch = requestAnimationFrame(look);
        }};
        look();
    }}""")
    draw(page, "right", drawing(1)[:1])
    expect(sentence).not_to_have_text(told)
    settled(page)
    assert page.evaluate("cancelAnimationFrame(window.watch) || window.jumps.slice(0, 3)") == []


def test_a_phone_shows_it_without_scrolling_sideways(offline_server, open_page):
    """At 390 pixels the two pictures stand side by side; only the strips scroll, within themselves."""
    page = open_page(offline_server + "/?why=1", **FINGER)
    page.get_by_test_id("strips").wait_for()
    left, right = page.evaluate(
        "() => [...document.querySelectorAll('.why figure')].map((figure) => figure.getBoundingClientRect().toJSON())"
    )
    assert left["y"] == right["y"]
    assert right["right"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
