"""Every page at every size: no text is cut off, nothing scrolls sideways, and charts are wide enough to be read."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.imaging import pens
from tests.browser.conftest import draw, settled
from tests.browser.layout import PATHS, SIZES, chart_widths, cut_off, drawn, sideways

#: Pixels of a chart, where the screen has them: no column beside it takes them away. Those of one kind may share a row.
READABLE = {"": 420, "accuracy per epoch": 320}


def test_each_page_that_the_navigation_offers_is_looked_at(offline_server, open_page):
    """A new page must come into `PATHS`, by which its layout and its accessibility are tested."""
    page = open_page(offline_server)
    settled(page)
    links = page.locator(".st-key-navigation").get_by_role("link")
    assert [link.evaluate("link => link.pathname") for link in links.all()] == [f"/{path}" for path in PATHS]


def sizes_for(query: str) -> dict[str, dict[str, int]]:
    """The sizes at which a page is looked at: the projector's switch enlarges nothing below 900 pixels."""
    return {name: size for name, size in SIZES.items() if "projector" not in query or size["width"] >= 900}


@pytest.mark.parametrize("query", ["", "?projector=1"], ids=["plain", "projector"])
@pytest.mark.parametrize("path", PATHS[1:])
def test_every_page_fits(offline_server, open_page, path, query):
    """The window grows from the smallest phone to the largest screen; all that does not fit is told at once."""
    sizes = sizes_for(query)
    page = open_page(f"{offline_server}/{path}{query}", viewport=next(iter(sizes.values())))
    problems = []
    for name, size in sizes.items():
        page.set_viewport_size(size)
        drawn(page)
        problems += [f"{name}: {problem}" for problem in cut_off(page)]
        if over := sideways(page):
            problems.append(f"{name}: scrolls sideways by {over} pixels")
        for chart, width in chart_widths(page).items():
            least = READABLE["accuracy per epoch" if "accuracy per epoch" in chart else ""]
            if width < min(least, 0.8 * size["width"]):
                problems.append(f"{name}: {chart} is {width:.0f} pixels wide")
    assert not problems, "\n".join(problems)


SIDES = ("left", "right")
#: The smallest phone on its side comes on top of the sizes of all pages.
ON_ITS_SIDE = {"568x320": {"width": 568, "height": 320}}
STARTS = {
    "drawn": "/?left=d&right=d",
    "sampled": "/",
    "guess": "/?guess=1",
    "guess drawn": "/?guess=1&left=d&right=d",
    "projector": "/?projector=1&left=d&right=d",
}


@pytest.mark.parametrize("start", STARTS)
def test_both_digits_and_the_verdict_are_in_sight_on_compare(offline_server, open_page, start):
    """Before anyone scrolls, however the page is opened: no digit under 140 pixels, none beside or below the screen.

    The settings are folded away; what a stroke changes stays where it is when the verdict comes.
    """
    query = STARTS[start]
    sizes = sizes_for(query) | (ON_ITS_SIDE if "projector" not in query else {})
    page = open_page(offline_server + query, viewport=next(iter(sizes.values())))
    if "d&" in query:
        for side, digit in (("left", 3), ("right", 5)):
            draw(page, side, pens.draw(digit, np.random.default_rng(3)))
        page.get_by_test_id("verdict" if "guess" not in query else "prompt").wait_for()
    parts = {f"{side} digit": f".st-key-{side}-{'canvas' if 'd&' in query else 'side .digit.large'}" for side in SIDES}
    parts["verdict"] = ".verdict"
    if "guess" in query:
        parts["guess"] = ".st-key-guess-row"
    problems = []
    for name, size in sizes.items():
        page.set_viewport_size(size)
        settled(page)
        width, height = size.values()
        for part, selector in parts.items():
            box = page.locator(selector).bounding_box()
            right, bottom = box["x"] + box["width"], box["y"] + box["height"]
            if box["x"] < 0 or box["y"] < 0 or right > width + 0.5 or bottom > height + 0.5:
                problems.append(f"{name}: {part} ends at {right:.0f}, {bottom:.0f}")
            if "digit" in part and min(box["width"], box["height"]) < 139.5:
                problems.append(f"{name}: {part} is {box['width']:.0f} pixels wide")
        boxes = [page.locator(parts[f"{side} digit"]).bounding_box() for side in SIDES]
        if boxes[0]["x"] + boxes[0]["width"] > boxes[1]["x"] or boxes[0]["y"] != boxes[1]["y"]:
            problems.append(f"{name}: the digits do not stand beside one another")
        if page.locator(".st-key-compare-split").is_visible():
            problems.append(f"{name}: the settings are not folded away")
        problems += [f"{name}: {problem}" for problem in cut_off(page)]
        if over := sideways(page):
            problems.append(f"{name}: scrolls sideways by {over} pixels")
    assert not problems, "\n".join(problems)
