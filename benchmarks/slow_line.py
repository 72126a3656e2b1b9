"""A first visit over a slow phone line, with empty caches, in a real browser: bytes and seconds to the verdict."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from benchmarks.browser import chromium, visit
from benchmarks.relay import Line, relayed
from benchmarks.servers import balanced, nginx, served
from benchmarks.transfer import STREAMLIT, Counter

LINE = Line(bytes_a_second=1.5e6 / 8, round_trip_s=0.15)
VISITS = 3
PAGES = {"app": "the app", "echo": "echo", "nginx": "the app behind nginx, which compresses Streamlit's front end"}
FIRST = "[data-testid=verdict]"  # the app opens with an example pair and its verdict, the echo page with its count


def measure(quick: bool) -> dict:
    """For each page one entry a visit; pages alternate."""
    line = Line(round_trip_s=LINE.round_trip_s) if quick else LINE
    pages = [page for page in PAGES if page != "nginx" or nginx()]
    found: dict = {page: [] for page in pages}
    with chromium() as browser:
        for _ in range(1 if quick else VISITS):
            for page in pages:
                with _port(page) as port:
                    _visited(browser, port, Line())  # what a server does once is no part of a visit
                    found[page].append(_visited(browser, port, line))
    return {"bits_a_second": 8 * LINE.bytes_a_second, "round_trip_s": LINE.round_trip_s, "pages": found}


@contextmanager
def _port(page: str) -> Iterator[int]:
    with served("app" if page == "nginx" else page) as server, tempfile.TemporaryDirectory() as folder:
        if page == "nginx":
            with balanced(Path(folder), [server.port]) as (_, port):
                yield port
        else:
            yield server.port


def _visited(browser: Browser, port: int, line: Line) -> dict[str, float]:
    with relayed(port, line) as relay, visit(browser) as page:
        counter = Counter(page, relay)
        started = time.perf_counter()
        page.goto(relay.address, wait_until="commit")
        page.locator(FIRST).wait_for()
        seconds = time.perf_counter() - started
        came = counter.taken()
        return {
            "verdict_s": seconds,
            "bytes": came["wire_down"],
            "streamlit_bytes": came["owners"].get(STREAMLIT, 0),
        }


def median(visits: list[dict[str, float]], what: str) -> float:
    """The median of one measure over the visits to a page."""
    return float(np.median([visit[what] for visit in visits]))
