"""Guess first in a real browser: with keys, by touch, while drawing, and by a link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, address, draw, guess_first, prompt, settled, start_drawing, verdict
from tests.browser.test_compare import drawing
from tests.browser.test_phone import CONTRAST, FINGER

QUESTION = "You say it first"


def guessing(page: Page) -> Page:
    """The page once a pair waits for its guess."""
    expect(prompt(page)).to_contain_text(QUESTION)
    settled(page)
    return page


def button(page: Page, name: str):
    """One of the row's three buttons: same, different, next."""
    return page.locator(f".st-key-guess-{name} button")


def test_the_keyboard_alone_plays_a_round(offline_server, open_page):
    """Enter on Same, the verdict; Tab is at Next; S, N and D do the same as the buttons; the round ends with a sum."""
    page = guessing(open_page(offline_server + "/?guess=1"))
    places = [button(page, name).bounding_box() for name in ("same", "different", "next")]
    button(page, "same").focus()
    page.keyboard.press("Enter")
    verdict(page)
    expect(page.get_by_test_id("answer")).to_contain_text("You said same")
    assert [button(page, name).bounding_box() for name in ("same", "different", "next")] == places, "nothing moves"
    expect(button(page, "next")).to_be_enabled()
    page.keyboard.press("Tab")
    expect(button(page, "next")).to_be_focused()
    page.keyboard.press("Enter")
    guessing(page)
    page.keyboard.press("d")
    verdict(page)
    expect(page.get_by_test_id("tally")).to_contain_text("of 2")
    expect(button(page, "next")).to_be_enabled()
    page.keyboard.press("n")
    guessing(page)
    page.get_by_role("button", name="End round").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("round")).to_contain_text("of 2")
    page.get_by_role("button", name="New round").focus()
    page.keyboard.press("Enter")
    guessing(page)
    expect(page.get_by_test_id("tally")).to_contain_text("No guess yet")


def test_a_drawn_pair_is_guessed_once_and_may_grow(offline_server, open_page):
    """While drawing nothing is told; after the guess further strokes change the verdict in sight and count nothing."""
    page = open_page(f"{offline_server}/?journey=1")
    start_drawing(page)
    guess_first(page)
    expect(button(page, "same")).to_be_disabled()
    draw(page, "left", drawing(3))
    expect(prompt(page)).to_contain_text("on the right")
    draw(page, "right", drawing(5))
    guessing(page)
    expect(page.get_by_text("this pair", exact=False)).to_have_count(0)
    expect(page.locator(".journey button")).to_have_count(1)  # the example pair that was there before
    button(page, "different").click()
    before = verdict(page).get_attribute("data-distance")
    expect(page.get_by_test_id("tally")).to_contain_text("of 1")
    draw(page, "right", drawing(1)[:1])
    expect(verdict(page)).not_to_have_attribute("data-distance", before)
    expect(page.get_by_test_id("tally")).to_contain_text("of 1")
    button(page, "next").click()
    expect(prompt(page)).to_contain_text("Draw a digit on each side")


def test_a_link_starts_in_it_on_another_machine(offline_server, open_page):
    """Switched on, the address says so; opened elsewhere the same pair waits for its guess."""
    page = open_page(offline_server)
    guess_first(page)
    guessing(page)
    page.wait_for_function("location.search.includes('guess=1')")
    other = guessing(open_page(address(page)))
    sources = [[image.get_attribute("src") for image in each.locator(".digit.large").all()] for each in (page, other)]
    assert sources[0] == sources[1]
    button(other, "same").click()
    verdict(other)
    expect(page.get_by_test_id("tally")).to_contain_text("No guess yet")  # nobody else's


def test_a_phone_votes_with_both_digits_in_sight(offline_server, open_page):
    """By touch: both digits and all buttons lie within 390 pixels, side by side; the summary is in sight, too."""
    page = guessing(open_page(offline_server + "/?guess=1", **FINGER))
    left, right = page.evaluate(
        "() => [...document.querySelectorAll('.digit.large')].map((image) => image.getBoundingClientRect().toJSON())"
    )
    assert left["y"] == right["y"]
    assert left["right"] < right["left"]
    assert right["right"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for name in ("same", "different", "next"):
        box = button(page, name).bounding_box()
        assert box["height"] >= 48
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    button(page, "different").tap()
    expect(verdict(page)).to_be_in_viewport()
    page.get_by_role("button", name="End round").tap()
    expect(page.get_by_test_id("round")).to_be_in_viewport()
    expect(page.get_by_role("button", name="New round")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_new_has_contrast_in_light_and_dark(offline_server, open_page, scheme):
    """Words of the guess, the tally, the summary, why and the journey: 4.5 to 1 at least (WCAG AA)."""
    page = guessing(open_page(offline_server + "/?guess=1&why=1&journey=1", color_scheme=scheme))
    button(page, "same").click()
    verdict(page)
    page.get_by_test_id("strips").wait_for()
    selectors = [".said", ".tally", ".st-key-guess-next p", ".why .words p", ".why .ends span", ".why .peak b"]
    selectors += [".why-note", ".strips span", ".journey .heading", ".journey .more"]
    for selector in selectors:
        ratio = page.locator(selector).first.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{selector}: {ratio:.1f}"
    page.get_by_role("button", name="End round").click()
    for selector in (".round .words", ".round td", ".round p"):
        ratio = page.locator(selector).first.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{selector}: {ratio:.1f}"


def test_a_sampled_digit_has_its_name_only_after_the_guess(offline_server, open_page):
    """A screen reader is not told either: the picture's text names the digit once the person has spoken."""
    page = guessing(open_page(offline_server + "/?guess=1"))
    picture = page.locator(".digit.large").first
    expect(picture).to_have_attribute("alt", re.compile("^A handwritten digit,"))
    button(page, "same").click()
    expect(picture).to_have_attribute("alt", re.compile(r"^A handwritten \d,"))
