"""From the start of a server to the first canvas and to the first verdict, in a real browser; its memory then."""

from __future__ import annotations

import time

import numpy as np
from playwright.sync_api import Browser

from benchmarks.browser import EMPTY_CANVASES, chromium, draw, visit, wait_for_canvases, wait_until_still
from benchmarks.servers import served
from siamese.imaging import pens

STARTS = 5
#: What tells that the page has answered the two drawings.
ANSWERS = {
    "app": "[data-testid=verdict]",
    "echo": '[data-testid=verdict][data-strokes="2"]',
    "peer": "[data-testid=verdict]",
}
DIGITS = (3, 8)  # each drawn in one stroke


def measure(quick: bool) -> dict:
    """For each page, and for the app as a visitor finds it, one entry a start; pages alternate."""
    found: dict[str, list[dict[str, float]]] = {page: [] for page in [*ANSWERS, "visitor"]}
    with chromium() as browser:
        for _ in range(1 if quick else STARTS):
            for page in ANSWERS:
                found[page].append(_drawn(browser, page))
            found["visitor"].append(_visited(browser))
    return found


def _drawn(browser: Browser, name: str) -> dict[str, float]:
    """Start, open, draw a digit on each canvas as soon as they are there, wait for the answer."""
    rng = np.random.default_rng(1)
    digits = [[stroke[::3] for stroke in pens.draw(digit, rng)] for digit in DIGITS]  # fewer steps of the mouse
    with visit(browser) as page, served(name) as server:
        page.goto(server.address + EMPTY_CANVASES)
        wait_for_canvases(page)
        canvas = time.perf_counter() - server.started
        wait_until_still(page)
        for side, strokes in enumerate(digits):
            for stroke in strokes:
                draw(page, side, stroke)
        page.locator(ANSWERS[name]).wait_for()
        verdict = time.perf_counter() - server.started
        return {"canvas_s": canvas, "verdict_s": verdict, "memory_mb": server.memory_mb()}


def _visited(browser: Browser) -> dict[str, float]:
    """Start and open the app as a visitor does, whom an example pair and its verdict wait for."""
    with visit(browser) as page, served("app") as server:
        page.goto(server.address)
        page.locator(ANSWERS["app"]).wait_for()
        return {"verdict_s": time.perf_counter() - server.started, "memory_mb": server.memory_mb()}
