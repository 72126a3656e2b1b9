"""Map in a real browser: own drawings in it, pictures under the pointer, points taken to Compare, 3-D, a finger."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.browser.conftest import PHONE, canvas, draw, goto, settled, start_drawing


def drawing(digit: int) -> list[np.ndarray]:
    """Strokes of a built-in digit."""
    return pens.draw(digit, np.random.default_rng(3))


def open_map(page: Page) -> None:
    """Open Map by the navigation and wait for its chart of points that have pictures."""
    goto(page, "Map")
    drawings(page, 1)
    built_in = page.get_by_role("radio", name="built-in digits")
    if built_in.count():  # the model's own map is shown first; without MNIST its points have no pictures
        built_in.click()
        expect(page.get_by_text("these 240 points")).to_be_visible()


def drawings(page: Page, at_least: int) -> int:
    """How often the chart has been drawn; waits until it is often enough."""
    page.wait_for_function(
        "count => Number(document.querySelector('.live-chart')?.dataset.drawn ?? 0) >= count", arg=at_least
    )
    return int(page.locator(".live-chart").get_attribute("data-drawn"))


def traces(page: Page) -> dict[str, str]:
    """Name -> type of what is in the chart."""
    return dict(page.locator(".live-chart").evaluate("chart => chart.data.map(trace => [trace.name, trace.type])"))


def lonely_point(page: Page) -> tuple[float, float, int]:
    """Where on the screen a point lies that no other point is near to, and its number; once the page stands still."""
    before, now = None, _lonely_point(page)
    while before != now:
        page.wait_for_timeout(300)
        before, now = now, _lonely_point(page)
    return now


def _lonely_point(page: Page) -> tuple[float, float, int]:
    return tuple(
        page.locator(".live-chart").evaluate(
            """chart => {
              const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect();
              const points = chart._fullData.flatMap((trace) => Array.from(trace.x, (x, n) => [
                box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(trace.y[n]),
                /^\\d/.test(trace.name) ? trace.customdata[n][1] : -1,
              ])).filter(([x, y]) => Number.isFinite(x + y));
              const gap = (a) => Math.min(
                ...points.filter((b) => b !== a).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])));
              return points.filter((point) => point[2] >= 0).map((point) => [gap(point), point]).sort(
                (a, b) => b[0] - a[0])[0][1];
            }"""
        )
    )


def hover(page: Page, x: float, y: float) -> None:
    """Move the pointer over a point until its picture is there: Plotly passes over moves while it is busy."""
    picture = page.locator(".live-chart-tile")
    for step in range(100):
        page.mouse.move(x + step % 2, y)
        if picture.is_visible():
            return
        page.wait_for_timeout(200)
    expect(picture).to_be_visible()


def test_a_drawing_is_on_the_map_and_a_point_goes_to_compare(offline_server, open_page):
    """Draw on Compare, open Map: both markers are there; a clicked point takes the left digit's place on Compare."""
    page = open_page(offline_server)
    start_drawing(page)
    for side, digit in (("left", 3), ("right", 5)):
        draw(page, side, drawing(digit))
    expect(page.get_by_test_id("verdict")).to_be_visible()
    open_map(page)
    assert {"Left", "Right", "between left and right"} <= set(traces(page))
    expect(page.get_by_role("figure", name="2-dimensional map")).to_be_visible()

    page.wait_for_function(  # it fills its column and does not run over what stands beside it
        """() => {
          const chart = document.querySelector('.live-chart'), drawn = chart.querySelector('.main-svg');
          return Math.abs(chart.getBoundingClientRect().width - drawn.getBoundingClientRect().width) < 2;
        }"""
    )
    x, y, number = lonely_point(page)
    hover(page, x, y)  # its picture comes up under the pointer
    page.mouse.click(x, y)
    expect(page.get_by_test_id("chosen")).to_contain_text(f"built-in digit {number}")
    page.get_by_role("button", name="Put it on the left").click()
    expect(page.get_by_test_id("chosen")).to_contain_text("0.000 from left")

    goto(page, "Compare")
    expect(page.get_by_alt_text(re.compile(f"built-in digit {number}$"))).to_be_visible()
    canvas(page, "right").wait_for()


