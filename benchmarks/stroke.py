"""From the end of a stroke to its verdict on the screen, one person, in a real browser."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress

import numpy as np
from playwright.sync_api import Browser

from benchmarks.browser import EMPTY_CANVASES, answered_ms, chromium, draw, visit, wait_for_canvases, wait_until_still
from benchmarks.drawings import fabric
from benchmarks.servers import Server, served
from siamese import Verifier
from siamese.app import links
from siamese.errors import InvalidDrawing
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from siamese.imaging.strokes import CANVAS

PAGES = ("app", "echo", "peer")
STROKES = 100
# In their upper right corner the canvases of the other two pages hide a toolbar, which would take the stroke.
BELOW_THE_TOOLBAR = (0, 32)
A_ROUND = 10  # strokes on one pair of drawings; then a new visitor starts with empty canvases


def measure(quick: bool) -> dict:
    """For each page, of every stroke, the milliseconds until it was sent, answered, and painted.

    Rounds of the pages alternate, so that all meet the same machine.
    """
    rounds, count = (1, 2) if quick else (STROKES // A_ROUND, A_ROUND)
    times: dict[str, list[tuple[float, ...]]] = {page: [] for page in PAGES}
    with ExitStack() as stack:
        servers = {page: stack.enter_context(served(page)) for page in PAGES}
        browser = stack.enter_context(chromium())
        for server in () if quick else servers.values():  # the first visitor waits for models; that is the part *start*
            _round(browser, server, np.random.default_rng(0), 1)
        for number in range(rounds):
            for page, server in servers.items():
                times[page] += _round(browser, server, np.random.default_rng(number), count)
    pages = {
        page: dict(zip(("sent_ms", "answered_ms", "shown_ms"), np.round(np.transpose(values), 1).tolist()))
        for page, values in times.items()
    }
    return {"pages": pages, "own_ms": own_steps()}


def own_steps() -> dict[str, float]:
    """Median milliseconds of what the app itself does for one stroke; the rest of an answer is Streamlit's."""
    verifier, rng = Verifier.load(), np.random.default_rng(0)
    other = from_drawing(strokes.render(pens.draw(4, rng)))
    steps: dict[str, list[float]] = {}
    for number in range(60):
        raw = fabric(pens.draw(number % 10, rng))
        marks = [time.perf_counter()]
        drawn = strokes.quantised(strokes.from_canvas(raw))
        marks.append(time.perf_counter())
        rgba = strokes.render(drawn)
        marks.append(time.perf_counter())
        image = from_drawing(rgba)
        marks.append(time.perf_counter())
        verifier.compare(image, other)
        marks.append(time.perf_counter())
        with suppress(InvalidDrawing):
            links.side_text(drawn)
        marks.append(time.perf_counter())
        names = ("reading the strokes", "drawing them", "framing the image", "comparing", "writing the link")
        for name, start, end in zip(names, marks, marks[1:]):
            steps.setdefault(name, []).append(1000 * (end - start))
    return {name: float(np.median(values[10:])) for name, values in steps.items()}


def _round(browser: Browser, server: Server, rng: np.random.Generator, count: int) -> list[tuple[float, ...]]:
    """Draw two digits, then measure short strokes added to them in turn."""
    with visit(browser) as page:
        page.goto(server.address + EMPTY_CANVASES)
        wait_for_canvases(page)
        wait_until_still(page)
        for side, digit in enumerate((3, 5)):
            for line in pens.draw(digit, rng):
                draw(page, side, BELOW_THE_TOOLBAR + line * (1, (CANVAS - BELOW_THE_TOOLBAR[1]) / CANVAS))
        page.get_by_test_id("verdict").wait_for()
        times = []
        for number in range(count):
            wait_until_still(page)
            page.wait_for_timeout(400)  # a person's pause: the browser is done with the stroke before
            start, way = rng.uniform(30, 250, 2), rng.uniform(-60, 60, 2)
            line = np.clip(start + np.linspace(0, 1, 15)[:, None] * way, 10, 270)
            times.append(answered_ms(page, number % 2, line))
    return times
