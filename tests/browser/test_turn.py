"""Turn it in a real browser: opened, turned by the keyboard and by dragging, a 6 that is a 9, a link, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from siamese import Verifier
from tests.browser.conftest import address, settled, verdict
from tests.browser.layout import SIZES, cut_off, sideways
from tests.browser.test_accessibility import in_both, violations

TITLE = "where does same end?"
PHONE = {"width": 320, "height": 640}


def distance(page: Page) -> float:
    """The distance that the part shows."""
    return float(page.get_by_test_id("turned").get_attribute("data-distance"))


def picture(page: Page) -> str:
    """The right digit as it is seen, as a data URL."""
    return page.locator(".turntable img").get_attribute("src")


def opened(page: Page) -> Page:
    """The page, once the part and its chart are there."""
    page.get_by_test_id("turned").wait_for()
    page.locator(".st-key-turn .live-chart .main-svg").first.wait_for()
    settled(page)
    return page


def slide(page: Page, name: str, keys: list[str]) -> None:
    """Press keys on the slider of one value of the view, and wait for the answer."""
    handle = page.locator(f".st-key-turn-{name}").get_by_role("slider")
    handle.focus()
    for key in keys:
        handle.press(key)
    settled(page)


def test_closed_it_fetches_no_library_and_opened_it_follows_the_keyboard(offline_server, open_page):
    """One press opens it; on a slider's arrow and End the picture, the distance and the address follow."""
    page = open_page(offline_server + "/?left=p30&right=p31")
    verdict(page)
    settled(page)
    assert page.evaluate("window.Plotly === undefined && window.siamesePlotly === undefined")
    page.get_by_text(TITLE).click()
    opened(page)
    before, shown = distance(page), picture(page)
    assert before == float(verdict(page).get_attribute("data-distance"))
    slide(page, "angle", ["End"])
    expect(page.get_by_test_id("turned")).not_to_have_attribute("data-distance", f"{before:.6f}")
    assert picture(page) != shown
    page.wait_for_function("location.search.includes('turn=1&angle=180')")
    slide(page, "angle", ["ArrowLeft"])
    page.wait_for_function("location.search.includes('angle=179')")
    slide(page, "blur", ["End"])
    expect(page.get_by_role("figure", name=re.compile("Distance against blur"))).to_be_visible()
    page.wait_for_function("location.search.includes('curve=blur')")
    other = opened(open_page(address(page)))
    assert (distance(other), picture(other)) == (distance(page), picture(page))
    expect(other.get_by_role("figure", name=re.compile("Distance against blur"))).to_be_visible()
    page.bring_to_front()
    page.get_by_role("button", name="Reset").last.click()
    expect(page.get_by_test_id("turned")).to_have_attribute("data-distance", f"{before:.6f}")


def test_a_six_and_its_turned_self_are_different_digits(offline_server, open_page):
    """One press: a 6 on both sides, the right one upside down: the network says different, and it looks like a 9."""
    page = opened(open_page(offline_server + "/?turn=1"))
    page.get_by_role("button", name="Try a 6 and its turned self").click()
    turned = page.get_by_test_id("turned")
    expect(turned).to_contain_text("Different digits")
    expect(turned).to_contain_text("looks like a 9 now")
    expect(page.get_by_test_id("ends")).to_contain_text("The verdict is same from")
    assert distance(page) > Verifier.load().threshold
    assert float(verdict(page).get_attribute("data-distance")) == 0, "above, the 6 and itself"


def test_the_picture_is_turned_by_dragging(offline_server, open_page):
    """From its right edge down to its lower edge: a quarter of a turn, clockwise; the slider goes with it."""
    page = opened(open_page(offline_server + "/?turn=1&left=p30&right=p31"))
    page.locator(".turntable").scroll_into_view_if_needed()
    box = page.locator(".turntable").bounding_box()
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.4 * box["width"]
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for across, down in ((0.92, 0.38), (0.71, 0.71), (0.38, 0.92), (0, 1)):
        page.mouse.move(x + across * radius, y + down * radius)
    page.mouse.up()
    page.wait_for_function("/angle=(89|90|91)&/.test(location.search)")
    settled(page)
    expect(page.locator(".st-key-turn-angle")).to_contain_text(re.compile("(89|90|91)°"))
    assert page.locator(".turntable img").evaluate("image => image.style.transform") == ""


def test_a_phone_shows_it_without_scrolling_sideways(offline_server, open_page):
    """At 320 pixels three pictures stand side by side, two sliders beside one another, and the chart fits."""
    page = opened(open_page(offline_server + "/?turn=1&left=p30&right=p31", viewport=PHONE))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tops = page.evaluate(
        "() => [...document.querySelectorAll('.st-key-turn-pictures .digit, .turntable')]"
        ".map((box) => Math.round(box.getBoundingClientRect().top))"
    )
    assert len(tops) == 3
    assert max(tops) - min(tops) <= 1
    for place in page.locator(".turntable, .st-key-turn .live-chart, .turn-answer").all():
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize(
    ("query", "sizes"),
    [("", ("320x568", "768x1024", "1280x900")), ("&projector=1", ("1366x768", "1920x1080"))],
    ids=["plain", "projector"],
)
def test_it_fits_and_breaks_no_rule(offline_server, open_page, query, sizes):
    """Nothing is cut off, nothing scrolls sideways, and axe-core finds nothing, be it light or dark."""
    start = f"{offline_server}/?turn=1&angle=180&left=p148&right=p148{query}"
    page = opened(open_page(start, viewport=SIZES[sizes[0]]))
    found = violations(page)
    for size in sizes:
        page.set_viewport_size(SIZES[size])
        settled(page)
        assert not cut_off(page), size
        assert not sideways(page), size
    assert not found + in_both(page)
