"""Train live: from *Start* to the first epoch in the chart, in a real browser."""

from __future__ import annotations

import os
import re
import time

from playwright.sync_api import Browser, expect

from benchmarks.browser import WAIT, chromium, visit, wait_until_still
from benchmarks.servers import served
from siamese.data.download import MNIST_VARIABLE, cached_mnist_path

STARTS = 5
#: While a person reads the page and makes two predictions, the server's spare process gets ready.
READING_S = 8.0


def measure(quick: bool) -> dict:
    """Seconds of each start, of MNIST's images where this machine has them, else of the built-in ones."""
    mnist = cached_mnist_path()
    settings = {} if mnist is None else {MNIST_VARIABLE: os.fspath(mnist)}
    with chromium() as browser:
        seconds = [_started(browser, settings) for _ in range(1 if quick else STARTS)]
    return {"images": "pens" if mnist is None else "mnist", "reading_s": READING_S, "first_epoch_s": seconds}


def _started(browser: Browser, settings: dict[str, str]) -> float:
    with visit(browser) as page, served("app", **settings) as server:
        page.goto(f"{server.address}/live?sayseen=90&sayunseen=77")
        page.locator(".live-chart .main-svg").first.wait_for()
        wait_until_still(page)
        page.wait_for_timeout(READING_S * 1000)
        pressed = time.perf_counter()
        page.get_by_role("button", name="Start", exact=True).click()
        figure = page.get_by_role("figure").first
        expect(figure).to_have_attribute("aria-label", re.compile("After epoch 1"), timeout=WAIT)
        return time.perf_counter() - pressed
