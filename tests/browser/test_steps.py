"""Undo, Redo and Clear by keyboard and by button, on the sheet that was drawn on last."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import draw, goto, prompt, settled, step, verdict
from tests.browser.test_compare import draw_pair, drawing, expect_distance

LINE = np.array([[40.0, 40.0], [140.0, 45.0], [240.0, 40.0]])


def press(page: Page, keys: str) -> None:
    """Press keys once the page stands still."""
    settled(page)
    page.keyboard.press(keys)


@pytest.mark.parametrize("redo", ["Control+Shift+z", "Control+y"])
def test_the_keyboard_takes_back_and_again_what_was_drawn_last(offline_server, open_page, redo):
    """A line on the right, then Ctrl+Z: its distance is gone; Ctrl+Shift+Z: it is back. The left one stays."""
    page = open_page(offline_server)
    before = draw_pair(page)
    draw(page, "right", [LINE])
    expect(verdict(page)).not_to_have_attribute("data-distance", f"{before:.6f}")
    after = float(verdict(page).get_attribute("data-distance"))
    press(page, "Control+z")
    expect_distance(page, before)
    expect(step(page, "right", "redo")).to_be_enabled()
    expect(step(page, "left", "redo")).to_be_disabled()
    press(page, redo)
    expect_distance(page, after)
    expect(step(page, "right", "redo")).to_be_disabled()


def test_the_keyboard_follows_the_pen_to_the_other_side(offline_server, open_page):
    """The left side is drawn on last: Ctrl+Z is meant for it, though the right one was drawn after it before."""
    page = open_page(offline_server)
    draw_pair(page)
    draw(page, "left", [LINE])
    settled(page)
    for _ in range(1 + len(drawing(3))):
        press(page, "Control+z")
    expect(prompt(page)).to_contain_text("Draw a digit on the left.")
    expect(step(page, "right", "undo")).to_be_enabled()


def test_clear_can_be_undone(offline_server, open_page):
    """Clear, then Undo: the drawing and its distance are there, and Redo clears it again."""
    page = open_page(offline_server)
    before = draw_pair(page)
    step(page, "left", "clear").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the left.")
    expect(step(page, "left", "clear")).to_be_disabled()
    step(page, "left", "undo").click()
    expect_distance(page, before)
    step(page, "left", "redo").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the left.")


def test_a_letter_that_is_typed_undoes_nothing(offline_server, open_page):
    """In a text field the keys are the field's own: the drawing stays."""
    page = open_page(f"{offline_server}/teach")
    page.get_by_text("Teach a symbol", exact=True).click()
    settled(page)
    draw(page, "teach", [LINE])
    expect(step(page, "teach", "undo")).to_be_enabled()
    field = page.locator(".st-key-teach-side input[type=text]").last
    field.fill("star")
    field.press("Control+z")
    settled(page)
    expect(step(page, "teach", "undo")).to_be_enabled()
    field.blur()
    press(page, "Control+z")
    expect(step(page, "teach", "undo")).to_be_disabled()


def test_it_works_after_another_page(offline_server, open_page):
    """What was drawn before another page was shown can be undone by key afterwards."""
    page = open_page(offline_server)
    draw_pair(page)
    goto(page, "Map")
    goto(page, "Compare")
    verdict(page)
    press(page, "Control+z")
    expect(step(page, "right", "redo")).to_be_enabled()