def test_zoom_outlives_a_click_and_3d_shows_the_same_points(offline_server, open_page):
    """The chart is updated in place: a zoomed picture stays zoomed; 3-D turns the points into space."""
    page = open_page(offline_server)
    open_map(page)
    element = page.locator(".live-chart").element_handle()
    width = "chart => chart._fullLayout.xaxis.range[1] - chart._fullLayout.xaxis.range[0]"
    before = element.evaluate(width)
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("([chart, before]) => (" + width + ")(chart) < 0.9 * before", arg=[element, before])
    zoomed, times = element.evaluate(width), drawings(page, 1)
    page.get_by_role("button", name="Choose one for me").click()
    expect(page.get_by_test_id("chosen")).to_be_visible()
    drawings(page, times + 1)
    assert "chosen point" in traces(page)
    assert abs(element.evaluate(width) - zoomed) < 1e-6

    flat, times = set(traces(page)), drawings(page, 1)
    page.get_by_role("radio", name="3-D").click()
    drawings(page, times + 1)
    assert set(traces(page)) == flat
    assert set(traces(page).values()) == {"scatter3d"}
    assert element.evaluate("chart => chart.isConnected"), "the chart was built anew"


def frames(page: Page, count: int) -> None:
    """Wait until the browser has drawn so many pictures: Plotly looks for points in space when it draws."""
    page.evaluate(
        """count => new Promise((done) => {
             const next = () => count-- > 0 ? requestAnimationFrame(next) : done();
             next();
           })""",
        count,
    )


def point_in_space(page: Page) -> tuple[float, float]:
    """Where on the screen Plotly finds a point of the map in 3-D: where a picture stays under the pointer."""
    box = page.locator(".live-chart").bounding_box()
    picture = page.locator(".live-chart-tile")
    for row in range(3, 9):
        for column in range(6, 16):
            x, y = box["x"] + box["width"] * column / 20, box["y"] + box["height"] * row / 11
            page.mouse.move(x, y)
            frames(page, 4)
            if picture.is_visible():
                frames(page, 12)  # drawn after the pointer has come: it may belong to the place before
                if picture.is_visible():
                    return x, y
    raise AssertionError("no point was found under the pointer")


def open_space(page: Page) -> None:
    """The map, with drawings, in 3-D."""
    open_map(page)
    times = drawings(page, 1)
    page.get_by_role("radio", name="3-D").click()
    drawings(page, times + 1)
    settled(page)


def test_turning_the_space_chooses_nothing(offline_server, open_page):
    """In 3-D a drag that begins on a point turns the camera and leaves the choice alone.

    Plotly tells of a click in the middle of some drags, where it drew a picture soon enough; here it comes in all.
    """
    page = open_page(offline_server)
    open_space(page)
    chart = page.locator(".live-chart")
    eye = "chart => JSON.stringify(chart._fullLayout.scene._scene.getCamera().eye)"
    for turn in range(2):
        x, y = point_in_space(page)
        before = chart.evaluate(eye)
        page.mouse.down()
        chart.evaluate("chart => chart.emit('plotly_click', { points: [{ customdata: [7] }] })")
        for step in range(1, 13):
            page.mouse.move(x + (-1) ** turn * 6 * step, y + 2 * step)
            frames(page, 2)
        page.mouse.up()
        page.wait_for_function(f"before => ({eye})(document.querySelector('.live-chart')) !== before", arg=before)
        page.wait_for_timeout(600)  # a click counts so long
        settled(page)
        expect(page.get_by_test_id("chosen")).to_have_count(0)


@pytest.mark.parametrize("pointed_at", [True, False], ids=["pointed at", "in one movement"])
def test_a_click_in_space_chooses_at_once(offline_server, open_page, pointed_at):
    """In 3-D, also where the hand shakes, and where the browser draws no picture before the button is up again."""
    page = open_page(offline_server)
    open_space(page)
    x, y = point_in_space(page)
    if not pointed_at:
        page.mouse.move(2, 2)
        expect(page.locator(".live-chart-tile")).to_be_hidden()
        frames(page, 12)
        page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1, y)
    page.mouse.up()
    expect(page.get_by_test_id("chosen")).to_be_visible()


def test_a_finger_chooses_a_point_and_scrolls_the_page(offline_server, open_page):
    """On a phone the map is within the screen, a tap chooses a point, and nothing is wider than the screen."""
    page = open_page(offline_server, viewport=PHONE, has_touch=True, is_mobile=True)
    open_map(page)
    chart = page.locator(".live-chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] < 0.75 * PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    chosen = page.get_by_test_id("chosen")
    for _ in range(5):  # a tap that comes while the chart is being laid out meets the point beside
        x, y, number = lonely_point(page)
        page.touchscreen.tap(x, y)
        expect(chosen).to_contain_text("built-in digit")
        page.wait_for_timeout(500)
        if f"built-in digit {number}" in chosen.inner_text():
            break
    expect(chosen).to_contain_text(f"built-in digit {number}")
