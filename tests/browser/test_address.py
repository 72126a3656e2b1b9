"""The address of a page holds its state: opened elsewhere, or again, it shows the same."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.browser.conftest import (
    PHONE,
    WIDE,
    address,
    canvas,
    distance,
    draw,
    goto,
    open_settings,
    settled,
    start_drawing,
    threshold_to,
    verdict,
)


def parameters(page: Page) -> dict[str, list[str]]:
    """What the address says now."""
    return parse_qs(urlsplit(address(page)).query)


def test_two_drawings_travel_by_a_link(offline_server, open_page):
    """Copy link takes the address to the clipboard; on another machine, a phone, it shows the same pair."""
    page = open_page(offline_server, permissions=["clipboard-read", "clipboard-write"])
    before = page.evaluate("history.length")
    start_drawing(page)
    draw(page, "left", pens.draw(4, np.random.default_rng(1)))
    draw(page, "right", pens.draw(7, np.random.default_rng(1)))
    verdict(page)
    threshold_to(page, "ArrowRight")
    page.wait_for_function("location.search.includes('right=d') && new URLSearchParams(location.search).has('t')")
    assert page.evaluate("history.length") == before
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == address(page)
    assert len(urlsplit(link).query) <= 1500
    said = verdict(page).locator(".words").text_content()

    other = open_page(link, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(verdict(other).locator(".words")).to_have_text(said)
    assert distance(other) == distance(page)
    assert parameters(other)["t"] == parameters(page)["t"]
    for side in ("left", "right"):
        ink = canvas(other, side).evaluate(
            """top => {
                const paper = top.parentElement.querySelector('canvas.lower-canvas');
                const pixels = paper.getContext('2d').getImageData(0, 0, paper.width, paper.height).data;
                return pixels.filter((value, index) => index % 4 == 0 && value < 128).length;
            }"""
        )
        assert ink > 500, "the drawing is on the canvas"

    for _ in range(2):
        other.reload()
        expect(verdict(other).locator(".words")).to_have_text(said)
        assert distance(other) == distance(page)
    assert urlsplit(address(other)).query == urlsplit(link).query


@pytest.mark.parametrize("shape", [WIDE, PHONE], ids=["wide", "phone"])
def test_copying_moves_nothing(offline_server, open_page, shape):
    """Without a clipboard, as over plain http in a classroom, the link is copied the old way; nothing moves."""
    page = open_page(offline_server, viewport=shape, permissions=[])
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    settled(page)
    places = """() => ['h1', '.st-key-left-canvas, .digit.large', '.verdict']
      .map((part) => JSON.stringify(document.querySelector(part).getBoundingClientRect()))"""
    page.get_by_role("button", name="Copy link").scroll_into_view_if_needed()
    before = page.evaluate(places)
    page.get_by_role("button", name="Copy link").click()
    said = page.get_by_text("Copied.")
    expect(said).to_be_visible()
    assert page.evaluate(places) == before
    box = said.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= shape["width"]


def test_a_sampled_pair_and_its_model_travel_by_a_link(mnist_server, offline_server, open_page):
    """The same two MNIST images, the same distance to the last digit; a server without MNIST says so."""
    page = open_page(mnist_server)
    open_settings(page)
    page.get_by_text("unseen: 0, 1, 8, 9").click()
    settled(page)
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=re.compile("Baseline")).click()
    settled(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sample a pair").click()
    page.wait_for_function("location.search.includes('model=baseline') && location.search.includes('split=unseen')")
    settled(page)
    link, shown = address(page), distance(page)
    alt = [picture.get_attribute("alt") for picture in page.locator(".digit.large").all()]
    assert all("MNIST test image" in text for text in alt)

    other = open_page(link)
    assert distance(other) == shown
    assert [picture.get_attribute("alt") for picture in other.locator(".digit.large").all()] == alt

    without = open_page(link.replace(mnist_server, offline_server))
    expect(without.get_by_text("which is not on this machine").first).to_be_visible()
    verdict(without)


def test_the_other_pages_have_addresses_too(offline_server, open_page):
    """What was chosen on Map, Accuracy and How it works is there again; one page's parameters stay off another's."""
    page = open_page(offline_server)
    page.get_by_role("link", name="Map").first.click()
    page.get_by_text("3-D", exact=True).click()
    page.wait_for_function("location.search.includes('dim=3')")
    other = open_page(address(page))
    expect(other.get_by_role("radio", name="3-D")).to_be_checked()

    page.get_by_role("link", name="Accuracy").first.click()
    page.get_by_role("heading", name="How accurate is it?").wait_for()
    for digit in ("1", "9"):
        page.locator(".st-key-accuracy-own").get_by_role("button", name=digit, exact=True).click()
        settled(page)
    page.wait_for_function("location.search.includes('own=19')")
    assert "dim" not in parameters(page)
    other = open_page(address(page))
    expect(other.get_by_text("own: 1, 9").first).to_be_visible()

    page.get_by_role("link", name="Teach it a symbol").first.click()
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("location.search.includes('s1=')")
    settled(page)
    names = page.get_by_test_id("known").all_text_contents()
    other = open_page(address(page))
    expect(other.get_by_test_id("known")).to_have_count(len(names))
    expect(other.get_by_test_id("prompt")).to_be_visible()


def test_a_hostile_link_is_ignored_gently(offline_server, open_page):
    """Every parameter is wrong: the page says so, shows its example pair, and can be used."""
    hostile = "?model=../../etc&t=nan&split=<b>&pair=x&left=d!!&right=m99999999&own=zz&s1=<script>alert(1)</script>"
    page = open_page(offline_server + "/" + hostile)
    expect(page.get_by_text("could not be used and was left out").first).to_be_visible()
    verdict(page)
    assert page.locator(".stMain script").count() == 0
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("could not be used")).to_have_count(0)


def test_a_notice_about_a_link_goes_with_its_page(offline_server, open_page):
    """It says what is allowed, stays while one is on the page, and is gone on the next one and on coming back."""
    page = open_page(f"{offline_server}/live?push=2.0")
    notice = page.get_by_text("The link's margin could not be used")
    expect(notice).to_contain_text("it may be a number between 0.4 and 1.6")
    page.get_by_role("radio", name="Contrastive").click()
    expect(page.get_by_role("slider", name="Margin")).to_be_visible()
    expect(notice).to_be_visible()
    for name, title in (("Map", "A map"), ("Train live", "Train live")):
        goto(page, name)
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
        settled(page)
        expect(notice).to_have_count(0)


def test_a_notice_outlives_being_led_on(offline_server, open_page):
    """/compare leads on to the page at /: what is said of its link is still there."""
    page = open_page(f"{offline_server}/compare?t=9")
    verdict(page)
    settled(page)
    expect(page.get_by_text("The link's threshold could not be used")).to_be_visible()


def test_compare_is_found_by_its_name(mnist_server, open_page):
    """/compare, as somebody types it, opens the page that lives at /, with what its address holds."""
    page = open_page(f"{mnist_server}/compare?left=m5&right=m7")
    expect(page.get_by_role("heading", name="Same digit, or different?")).to_be_visible()
    verdict(page)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    page.wait_for_function("location.search")
    assert parameters(page)["left"] == ["m5"]
    assert parameters(page)["right"] == ["m7"]


@pytest.fixture
def course_page(offline_server: str) -> Iterator[str]:
    """The address of another site's page with the app in two frames: the second may use the clipboard."""
    frames = (("a", ""), ("b", 'allow="clipboard-write"'))
    source = f"{offline_server}/?embed=true&embed_options=light_theme"
    told = "".join(
        f'<iframe name="{name}" src="{source}" width="1100" height="420" {more}></iframe>' for name, more in frames
    )

    class Course(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>A course</title><h1>A course</h1>{told}".encode())

        def log_message(self, *_) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Course)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"  # another name than the app's, so another site
    server.shutdown()
    thread.join()
    server.server_close()


