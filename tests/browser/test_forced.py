"""Colours that are not ours: a system that sets them all, and browsers that darken pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.browser import SHELL, executable
from tests.browser.conftest import CHROMIUM, WIDE, canvas, distance, goto, settled

LINK = "/?left=dVFBmRnFDhkKMRJFHlE2VV5VikmuMc3h-doCSj5yWoqCmr6bAo86e1ZTaidt-2nTVX8b_&right=p7"
MARKS = ["background-color", "background-image", "border-color", "border-width", "color", "outline-style", "box-shadow"]


def looks(element: Locator) -> str:
    """How it is painted, but for its place: what can be told from it."""
    return element.evaluate(
        "(element, marks) => marks.map((mark) => getComputedStyle(element).getPropertyValue(mark)).join('; ')", MARKS
    )


def painted(element: Locator) -> set[tuple[int, int, int]]:
    """The colours on the screen where it is that make up a hundredth of it or more."""
    image = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    return {colour for count, colour in image.getcolors(1 << 24) if count > image.width * image.height / 100}


@pytest.fixture(params=["light", "dark"])
def forced(browser: Browser, offline_server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The app on a system that sets all colours."""
    context = browser.new_context(viewport=WIDE, forced_colors="active", color_scheme=request.param)
    page = context.new_page()
    page.goto(offline_server + LINK)
    page.wait_for_selector("h1")
    settled(page)
    yield page
    context.close()


def test_where_the_system_sets_the_colours_all_that_is_chosen_can_be_told(forced):
    """Segments, toggles, the slider, the hills, the present one of the journey: by more than their place."""
    page = forced
    split = page.get_by_role("radiogroup", name="Left digit")
    chosen, other = split.get_by_role("radio", checked=True), split.get_by_role("radio", checked=False).first
    assert looks(chosen) != looks(other)
    assert looks(chosen.locator("p")) != looks(other.locator("p"))
    assert len(painted(chosen)) > 1, "its words can be read"

    switch = page.locator(".st-key-projector-switch label > span + div")
    off = painted(switch)
    assert len(off) > 1
    page.locator(".st-key-projector-switch label").click()
    settled(page)
    assert painted(switch) != off
    page.locator(".st-key-projector-switch label").click()
    settled(page)

    rail = page.locator(".stSlider [role=group] > div").first
    assert len(painted(rail)) > 1, "rail and thumb are seen"
    same, different = (page.locator(f".scale .ridge.{which}") for which in ("same", "different"))
    assert looks(same) != looks(different)
    assert len(painted(page.get_by_test_id("scale"))) > 2
    assert looks(page.locator(".key.same")) == looks(page.locator(".key.same").first)
    assert looks(page.locator(".key.same")) != looks(page.locator(".key.different"))

    page.get_by_role("button", name="Sample a pair").click()
    settled(page)
    page.locator(".st-key-history-open summary").click()
    entries = page.locator(".journey button")
    expect(entries).to_have_count(2)
    settled(page)
    assert looks(entries.first) != looks(entries.last)
    # A verdict says what it is by sign and words; its border is there.
    assert page.locator(".verdict .symbol").inner_text() in "=≠"
    assert page.locator(".verdict").evaluate("box => getComputedStyle(box).borderStyle") == "solid"


def test_where_the_system_sets_the_colours_teach_has_its_bars(forced):
    """Bars within the threshold and beyond it are seen, and are not alike."""
    page = forced
    goto(page, "Teach it a symbol")
    expect(page.get_by_test_id("rank")).to_have_count(3)
    settled(page)
    within, beyond = page.locator(".rank.within .bar").first, page.locator(".rank:not(.within) .bar").first
    assert looks(within) != looks(beyond)
    for track in page.locator(".rank .track").all():
        assert len(painted(track)) > 1


@pytest.fixture
def darkened(browser: Browser) -> Iterator[Browser]:
    """A browser that darkens every page. Its type is that of the other: Playwright starts once."""
    args = [*CHROMIUM, "--enable-features=WebContentsForceDark"]
    dark = browser.browser_type.launch(executable_path=executable(SHELL), args=args)
    yield dark
    dark.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_that_darkens_pages_changes_neither_paper_nor_verdict(browser, darkened, offline_server, scheme):
    """The same strokes have the same distance, since nothing is read back from the screen; the paper stays white."""
    found = []
    for engine in (browser, darkened):
        context = engine.new_context(viewport=WIDE, color_scheme=scheme)
        page = context.new_page()
        page.goto(offline_server + LINK)
        page.wait_for_selector("h1")
        settled(page)
        paper = Image.open(io.BytesIO(canvas(page, "left").screenshot())).convert("L")
        found.append((distance(page), paper.getpixel((20, 20))))
        assert paper.getextrema()[0] < 60, "ink is dark"
        expect(page.locator("meta[name=darkreader-lock]")).to_have_count(1)
        context.close()
    assert found[0] == found[1]
    assert found[0][1] == 255


def test_what_a_page_fetches_is_what_it_needs(browser, offline_server):
    """Compare fetches no Plotly; a page with a chart does, once: another visit has it from the browser's cache."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    came: list[str] = []

    def listen(to: Page) -> None:
        network = context.new_cdp_session(to)
        network.send("Network.enable")
        asked: dict[str, str] = {}
        network.on(
            "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
        )
        network.on(
            "Network.loadingFinished",
            lambda event: came.append(asked[event["requestId"]]) if event["encodedDataLength"] else None,
        )

    listen(page)
    page.goto(offline_server)
    page.wait_for_selector("h1")
    settled(page)
    assert not [address for address in came if re.search("plotly", address, re.IGNORECASE)]
    for visit in range(2):
        came.clear()
        other = context.new_page()
        listen(other)
        other.goto(f"{offline_server}/accuracy")
        other.locator(".live-chart .main-svg").first.wait_for()
        assert len([address for address in came if "plotly.min.js" in address]) == (0 if visit else 1)
        other.close()
    context.close()
