"""Every page at every size: no text is cut off, nothing scrolls sideways, and charts are wide enough to be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import goto, settled
from tests.browser.layout import SIZES, chart_widths, cut_off, sideways

PAGES = ("Map", "Teach it a symbol", "Accuracy", "Train live", "How it works")
#: Pixels of a chart, where the screen has them: no column beside it takes them away. Those of one kind may share a row.
READABLE = {"": 420, "accuracy per epoch": 320}


def drawn(page: Page) -> None:
    """Wait until every chart of the page is drawn, at the width that its column has."""
    settled(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('.live-chart')].every((chart) => {
             const svg = chart.querySelector('.main-svg');
             return svg && Math.abs(svg.getBoundingClientRect().width - chart.getBoundingClientRect().width) < 2;
           })"""
    )


@pytest.mark.parametrize("projector", ["", "?projector=1"], ids=["plain", "projector"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits(offline_server, open_page, size, projector):
    """One visitor walks through all pages; all that does not fit is told at once."""
    if projector and SIZES[size]["width"] < 900:
        pytest.skip("the switch enlarges nothing below 900 pixels")
    page = open_page(f"{offline_server}/{projector}", viewport=SIZES[size])
    problems = []
    for name in PAGES:
        goto(page, name)
        drawn(page)
        problems += [f"{name}: {problem}" for problem in cut_off(page)]
        if over := sideways(page):
            problems.append(f"{name}: scrolls sideways by {over} pixels")
        for chart, width in chart_widths(page).items():
            least = READABLE["accuracy per epoch" if "accuracy per epoch" in chart else ""]
            if width < min(least, 0.8 * SIZES[size]["width"]):
                problems.append(f"{name}: {chart} is {width:.0f} pixels wide")
    assert not problems, "\n".join(problems)
