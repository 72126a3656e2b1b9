"""The switch for a projector in a browser: larger, fewer controls, and everything still works."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese import Verifier
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from tests.browser.conftest import (
    canvas,
    distance,
    draw,
    goto,
    open_settings,
    prompt,
    settled,
    start_drawing,
    step,
    verdict,
)

SECONDARY = (".st-key-left-mode", ".st-key-right-mode", ".st-key-compare-link .copy-link", ".st-key-compare-intro")


def size(page: Page, selector: str) -> float:
    """The size of an element's type in pixels, as it is shown."""
    found = page.locator(selector).first
    found.wait_for()
    return found.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")


def test_the_switch_enlarges_and_thins_out_the_page(offline_server, open_page):
    """Words, verdict, chart and paper are larger, secondary controls gone; switched off, all is as before."""
    page = open_page(offline_server)
    verdict(page)
    words = (".verdict .words", ".verdict .sure", ".legend", ".stMain h1", ".st-key-draw-both p")
    before = {selector: size(page, selector) for selector in words}
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_visible()
    switch = page.locator(".st-key-projector-switch label")
    switch.click()
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_hidden()
    for selector in words:
        assert size(page, selector) >= 1.2 * before[selector], selector
    page.wait_for_function("location.search.includes('projector=1')")
    open_settings(page)
    expect(page.locator(".st-key-compare-split")).to_be_visible()
    for selector in (".st-key-compare-model", ".st-key-compare-kind"):
        expect(page.locator(selector)).to_be_hidden()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280

    goto(page, "Accuracy")
    chart = ".js-plotly-plot .xtick text"
    large = size(page, chart)
    expect(page.locator(".st-key-accuracy-overlay")).to_be_hidden()
    switch.click()
    page.wait_for_function(
        "([chart, large]) => parseFloat(getComputedStyle(document.querySelector(chart)).fontSize) < large / 1.2",
        arg=[chart, large],
    )
    expect(page.locator(".st-key-accuracy-overlay")).to_be_visible()
    page.wait_for_function("!location.search.includes('projector')")
    goto(page, "Compare")
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_visible()


def test_buttons_that_are_explained_stay(offline_server, open_page):
    """The “?” beside headings goes; a button with an explanation of its own does not."""
    page = open_page(f"{offline_server}/?projector=1")
    verdict(page)
    page.get_by_role("slider", name="Threshold").press("ArrowRight")
    reset = page.get_by_role("button", name="Reset")
    expect(reset).to_be_visible()
    reset.click()
    goto(page, "Accuracy")
    page.locator(".js-plotly-plot").first.wait_for()
    settled(page)
    expect(page.locator("[data-testid=stTooltipIcon]:not(:has(button[kind]))").first).to_be_hidden()


def test_what_is_chosen_stands_out(offline_server, open_page):
    """A chosen digit is filled with the colour of type, another one is not: the last row sees which."""
    page = open_page(f"{offline_server}/map?projector=1&digits=12")
    digits = page.locator(".st-key-map-digits")

    def fill(digit: str) -> str:
        button = digits.get_by_role("button", name=digit, exact=True)
        return button.evaluate("element => getComputedStyle(element).backgroundColor")

    expect(digits.get_by_role("button", name="1", exact=True)).to_have_attribute("aria-pressed", "true")
    assert fill("1") == fill("2") == page.evaluate("getComputedStyle(document.querySelector('.stMain h1')).color")
    assert fill("3") != fill("1")