def test_in_a_frame_it_stays_embedded_and_says_only_what_is_so(browser, course_page):
    """The frame's address stays an embedded one from page to page; *Copied.* is said where the line has been copied."""
    context = browser.new_context(viewport=WIDE, permissions=["clipboard-write"])  # the shell has nobody to ask
    page = context.new_page()
    page.goto(course_page)
    for name, may in (("a", False), ("b", True)):
        frame = page.frame(name)
        frame.wait_for_function("location.search.includes('left=')")
        query = parse_qs(urlsplit(frame.evaluate("location.href")).query)
        assert query["embed"] == ["true"]
        assert query["embed_options"] == ["light_theme"]
        frame.get_by_role("button", name="Copy link").click()
        line = frame.locator(".copy-link input").first
        if may:
            expect(frame.get_by_text("Copied.", exact=True)).to_be_visible()
            expect(line).to_be_hidden()
        else:
            expect(frame.get_by_text("Copy this line.", exact=True)).to_be_visible()
            expect(line).to_be_visible()
            assert line.evaluate("line => line.selectionEnd - line.selectionStart === line.value.length")
            # Whoever gets it opens the app by itself.
            assert "left=" in line.input_value()
            assert "embed" not in line.input_value()
        frame.get_by_role("link", name="Map").click()
        frame.wait_for_function("location.pathname === '/map'")
        expect(frame.get_by_role("heading", level=1)).to_have_text("A map of what the network sees")
        frame.wait_for_function("location.search.includes('left=')")
        assert frame.evaluate("new URLSearchParams(location.search).get('embed')") == "true"
    context.close()
