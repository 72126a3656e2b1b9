"""When the device changes from light to dark, an open page does, too: at sunset, in the middle of a lesson."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from siamese.charts.palette import DARK, LIGHT, Palette, rgb
from tests.browser.conftest import change_over, distance, draw, goto, settled, step
from tests.browser.test_compare import draw_pair, drawing


def told(colour: str) -> str:
    """A colour such as #0b5cad as a browser tells it."""
    return f"rgb({', '.join(f'{channel:.0f}' for channel in rgb(colour))})"


def in_colours(page: Page, palette: Palette) -> None:
    """Fails unless the words and the first line of the chart are in the colours of `palette`."""
    chart = page.locator(".st-key-chart-threshold")
    expect(chart.locator(".xtitle")).to_have_css("fill", told(palette.text))
    expect(chart.locator(".legendlines path").first).to_have_css("stroke", told(palette.splits["seen"]))


def test_charts_change_their_colours(offline_server, open_page):
    """There and back, without a reload."""
    page = open_page(offline_server)
    goto(page, "Accuracy")
    in_colours(page, LIGHT)
    change_over(page)
    in_colours(page, DARK)
    change_over(page)
    in_colours(page, LIGHT)


def test_a_change_that_the_server_missed_is_told_again(offline_server, open_page):
    """What the page asked for was lost: it asks once more."""
    page = open_page(offline_server)
    goto(page, "Accuracy")
    in_colours(page, LIGHT)
    settled(page)
    page.evaluate(
        """() => {
            const { send } = WebSocket.prototype;
            window.missed = 0;
            WebSocket.prototype.send = function (content) {
                if (window.missed) return send.call(this, content);
                window.missed += 1;
            };
        }"""
    )
    change_over(page)
    assert page.evaluate("window.missed") == 1
    in_colours(page, DARK)


def test_drawings_stay_and_take_strokes(offline_server, open_page):
    """Two drawn digits keep their distance, and the next stroke lands on what was drawn."""
    page = open_page(offline_server)
    before = draw_pair(page, 3, 5)
    change_over(page)
    assert distance(page) == before
    draw(page, "right", drawing(7))
    expect(page.get_by_test_id("verdict")).not_to_have_attribute("data-distance", f"{before:.6f}")
    step(page, "right", "undo").click()
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-distance", f"{before:.6f}")


def test_a_theme_fixed_in_the_address_stays(offline_server, open_page):
    """Who embeds the page in dark sees no change when the device changes over."""
    page = open_page(f"{offline_server}/accuracy?embed=true&embed_options=dark_theme")
    in_colours(page, DARK)
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    settled(page)
    in_colours(page, DARK)
    assert not page.locator("[data-stale=true]").count()