@pytest.mark.parametrize("width", [1280, 1920])
def test_a_link_starts_in_it_and_the_larger_paper_takes_strokes(offline_server, open_page, width):
    """Opened by a link it is on; strokes land under the pointer on the larger paper, so the verdict is right."""
    page = open_page(f"{offline_server}/?projector=1", viewport={"width": width, "height": width * 9 // 16})
    expect(page.get_by_role("switch", name="Projector").or_(page.get_by_label("Projector")).first).to_be_checked()
    start_drawing(page)
    for side in ("left", "right"):
        box, paper = canvas(page, side).bounding_box(), page.locator(f".st-key-{side}-canvas").bounding_box()
        assert box["width"] == pytest.approx(box["height"], abs=1)
        assert box["width"] >= 1.19 * strokes.CANVAS
        assert abs(paper["width"] - box["width"]) < 6
        assert abs(paper["height"] - box["height"]) < 6
    drawings = [pens.draw(digit, np.random.default_rng(3)) for digit in (3, 5)]
    draw(page, "left", drawings[0])
    expect(prompt(page)).to_contain_text("on the right")
    draw(page, "right", drawings[1])
    expect(verdict(page)).to_contain_text("Different digits")
    expected = Verifier.load().compare(*(from_drawing(strokes.render(drawing)) for drawing in drawings))
    assert distance(page) == pytest.approx(expected.distance, abs=0.25)
    expect(verdict(page)).to_be_in_viewport()
    expect(page.get_by_test_id("scale")).to_be_in_viewport()
    saw = page.locator(".saw").bounding_box()
    assert saw["y"] + saw["height"] <= width * 9 // 16, "what the network saw is in sight, too"


PAGES = ("Map", "Accuracy", "Train live", "How it works")
ROOMS = {"1366x768": {"width": 1366, "height": 768}, "1920x1080": {"width": 1920, "height": 1080}}
# The smallest type and the thinnest line of all charts on a page, in shares of what the page's own type has grown by.
SMALLEST = """() => {
  const grown = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const all = (selector, read) => [...document.querySelectorAll(`.js-plotly-plot ${selector}`)]
    .filter((element) => element.checkVisibility() && element.textContent + element.getAttribute('d'))
    .map((element) => parseFloat(getComputedStyle(element)[read]) / grown);
  return [grown, Math.min(...all('.main-svg text', 'fontSize')), Math.min(...all('.js-line', 'strokeWidth'), 9)];
}"""


def test_every_chart_of_every_page_is_lettered_as_large_as_its_page(offline_server, open_page):
    """The smallest type of a chart and its thinnest line grow as the page's type does, whichever figure it is."""
    page = open_page(f"{offline_server}/?projector=1")
    for name in PAGES:
        goto(page, name)
        for room, size in ROOMS.items():
            page.set_viewport_size(size)
            settled(page)
            page.wait_for_function("() => !document.querySelector('.live-chart:not([data-drawn])')")
            grown, type_size, line = page.evaluate(SMALLEST)
            assert grown >= 1.25
            assert type_size >= 11.5, (name, room)  # of a page whose own type is 16: 21 pixels on a screen of 1920
            assert line >= 1.9, (name, room)


@pytest.mark.parametrize("room", ROOMS)
def test_the_map_is_in_sight(offline_server, open_page, room):
    """Nobody scrolls: the whole map and the line that says which colour is which digit are on the screen."""
    page = open_page(f"{offline_server}/map?projector=1", viewport=ROOMS[room])
    page.locator(".live-chart[data-drawn]").wait_for()
    settled(page)
    chart, key = page.locator(".live-chart").bounding_box(), page.locator(".map-legend").bounding_box()
    assert chart["y"] > 0
    assert chart["height"] >= 400
    assert key["y"] + key["height"] <= ROOMS[room]["height"]


def test_what_cannot_be_pressed_does_not_look_as_if_it_could(offline_server, open_page):
    """At 1366 pixels a disabled button is faint and dashed, an enabled one beside it is neither."""
    page = open_page(f"{offline_server}/teach?projector=1", viewport=ROOMS["1366x768"])
    clear = step(page, "teach", "clear")
    look = "element => [getComputedStyle(element).opacity, getComputedStyle(element).borderStyle]"
    expect(clear).to_be_enabled()
    assert clear.evaluate(look) == ["1", "solid"]
    clear.click()
    expect(clear).to_be_disabled()
    opacity, border = clear.evaluate(look)
    assert float(opacity) <= 0.6
    assert border == "dashed"


@pytest.mark.parametrize("query", ["", "?projector=1"], ids=["plain", "projector"])
def test_choices_in_two_rows_are_whole(offline_server, open_page, query):
    """Where the row is too short each choice still has a border all around and its own corners, and covers no other."""
    page = open_page(f"{offline_server}/how{query}", viewport=ROOMS["1366x768"])
    group = page.locator(".st-key-how-pair-sharing [data-testid=stButtonGroup]")
    group.evaluate("element => { element.style.width = '11rem'; }")
    page.mouse.move(2, 2)
    buttons = group.get_by_role("radio").locator("xpath=ancestor-or-self::button").all()
    boxes = [button.bounding_box() for button in buttons]
    assert len({round(box["y"]) for box in boxes}) > 1, "they are in one row"
    for button in buttons:
        sides = button.evaluate(
            """element => ['Top', 'Right', 'Bottom', 'Left'].map((side) => {
                 const style = getComputedStyle(element), colour = style[`border${side}Color`];
                 return style[`border${side}Style`] === 'solid' && parseFloat(style[`border${side}Width`]) >= 1
                   && !/, 0[)]$/.test(colour);
               })"""
        )
        assert all(sides)
        corners = button.evaluate("element => new Set(getComputedStyle(element).borderRadius.split(' ')).size")
        assert corners == 1
    for place, a in enumerate(boxes):
        for b in boxes[place + 1 :]:
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert min(across, down) <= 0
