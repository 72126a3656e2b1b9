"""A network that stalls, and one that is gone: the page says that it waits, in our words alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from siamese.app.components.waiting import LATE_MS
from tests.browser.conftest import WIDE, canvas, distance, draw, settled, verdict
from tests.browser.test_sessions import draw_pair, page, restartable, same_digits  # noqa: F401 - fixtures

LINE = [np.array([[30.0, 30.0], [140.0, 140.0], [250.0, 250.0]])]
WAITS = "document.documentElement.hasAttribute('data-waiting')"
ANSWERED = f"!{WAITS}"


class Network:
    """The connection between a page and its server, which can stall, in one direction or both, and go on."""

    def __init__(self) -> None:
        self._held: list[Callable[[], None]] = []
        self.stalls: set[str] = set()

    def carry(self, browser_end: WebSocketRoute) -> None:
        """Take over a connection that the page opens."""
        server_end = browser_end.connect_to_server()
        browser_end.on_message(lambda message: self._pass_on("up", server_end, message))
        server_end.on_message(lambda message: self._pass_on("down", browser_end, message))

    def _pass_on(self, way: str, to: WebSocketRoute, message: str | bytes) -> None:
        if way in self.stalls:
            self._held.append(lambda: to.send(message))
        else:
            to.send(message)

    def go_on(self) -> None:
        """Deliver everything that was held."""
        self.stalls = set()
        while self._held:
            self._held.pop(0)()


@pytest.fixture
def stalling(browser: Browser, offline_server: str) -> Iterator[tuple[Page, Network]]:
    """A page of the app, and its network."""
    context, network = browser.new_context(viewport=WIDE), Network()
    page = context.new_page()  # noqa: F811
    page.route_web_socket(lambda url: True, network.carry)
    page.goto(offline_server)
    page.wait_for_selector("h1")
    yield page, network
    context.close()


@pytest.mark.parametrize("ways", [{"up", "down"}, {"up"}, {"down"}], ids=["both ways", "up", "down"])
def test_a_verdict_that_is_late_is_marked_until_the_answer_is_there(stalling, ways):
    """The old verdict beside the new drawing is marked after two seconds, not before; the new one is not."""
    page, network = stalling  # noqa: F811
    before = draw_pair(page, 3, 5)
    assert page.evaluate(ANSWERED)
    # When the pen was lifted, and when the mark came, on the page's own clock.
    page.evaluate(
        """() => {
          window.addEventListener('siamese:drawn', () => { window.drawnAt ??= performance.now(); });
          new MutationObserver(() => { window.markedAt ??= performance.now(); })
            .observe(document.documentElement, {attributeFilter: ['data-waiting']}); }"""
    )
    network.stalls = ways
    draw(page, "left", LINE)
    page.wait_for_function(WAITS)
    assert page.evaluate("markedAt - drawnAt") > LATE_MS - 100
    assert distance(page) == before
    box = verdict(page)
    assert "Waiting" in box.evaluate("box => getComputedStyle(box, '::after').content")
    assert float(box.locator(".words").evaluate("words => getComputedStyle(words.parentElement).opacity")) < 0.5
    expect(page.locator(".waiting")).to_have_text("Waiting for the answer.")
    network.go_on()
    page.wait_for_function(ANSWERED)
    assert distance(page) != before
    expect(page.locator(".waiting")).to_have_text("")
    shown = distance(page)
    settled(page)
    assert distance(page) == shown
    assert box.evaluate("box => getComputedStyle(box, '::after').content") == "none"


def test_what_is_pressed_waits_as_a_stroke_does(stalling):
    """Undo, too, whose answer does not come, leaves a verdict that is not that of the drawing."""
    page, network = stalling  # noqa: F811
    draw_pair(page, 3, 5)
    draw(page, "left", LINE)
    settled(page)
    before = distance(page)
    network.stalls = {"up", "down"}
    page.get_by_role("button", name="Undo").first.click()
    page.wait_for_function(WAITS)
    network.go_on()
    page.wait_for_function(ANSWERED)
    assert distance(page) != before


def test_quick_answers_are_never_marked(stalling):
    """Many strokes in a row, each answered in time, for longer than two seconds in all: nothing is marked."""
    page, _ = stalling  # noqa: F811
    draw_pair(page, 3, 5)
    page.evaluate(
        """() => { window.marks = 0; new MutationObserver(() => { window.marks += 1; })
          .observe(document.documentElement, {attributeFilter: ['data-waiting']});
          window.began = performance.now(); }"""
    )
    for row in range(20, 260, 20):
        draw(page, "left", [np.array([[20.0, row], [260.0, row]])])
        page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'running'")
    settled(page)
    assert page.evaluate("performance.now() - began") > LATE_MS
    assert page.evaluate("marks") == 0


def test_without_a_server_only_our_own_line_is_read(restartable, page):  # noqa: F811
    """Streamlit opens a dialog with a command for whoever started it: nobody gets to read that, nor is shut out."""
    address, stop, start = restartable
    page.goto(address.replace("127.0.0.1", "localhost"))
    shown = draw_pair(page, 3, 7)
    settled(page)
    page.evaluate(
        """() => { window.read = []; const look = () => {
          const dialog = document.querySelector('[data-testid=stDialog]');
          if (dialog?.checkVisibility()) window.read.push(dialog.innerText);
          requestAnimationFrame(look); }; look(); }"""
    )
    with page.expect_console_message(lambda message: "accidentally stopped Streamlit" in message.text, timeout=90_000):
        stop()
    expect(page.locator("[data-testid=stDialog]")).to_have_count(0)
    assert page.evaluate("read") == []
    said = page.evaluate("getComputedStyle(document.querySelector('.stApp'), '::after').content")
    assert "connection is lost" in said
    # The paper takes strokes meanwhile, and the verdict beside them is marked.
    box = canvas(page, "left").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 250, steps=5)
    page.mouse.up()
    page.wait_for_function(WAITS)
    assert distance(page) == shown
    start()
    page.wait_for_function("document.querySelector('.stApp').dataset.testConnectionState === 'CONNECTED'")
    page.wait_for_function(ANSWERED)
    settled(page)
    # A server that was started anew knows what the address holds: paper and verdict agree on it.
    same_digits(page, shown)
    paper = page.locator(".st-key-left-canvas canvas.dc-canvas.lower-canvas")
    assert paper.evaluate("canvas => canvas.getContext('2d').getImageData(30, 30, 1, 1).data[0]") in (0, 255)
