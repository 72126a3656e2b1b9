"""Bytes to open each page, to come back to it when nothing has changed, and to answer a stroke; in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.browser import EMPTY_CANVASES, chromium, draw, visit, wait_for_canvases, wait_until_still
from benchmarks.servers import Server, served
from siamese import pens

#: name in the navigation -> path
PAGES = {"Compare": "", "Map": "map", "Teach it a symbol": "teach", "Accuracy": "accuracy", "How it works": "how"}
STROKES = 10


class Counter:
    """Counts what a page receives and sends: files over HTTP as they are on the wire, and messages."""

    def __init__(self, page: Page) -> None:
        self.files = self.received = self.sent = 0
        self._network: CDPSession = page.context.new_cdp_session(page)
        self._network.send("Network.enable")
        self._network.on("Network.loadingFinished", self._file)
        page.on("websocket", lambda socket: (socket.on("framereceived", self._in), socket.on("framesent", self._out)))

    def _file(self, event: dict) -> None:
        self.files += max(0, int(event["encodedDataLength"]))

    def _in(self, content: bytes | str) -> None:
        self.received += len(content)

    def _out(self, content: bytes | str) -> None:
        self.sent += len(content)

    def taken(self) -> dict[str, int]:
        """What was counted since the last time."""
        result = {"files": self.files, "received": self.received, "sent": self.sent}
        self.files = self.received = self.sent = 0
        return result


def measure(quick: bool) -> dict:
    """For each page its bytes, and for Compare those of strokes."""
    pages = ["Compare"] if quick else PAGES
    result: dict = {"open": {}, "again": {}, "strokes": []}
    with served("app") as server, chromium() as browser:
        for name in pages:
            result["open"][name], result["again"][name] = _opened(browser, server, name)
        result["strokes"] = _strokes(browser, server)
    return result


def _opened(browser: Browser, server: Server, name: str) -> tuple[dict, dict]:
    """The bytes of a first visit with empty caches, and of coming back from another page."""
    with visit(browser) as page:
        counter = Counter(page)
        page.goto(f"{server.address}/{PAGES[name]}")
        _stand_still(page)
        first = counter.taken()
        _go(page, "How it works" if name == "Compare" else "Compare")
        counter.taken()
        _go(page, name)
        return first, counter.taken()


def _go(page: Page, name: str) -> None:
    page.locator(".st-key-navigation").get_by_role("link", name=name).click()
    page.wait_for_url(lambda url: urlsplit(url).path.strip("/") == PAGES[name])
    _stand_still(page)


def _stand_still(page: Page) -> None:
    """Wait until the page is drawn and nothing is under way any more."""
    page.locator("h1").wait_for()
    page.wait_for_timeout(1000)
    page.wait_for_load_state("networkidle")
    wait_until_still(page)


def _strokes(browser: Browser, server: Server) -> list[dict]:
    """The bytes that each of some strokes sends and brings."""
    rng = np.random.default_rng(0)
    with visit(browser) as page:
        counter = Counter(page)
        page.goto(server.address + EMPTY_CANVASES)
        wait_for_canvases(page)
        wait_until_still(page)
        counter.taken()
        drawn: list[dict] = []
        while len(drawn) < STROKES:
            side = len(drawn) % 2
            for stroke in pens.draw(int(rng.integers(10)), rng)[:1]:
                draw(page, side, stroke)
                _stand_still(page)
                drawn.append(counter.taken())
    return drawn
