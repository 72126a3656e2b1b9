"""Compare on a phone held upright, with a finger, and in the dark."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.browser.conftest import PHONE, canvas, draw_on, goto, prompt, settled, start_drawing, verdict
from tests.browser.layout import sideways

FINGER = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def swipe(page: Page, points: list[tuple[float, float]]) -> None:
    """Draw through `points` of the viewport with one finger."""
    touch = page.context.new_cdp_session(page)
    for kind, at in [("touchStart", points[:1]), *[("touchMove", [point]) for point in points[1:]], ("touchEnd", [])]:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})
    touch.detach()


def finger(page: Page, side: str, strokes: list[np.ndarray]) -> None:
    """Draw strokes (in canvas units) with a finger; the page must not scroll meanwhile."""
    settled(page)
    surface = canvas(page, side)
    surface.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    for stroke in strokes:
        box = surface.bounding_box()
        swipe(page, [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke[::2]])
        assert surface.bounding_box() == box, "the page moved while a finger drew"


def test_a_finger_draws_and_the_page_stays(offline_server, open_page):
    """Two digits drawn by touch give a verdict that is in sight, and no stroke scrolls the page."""
    page = open_page(offline_server, **FINGER)
    start_drawing(page)
    finger(page, "left", pens.draw(2, np.random.default_rng(1)))
    expect(prompt(page)).to_contain_text("on the right")
    expect(prompt(page)).to_be_in_viewport()
    finger(page, "right", pens.draw(3, np.random.default_rng(1)))
    expect(verdict(page)).to_be_in_viewport()


def test_the_page_scrolls_by_a_finger_beside_the_canvas(offline_server, open_page):
    """Only the canvas holds the finger: a swipe beside it scrolls the page."""
    page = open_page(offline_server, **FINGER)
    start_drawing(page)
    before = canvas(page, "left").bounding_box()["y"]
    swipe(page, [(20, 600 - 20 * step) for step in range(16)])
    page.wait_for_function(
        "before => document.querySelector('.st-key-left-canvas').getBoundingClientRect().y < before - 50", arg=before
    )


def test_nothing_is_wider_than_the_phone(offline_server, open_page):
    """At 390 pixels both squares fit and nothing scrolls sideways."""
    page = open_page(offline_server, **FINGER)
    start_drawing(page)
    for side in ("left", "right"):
        box = canvas(page, side).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_no_page_scrolls_sideways(mnist_server, open_page):
    """With MNIST, too, no page is wider than the phone, on the way through all; a wide table scrolls by itself."""
    page = open_page(mnist_server, **FINGER)
    for name in page.locator(".st-key-navigation").get_by_role("link").all_inner_texts():
        goto(page, name.strip())
        settled(page)
        assert not sideways(page), name


def test_drawings_stay_when_the_phone_goes_to_accuracy_and_back(offline_server, open_page):
    """The navigation works from its menu on a phone, too, and keeps the drawing."""
    page = open_page(offline_server, **FINGER)
    start_drawing(page)
    finger(page, "left", pens.draw(7, np.random.default_rng(1)))
    expect(prompt(page)).to_contain_text("on the right")
    goto(page, "Accuracy")
    goto(page, "Compare")
    expect(prompt(page)).to_contain_text("Draw a digit on the right")


@pytest.mark.parametrize("query", ["", "?guess=1"], ids=["compare", "guess"])
def test_a_sampled_pair_is_in_sight_with_the_verdict(offline_server, open_page, query):
    """Both digits lie side by side above the verdict, before anyone scrolls."""
    page = open_page(f"{offline_server}/{query}", **FINGER)
    settled(page)
    left, right = (page.locator(f".st-key-{side}-side .digit.large").bounding_box() for side in ("left", "right"))
    banner = page.locator(".verdict").bounding_box()
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    assert left["y"] > 0
    assert left["y"] + left["height"] <= banner["y"]


@pytest.mark.parametrize("query", ["", "?guess=1"], ids=["compare", "guess"])
def test_papers_stand_side_by_side_as_large_as_they_fit(offline_server, open_page, query):
    """A side that is drawn on is as large as a sampled one beside it; two of them fill the phone's width."""
    page = open_page(f"{offline_server}/{query}", **FINGER)
    draw_on(page, "left")
    settled(page)
    paper, sampled = page.locator(".st-key-left-canvas").bounding_box(), page.locator(".digit.large").bounding_box()
    assert paper["width"] == pytest.approx(sampled["width"], abs=1)
    assert paper["y"] == pytest.approx(sampled["y"], abs=1)
    start_drawing(page)
    settled(page)
    left, right = (canvas(page, side).bounding_box() for side in ("left", "right"))
    assert left["width"] == pytest.approx(right["width"], abs=0.5)
    assert left["y"] == pytest.approx(right["y"], abs=0.5)
    assert left["x"] + left["width"] < right["x"]
    assert left["width"] + right["width"] > 0.9 * PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_light_and_dark(offline_server, open_page, scheme):
    """The verdict's words stand out 4.5 to 1 at least from what is behind them (WCAG AA)."""
    page = open_page(offline_server, color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark"
    assert dark == (scheme == "dark")
    for selector in (
        ".verdict .words",
        ".verdict .sure",
        ".legend:not(.finding)",
        "[data-testid=stBaseButton-primary] p",
    ):
        ratio = page.locator(selector).first.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{selector}: {ratio:.1f}"


CONTRAST = """element => {
  const paint = (colours) => {  // the colours over one another, as the browser blends them
    const context = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1) }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const behind = [];
  for (let node = element; node; node = node.parentElement) behind.unshift(getComputedStyle(node).backgroundColor);
  const luminance = (rgb) => rgb.map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const [a, b] = [paint(behind), paint([...behind, getComputedStyle(element).color])].map(luminance);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
