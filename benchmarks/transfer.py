"""Bytes to open each page, to come back to it when nothing has changed, and to answer a stroke; in a real browser."""

from __future__ import annotations

import re
from collections import Counter as Counts
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, Page, WebSocket

from benchmarks.browser import EMPTY_CANVASES, chromium, draw, visit, wait_for_canvases, wait_until_still
from benchmarks.relay import Relay, relayed
from benchmarks.servers import served
from siamese.imaging import pens

#: name in the navigation -> path
PAGES = {"Compare": "", "Map": "map", "Teach it a symbol": "teach", "Accuracy": "accuracy", "How it works": "how"}
STROKES = 10
QUIET_MS = 2000


#: Whose a file is, by its address: the first that fits. What is not named here is Streamlit's own front end.
OWNERS = {
    "Plotly": r"/component/[^/]*plotly[^/]*/",
    "the canvas": r"/_stcore/bidi-components/streamlit-drawable-canvas",
    "pictures": r"(?<!/static)/media/",  # below /static lie Streamlit's fonts
}
STREAMLIT = "Streamlit"


def owner(address: str) -> str:
    """Whose the file at an address is: one of `OWNERS`, or Streamlit's."""
    path = urlsplit(address).path
    return next((name for name, pattern in OWNERS.items() if re.search(pattern, path)), STREAMLIT)


class Counter:
    """Counts what a page brings and sends: files over HTTP, messages, and all of it as it is on the wire.

    Files are counted as they come, compressed or not, with their headers; what a cache holds does not come.
    """

    def __init__(self, page: Page, relay: Relay) -> None:
        self._relay = relay
        self._count: Counts = Counts()
        self._owners: Counts = Counts()
        self._addresses: dict[str, str] = {}
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.loadingFinished", self._came)
        page.on("websocket", self._listen)
        self.taken()

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda content: self._add("received", len(content)))
        socket.on("framesent", lambda content: self._add("sent", len(content)))

    def _asked(self, event: dict) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict) -> None:
        count = max(0, int(event["encodedDataLength"]))
        self._count["files"] += count
        self._owners[owner(self._addresses.get(event["requestId"], ""))] += count

    def _add(self, what: str, count: float) -> None:
        self._count[what] += max(0, int(count))

    def taken(self) -> dict:
        """What was counted since the last time; `owners` are the files by whose they are."""
        wire = {"wire_down": self._relay.down, "wire_up": self._relay.up}
        result = {"files": 0, "received": 0, "sent": 0} | self._count | wire | {"owners": dict(self._owners)}
        self._count, self._owners = Counts(), Counts()
        self._relay.down = self._relay.up = 0
        return result


def measure(quick: bool) -> dict:
    """For each page its bytes, and for Compare those of strokes."""
    pages = ["Compare"] if quick else PAGES
    result: dict = {"open": {}, "again": {}, "later": {}, "strokes": []}
    with served("app") as server, relayed(server.port) as relay, chromium() as browser:
        for name in pages:
            result["open"][name], result["again"][name], result["later"][name] = _opened(browser, relay, name)
        result["strokes"] = _strokes(browser, relay, 2 if quick else STROKES)
    return result


def _opened(browser: Browser, relay: Relay, name: str) -> tuple[dict, dict, dict]:
    """The bytes of a first visit with empty caches, of coming back from another page, and of a visit on another day."""
    with visit(browser) as page:
        counter = Counter(page, relay)
        page.goto(f"{relay.address}/{PAGES[name]}")
        _stand_still(page, relay)
        first = counter.taken()
        _go(page, relay, "How it works" if name == "Compare" else "Compare")
        counter.taken()
        _go(page, relay, name)
        again = counter.taken()
        later = page.context.new_page()  # with the caches of the first visit
        page.close()
        counter = Counter(later, relay)
        later.goto(f"{relay.address}/{PAGES[name]}")
        _stand_still(later, relay)
        return first, again, counter.taken()


def _go(page: Page, relay: Relay, name: str) -> None:
    page.locator(".st-key-navigation").get_by_role("link", name=name).click()
    page.wait_for_url(lambda url: urlsplit(url).path.strip("/") == PAGES[name])
    _stand_still(page, relay)


def _stand_still(page: Page, relay: Relay) -> None:
    """Wait until the page is drawn and nothing has come for a while: a chart asks for its library late."""
    page.locator("h1").wait_for()
    came = -1
    while came != relay.down:
        came = relay.down
        page.wait_for_timeout(QUIET_MS)
        wait_until_still(page)


def _strokes(browser: Browser, relay: Relay, count: int) -> list[dict]:
    """The bytes that each of some strokes sends and brings."""
    rng = np.random.default_rng(0)
    with visit(browser) as page:
        counter = Counter(page, relay)
        page.goto(relay.address + EMPTY_CANVASES)
        wait_for_canvases(page)
        wait_until_still(page)
        counter.taken()
        drawn: list[dict] = []
        while len(drawn) < count:
            side = len(drawn) % 2
            for stroke in pens.draw(int(rng.integers(10)), rng)[:1]:
                draw(page, side, stroke)
                _stand_still(page, relay)
                drawn.append(counter.taken())
    return drawn
