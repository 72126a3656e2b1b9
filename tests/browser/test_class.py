"""A lesson on the page *Class*: one big screen and two phones, one of them with a finger; limits; what fits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.app.protocol import Session
from tests.browser.conftest import address, canvas, draw, serve, settled, step
from tests.browser.test_accessibility import in_both, violations
from tests.browser.test_phone import FINGER, finger

SMALL = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
SCREEN = {"viewport": {"width": 1366, "height": 768}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, with rooms of its own."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "tmp").mkdir()
    yield from serve(folder, {"TMPDIR": str(folder / "tmp")})


def open_room(open_page, server: str, *, approval: bool = False, **settings) -> tuple[Page, str]:
    """The big screen with a new room, and the room's code."""
    page = open_page(f"{server}/class", **(settings or SCREEN))
    settled(page)
    if approval:
        page.locator(".st-key-class-open-approval label").click()
        settled(page)
    page.get_by_role("button", name="Open a room").click()
    page.get_by_test_id("entrance").wait_for()
    settled(page)
    link = page.get_by_test_id("entrance").get_attribute("data-link")
    return page, link[-4:]


def join(open_page, server: str, code: str, **settings) -> Page:
    """A phone that followed the room's link."""
    page = open_page(f"{server}/class?room={code}", **settings)
    page.get_by_role("button", name="Join this room").click()
    canvas(page, "class").wait_for()
    settled(page)
    return page


def asked(page: Page) -> int:
    """The digit that a phone is asked for."""
    return int(page.locator("h1").text_content().strip()[-1])


def send(page: Page, place: int, *, touch: bool = False, seed: int = 0) -> None:
    """Draw what is asked for and send it; wait for the next request."""
    strokes = pens.draw(asked(page), np.random.default_rng(seed))
    (finger if touch else draw)(page, "class", strokes)
    expect(step(page, "class", "clear")).to_be_enabled()
    settled(page)  # what comes with a stroke's answer can move the button under a press
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".class-place")).to_have_text(f"{place + 1} of 10")


def pictures(page: Page) -> int:
    """How many drawings the gallery shows."""
    return page.locator(".class-row button").count()


def test_a_lesson_with_one_screen_and_two_phones(server, open_page):
    """Open, join by link and by code, draw by mouse and finger, reload in the middle; the screen follows by itself."""
    screen, code = open_room(open_page, server)
    assert re.search(r"projector=1", address(screen))
    phone = join(open_page, server, code, **FINGER)
    tablet = open_page(f"{server}/class", viewport={"width": 768, "height": 1024})
    settled(tablet)
    tablet.get_by_label("The four letters on the big screen").fill(code.lower())
    tablet.get_by_role("button", name="Join", exact=True).click()
    canvas(tablet, "class").wait_for()
    send(phone, 1, touch=True)
    send(tablet, 1, seed=1)
    screen.bring_to_front()
    counts = screen.get_by_test_id("counts")
    expect(counts).to_have_attribute("data-drawings", "2")
    expect(counts).to_have_attribute("data-pupils", "2")
    expect(screen.locator(".class-row button")).to_have_count(2)
    screen.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 120")
    marked = screen.locator(".class-row button").first.element_handle()
    phone.bring_to_front()
    phone.reload()
    canvas(phone, "class").wait_for()
    expect(phone.locator(".class-place")).to_have_text("2 of 10")
    send(phone, 2, touch=True, seed=2)
    screen.bring_to_front()
    expect(screen.locator(".class-row button")).to_have_count(3)
    assert marked.evaluate("element => element.isConnected"), "what was there stands still"
    assert screen.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 120
    screen.reload()
    expect(screen.locator(".class-row button")).to_have_count(3)
    expect(screen.locator("h1")).to_have_text(f"Room {code}")


