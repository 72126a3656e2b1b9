"""Sessions side by side, and sessions that are interrupted: nobody sees another's digits, and no drawing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from siamese.app.pages.teach import examples
from siamese.imaging import pens
from tests.browser.conftest import (
    WIDE,
    canvas,
    distance,
    draw,
    free_port,
    goto,
    prompt,
    serve,
    settled,
    start_drawing,
    threshold_to,
    verdict,
)


def drawing(digit: int, seed: int = 3) -> list[np.ndarray]:
    """Strokes of a built-in digit."""
    return pens.draw(digit, np.random.default_rng(seed))


def draw_pair(page: Page, left: int, right: int) -> float:
    """Draw two digits; the distance that is shown, once the address holds the drawings."""
    start_drawing(page)
    draw(page, "left", drawing(left))
    draw(page, "right", drawing(right))
    verdict(page)
    settled(page)
    page.wait_for_function("location.search.includes('left=d') && location.search.includes('right=d')")
    return distance(page)


def same_digits(page: Page, expected: float) -> None:
    """Wait until the verdict's distance is this one, to what a drawing loses in an address."""
    page.wait_for_function(
        "expected => { const box = document.querySelector('[data-testid=verdict]');"
        " return box && Math.abs(box.dataset.distance - expected) < 0.05 }",
        arg=expected,
    )


def takes_more(page: Page, before: float) -> None:
    """Draw one line more on the left, right across the digit, and wait until the distance has followed."""
    draw(page, "left", [np.array([[30.0, 30.0], [140.0, 140.0], [250.0, 250.0]])])
    page.wait_for_function(
        "before => Math.abs(document.querySelector('[data-testid=verdict]').dataset.distance - before) > 0.02",
        arg=before,
    )


def test_two_tabs_are_two_sessions(offline_server, open_page):
    """In two tabs of one browser: digits, threshold, model and symbols of one are not in the other, nor change it."""
    first = open_page(offline_server)
    second = first.context.new_page()
    second.goto(offline_server)
    second.wait_for_selector("h1")
    shown = draw_pair(first, 3, 5)
    other = draw_pair(second, 8, 1)
    assert shown != other
    own = second.get_by_role("slider").first.input_value()
    settled(first)
    threshold_to(first, "Home")
    expect(verdict(first)).to_contain_text("threshold of 0.000")
    expect(second.get_by_role("slider").first).to_have_value(own)
    second.get_by_role("button", name="Undo").first.click()
    expect(prompt(second)).to_be_visible()
    same_digits(first, shown)

    for page in (first, second):
        page.get_by_role("link", name="Teach it a symbol").first.click()
        expect(page.get_by_test_id("known")).to_have_count(3)
    settled(first)
    first.get_by_role("button", name="Start with an empty set").click()
    expect(first.get_by_test_id("known")).to_have_count(0)
    settled(second)
    second.get_by_role("button", name="Clear").click()
    expect(prompt(second)).to_be_visible()
    expect(second.get_by_test_id("known")).to_have_count(3)
    second.close()


def test_a_reload_in_the_middle_of_a_stroke_keeps_what_was_drawn(offline_server, open_page):
    """The pen is down when the page is reloaded: all strokes before it are there, and the canvases take more."""
    page = open_page(offline_server)
    shown = draw_pair(page, 3, 7)
    box = canvas(page, "left").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 240)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 250)
    page.reload()
    page.mouse.up()
    same_digits(page, shown)
    settled(page)
    assert ink(page, "left")
    assert ink(page, "right")
    takes_more(page, shown)


def ink(page: Page, side: str) -> list[int]:
    """The numbers of the dark pixels of a canvas."""
    return page.locator(f".st-key-{side}-canvas canvas.dc-canvas.lower-canvas").evaluate(
        """canvas => { const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const found = []; for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && data[i] < 60) found.push(i);
        return found.slice(0, 9); }"""
    )


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A server's address, and functions that stop it and start it again at the same address."""
    port, running = free_port(), []

    def start() -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        running.append(serve(folder, {}, port=port))
        return next(running[-1])

    def stop() -> None:
        running.pop().close()

    yield start(), stop, start
    while running:
        stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose console may complain: its server goes away."""
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("link", ["", "/?left=d&right=d&t=0.5"], ids=["opened", "by a link"])
def test_a_drawing_outlives_its_server(restartable, page, link):
    """The server is restarted under the open page: meanwhile a line says so, then the same two drawings are compared,
    with the threshold that was set, and can be drawn on; nobody has touched the page, whatever it was opened by."""
    address, stop, start = restartable
    page.goto(address + link)
    shown = draw_pair(page, 3, 7)
    threshold_to(page, "Home")
    page.wait_for_function("location.search.includes('t=0.0')")
    stop()
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp'), '::after').visibility === 'visible'")
    said = page.evaluate("getComputedStyle(document.querySelector('.stApp'), '::after').content")
    assert "connection is lost" in said
    start()
    page.wait_for_function("document.querySelector('.stApp').dataset.testConnectionState === 'CONNECTED'")
    expect(page.locator(".stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
    same_digits(page, shown)
    expect(verdict(page)).to_contain_text("threshold of 0.000")
    settled(page)
    takes_more(page, shown)


def test_taught_symbols_outlive_their_server(restartable, page):
    """On *Teach it a symbol*, too: the symbols of one's own are there again."""
    address, stop, start = restartable
    page.goto(address)
    goto(page, "Compare")
    page.get_by_role("link", name="Teach it a symbol").first.click()
    expect(page.get_by_test_id("known")).to_have_count(3)
    settled(page)
    page.get_by_role("button", name="Start with an empty set").click()
    settled(page)
    canvas(page, "teach").wait_for()
    draw(page, "teach", examples.symbols()["house"])
    page.get_by_label("Its name").fill("Haus")
    page.get_by_label("Its name").press("Tab")
    page.get_by_role("button", name="Add example").click()
    expect(page.get_by_test_id("known")).to_have_count(1)
    page.wait_for_function("location.search.includes('s1=Haus')")
    stop()
    page.wait_for_function("document.querySelector('.stApp').dataset.testConnectionState !== 'CONNECTED'")
    start()
    page.wait_for_function("document.querySelector('.stApp').dataset.testConnectionState === 'CONNECTED'")
    settled(page)
    expect(page.get_by_test_id("known")).to_have_count(1)
    expect(page.get_by_test_id("known")).to_contain_text("Haus")
