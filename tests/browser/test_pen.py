"""Strokes are sent when the pen is lifted, and arrive even where that shortcut is shut."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from siamese.ui.pen import SEND
from tests.browser.conftest import PHONE, canvas, draw, prompt, settled, start_drawing, tap_dot
from tests.browser.test_compare import draw_pair, drawing

# Timers of the canvas's waiting time never end; all others do.
NO_WAIT = "const real = setTimeout; window.setTimeout = (f, ms, ...more) => ms === 200 ? 0 : real(f, ms, ...more);"


def test_a_stroke_does_not_wait_for_the_canvas(offline_server, open_page):
    """Where the canvas's own waiting never ends, strokes still arrive, so they are sent without it."""
    page = open_page(offline_server)
    start_drawing(page)
    page.evaluate(NO_WAIT)
    draw(page, "left", drawing(3))
    expect(prompt(page)).to_contain_text("on the right")


def test_a_finger_s_stroke_does_not_wait_either(offline_server, open_page):
    """The same holds for a touch, which ends in other events than a mouse's."""
    page = open_page(offline_server, viewport=PHONE, has_touch=True, is_mobile=True)
    start_drawing(page)
    page.evaluate(NO_WAIT)
    canvas(page, "left").tap()
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


def test_without_the_button_the_canvas_sends_by_itself(offline_server, open_page):
    """A canvas whose button has another name loses no stroke: it sends after its own wait."""
    page = open_page(offline_server)
    start_drawing(page)
    buttons = page.get_by_label(SEND, exact=True)
    expect(buttons).to_have_count(2)
    buttons.evaluate_all("found => found.forEach(button => button.setAttribute('aria-label', 'Other'))")
    tap_dot(page, "left")
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


@pytest.mark.parametrize("hand", ["finger", "mouse"])
def test_a_stroke_may_begin_in_the_upper_right_corner(offline_server, open_page, hand):
    """The canvas's hidden toolbar lies there until a mouse has hovered for a while; it takes no stroke away."""
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if hand == "finger" else {}
    page = open_page(offline_server, **touch)
    start_drawing(page)
    settled(page)
    box = canvas(page, "left").bounding_box()
    corner = box["x"] + 0.75 * box["width"], box["y"] + 0.05 * box["height"]
    if hand == "finger":
        page.touchscreen.tap(*corner)
    else:
        page.mouse.click(*corner)
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


def test_undo_of_the_canvas_s_own_toolbar_is_not_disturbed(offline_server, open_page):
    """A press on the canvas's own buttons, which lie beside its drawing surface, does what they say."""
    page = open_page(offline_server)
    draw_pair(page)
    undo = page.locator(".st-key-right-paper").get_by_label("Undo", exact=True)
    for _ in drawing(5):
        undo.focus()
        undo.press("Enter")
    expect(prompt(page)).to_contain_text("on the right")