def test_no_secret_is_in_the_page_or_in_an_address(server, open_page):
    """The browser's storage holds it; the page's HTML, its address and its links do not."""
    screen, code = open_room(open_page, server)
    phone = join(open_page, server, code, **FINGER)
    for page, role in ((screen, "teacher"), (phone, "pupil")):
        token = page.evaluate("([code, role]) => JSON.parse(localStorage['siamese.class'])[code][role]", [code, role])
        assert len(token) == 43
        assert token not in page.content()
        assert token not in address(page)


def test_canvas_and_send_are_in_sight_on_the_smallest_phone(server, open_page):
    """At 320 by 568 nothing needs scrolling, nor does anything scroll sideways."""
    _, code = open_room(open_page, server)
    phone = join(open_page, server, code, **SMALL)
    for part in (phone.locator(".st-key-class-canvas"), phone.get_by_role("button", name="Send"), phone.locator("h1")):
        box = part.bounding_box()
        assert box["y"] >= 0, box
        assert box["y"] + box["height"] <= 568, box
    assert phone.locator(".st-key-class-canvas").bounding_box()["width"] >= 240
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_watching_redraws_nothing_while_nothing_comes(server, open_page):
    """Over some ticks no element of the screen is replaced, and the canvas of a phone keeps its node."""
    screen, code = open_room(open_page, server)
    phone = join(open_page, server, code, **FINGER)
    screen.bring_to_front()
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-pupils", "1")
    for page in (screen, phone):
        page.bring_to_front()
        settled(page)
        page.evaluate(
            """() => {
                window.changed = [];
                new MutationObserver((all) => {
                    for (const one of all) for (const node of [...one.addedNodes, ...one.removedNodes]) {
                        if (node.nodeType === 1) window.changed.push(node.outerHTML.slice(0, 200));
                    }
                }).observe(document.querySelector('.stMain'), {childList: true, subtree: true});
            }"""
        )
        page.wait_for_timeout(5000)
        assert page.evaluate("window.changed") == []


def test_approval_a_card_and_removal_by_the_keyboard(server, open_page):
    """A drawing waits, is approved, is found by Tab and Enter in the gallery, and is removed."""
    screen, code = open_room(open_page, server, approval=True)
    phone = join(open_page, server, code, **FINGER)
    send(phone, 1, touch=True)
    screen.bring_to_front()
    screen.get_by_role("button", name="Approve", exact=True).click()
    button = screen.locator(".class-row button")
    expect(button).to_have_count(1)
    button.focus()
    screen.keyboard.press("Enter")
    screen.get_by_role("button", name="Remove", exact=True).click()
    expect(button).to_have_count(0)


def test_no_rule_of_axe_is_broken(server, open_page):
    """The start, the way in, the big screen with its views, a phone: light and dark."""
    start = open_page(f"{server}/class")
    found = in_both(start)
    screen, code = open_room(open_page, server)
    phone = join(open_page, server, code, **FINGER)
    found += in_both(phone)
    send(phone, 1, touch=True)
    screen.bring_to_front()
    expect(screen.locator(".class-row button")).to_have_count(1)
    found += in_both(screen)
    screen.locator(".class-row button").click()
    screen.get_by_role("button", name="Remove", exact=True).wait_for()
    for view in ("Figures", "Map", "Hardest pairs"):
        screen.get_by_role("radio", name=view).click()
        settled(screen)
        found += violations(screen)
    assert not found, "\n".join(found)


def test_forged_messages_reach_no_further_than_their_session(server, open_page):
    """Junk in place of what the browser keeps, clocks and clicks that no page sends: the room stays as it was."""
    screen, code = open_room(open_page, server)
    with Session(server, "class", f"room={code}") as session:
        forged = json.dumps({"rooms": {code: {"teacher": "x"}}, "code": code, "role": "teacher"})
        for value in (None, 7, "{", forged, ["x"] * 1000):
            session.run(session.event("class.keys", "found", value))
            assert not session.errors, value
        assert "data-pupils" not in session.html
    assert urlsplit(address(screen)).path.endswith("class")
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-pupils", "0")
