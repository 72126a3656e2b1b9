"""From paper: photographs uploaded and taken, several digits of one sheet, on a wide page and on a phone."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from siamese import Verifier, from_picture
from siamese.imaging.pens import draw
from siamese.imaging.strokes import render
from tests.browser.conftest import PHONE, WIDE, prompt, verdict
from tests.browser.test_accessibility import in_both
from tests.browser.test_compare import expect_distance
from tests.imaging.photographs import blank, photograph

SIZE = (900, 675)


def upload(page, side, content, name="sheet.jpg"):
    """Turn one side to *Upload*, and give it a file."""
    page.locator(f".st-key-{side}-mode").get_by_role("radio", name="Upload").click()
    page.locator(f".st-key-{side}-file input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": content}
    )


def distance_of(content, left, right):
    """What the network makes of two digits of a picture, numbered from 0."""
    digits = from_picture(content).digits
    return Verifier.load().compare(digits[left].image, digits[right].image).distance


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_sheet_of_two_digits_fills_both_sides(offline_server, open_page, viewport):
    """One photograph in uneven light: its first digit goes left, its second right, and both pictures show the ink."""
    content = photograph("gradient-1.6", (3, 5), np.random.default_rng(2), size=SIZE).content
    page = open_page(offline_server, viewport=viewport)
    upload(page, "left", content)
    expect(page.locator(".photo")).to_have_count(2)
    expect(page.get_by_alt_text("number 1 chosen")).to_be_visible()
    expect(page.get_by_alt_text("number 2 chosen")).to_be_visible()
    expect_distance(page, distance_of(content, 0, 1))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_any_of_six_digits_is_chosen_for_either_side(offline_server, open_page, viewport):
    """Thumbnails in reading order; a press puts one on its side, and the box in the picture follows."""
    content = photograph("even", (3, 5, 6, 7, 2, 4), np.random.default_rng(2), size=SIZE).content
    page = open_page(offline_server, viewport=viewport)
    upload(page, "right", content)
    thumbnails = page.locator(".st-key-left-digits button")
    expect(thumbnails).to_have_count(6)
    thumbnails.nth(3).click()
    expect(page.locator(".st-key-left-side .photo .box").nth(3)).to_have_class("box chosen")
    expect_distance(page, distance_of(content, 3, 1))
    page.locator(".st-key-right-digits button").nth(5).click()
    expect_distance(page, distance_of(content, 3, 5))
    page.locator(".st-key-right-digits button").nth(3).press("Enter")
    expect_distance(page, 0.0)
    expect(verdict(page)).to_contain_text("Same digit")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_rule_of_accessibility_is_broken(offline_server, open_page, viewport):
    """A sheet of three digits, one with something left out: axe finds nothing, in light and dark."""
    page = open_page(offline_server, viewport=viewport)
    upload(page, "left", photograph("rim-all", (3, 5, 6), np.random.default_rng(2), size=SIZE).content)
    expect(page.locator(".photo figcaption").first).to_be_visible()
    verdict(page)
    assert not in_both(page)


def test_thirty_digits_of_a_class_are_found(offline_server, open_page):
    """One sheet for the whole class: thirty thumbnails on each side."""
    digits = [int(digit) for digit in np.random.default_rng(3).integers(0, 10, 30)]
    page = open_page(offline_server)
    upload(page, "left", photograph("ruled", digits, np.random.default_rng(3)).content)
    expect(page.locator(".st-key-left-digits button")).to_have_count(30)
    expect(page.locator(".st-key-right-digits button")).to_have_count(30)


def test_a_sheet_on_a_table_says_what_was_left_out(offline_server, open_page):
    """The table around the sheet is no ink, and the page says so."""
    page = open_page(offline_server)
    upload(page, "left", photograph("rim-all", (6,), np.random.default_rng(2), size=SIZE).content)
    expect(page.locator(".photo figcaption")).to_contain_text("what lies around the sheet")
    verdict(page)


def test_blank_paper_asks_for_something_to_be_done(offline_server, open_page):
    """A sheet without a digit is refused in words that help with this picture; the other side stays."""
    page = open_page(offline_server)
    upload(page, "left", blank("shadow", np.random.default_rng(2), size=SIZE))
    expect(prompt(page)).to_contain_text("On the left: No digit is found")


def test_the_camera_takes_the_picture(offline_server, open_page):
    """Chromium's own test picture: taken, read, and its message or its digits shown; back to files at a press."""
    page = open_page(offline_server)
    page.locator(".st-key-left-mode").get_by_role("radio", name="Upload").click()
    page.locator(".st-key-left-camera").get_by_role("button", name="Use the camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState >= 3")
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_role("button", name="Clear photo")).to_be_visible()
    expect(page.locator(".st-key-stage :is(.photo, [data-testid=prompt])").first).to_be_visible()
    page.locator(".st-key-left-camera").get_by_role("button", name="Choose a file").click()
    expect(page.locator(".st-key-left-file input[type=file]")).to_be_attached()


def test_a_stray_line_on_the_canvas_is_left_out_and_told(offline_server, open_page):
    """A link to a drawing with the trace of a hand at its edge: the verdict is as without it, and a line says so."""
    from siamese import from_drawing
    from siamese.app import links

    drawn = draw(3, np.random.default_rng(1))
    stray = np.stack([np.full(9, 5.0), np.linspace(60, 190, 9)], 1)
    text = links.side_text([*drawn, stray])
    page = open_page(f"{offline_server}/?left={text}&right={text}")
    expect_distance(page, 0.0)
    expect(page.locator(".saw")).to_contain_text("Left out: a line at the edge")
    assert from_drawing(render([*drawn, stray])).shape == (28, 28)
