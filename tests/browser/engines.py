"""Three browsers behind one small interface: Chromium by Playwright, Firefox by WebDriver BiDi, WebKit by Selenium.

Playwright drives builds of Firefox and WebKit of its own only, which are downloaded from its own server. Debian's come
without a `geckodriver`, so Firefox is spoken to directly (https://w3c.github.io/webdriver-bidi/).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import BrowserType, Page
from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.webkitgtk.service import Service
from websockets.sync.client import ClientConnection, connect

from benchmarks.browser import executable
from tests.browser.conftest import CHROMIUM, WIDE, told
from tests.programs import require

Point = tuple[float, float]  # CSS pixels from the left and the upper edge of what is visible

MINI_BROWSERS = "*-linux-gnu/webkit2gtk-4.1/MiniBrowser"
WAIT_S = 120.0  # generous, because machines differ: a wait ends when its condition holds


class Engine(Protocol):
    """A browser with one window of the size `WIDE`."""

    def open(self, address: str) -> None:
        """Load a page."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, which JSON can hold."""

    def drag(self, points: Sequence[Point]) -> None:
        """Press the mouse on the first point, go through all others, release it; a single point is a click."""

    def errors(self) -> list[str]:
        """What the console has told of errors since the start."""


class Chromium:
    """Chromium as people have it, not its headless shell, by Playwright."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._errors: list[str] = []
        page.on("console", lambda said: self._errors.append(told(said)) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._errors.append(str(error)))

    def open(self, address: str) -> None:
        self._page.goto(address)
        self._page.wait_for_selector("h1")

    def evaluate(self, expression: str) -> Any:
        return self._page.evaluate(f"() => ({expression})")

    def drag(self, points: Sequence[Point]) -> None:
        mouse = self._page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()

    def errors(self) -> list[str]:
        return self._errors


@contextlib.contextmanager
def chromium(kind: BrowserType) -> Iterator[Chromium]:
    """A started Chromium; `kind` is that of the tests' other browser, since Playwright starts once."""
    browser = kind.launch(executable_path=executable(), args=CHROMIUM)
    yield Chromium(browser.new_page(viewport=WIDE))
    browser.close()


def actions(points: Sequence[Point]) -> list[dict]:
    """The gesture of `drag` in the words that both WebDriver protocols share."""
    first, *others = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in points]
    return [first, {"type": "pointerDown", "button": 0}, *others, {"type": "pointerUp", "button": 0}]


class Firefox:
    """Firefox over WebDriver BiDi."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._errors: list[str] = []
        self._sent = 0
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._context = self._call("browsingContext.getTree")["contexts"][0]["context"]
        self._call("browsingContext.setViewport", context=self._context, viewport=WIDE)

    def _call(self, method: str, **parameters) -> dict:
        self._sent += 1
        self._connection.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(WAIT_S))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self._errors.append(message["params"]["text"])
            if message.get("id") == self._sent:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, address: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        answer = self._call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self._context},
            awaitPromise=False,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def drag(self, points: Sequence[Point]) -> None:
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions(points)}
        self._call("input.performActions", context=self._context, actions=[mouse])

    def errors(self) -> list[str]:
        self.evaluate("0")  # what was told before the answer has arrived by then
        return self._errors


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """A headless Firefox with a fresh profile."""
    require("firefox-esr", package="firefox-esr")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, tempfile.TemporaryFile("w+") as log:
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        process = subprocess.Popen(command, env=os.environ | {"HOME": profile}, stdout=log, stderr=log)
        try:
            address = waited(lambda: listening(process, log), "Firefox listens")
            with connect(f"{address}/session", proxy=None, max_size=None) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
            process.wait(20)


def listening(process: subprocess.Popen, log) -> str | None:
    """Where Firefox says that it listens, once it does."""
    log.seek(0)
    written = log.read()
    assert process.poll() is None, written
    found = re.search(r"WebDriver BiDi listening on (ws://\S+)", written)
    return found and found[1]


def waited(look: Callable[[], Any], what: str) -> Any:
    """What `look` returns as soon as it is true; `what` says what is waited for."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail(f"waited {WAIT_S:.0f} s in vain: {what}")


class WebKit:
    """WebKitGTK's own small browser over WebDriver."""

    def __init__(self, driver: webdriver.WebKitGTK, log: Path) -> None:
        self._driver, self._log = driver, log
        self._driver.set_window_size(WIDE["width"], WIDE["height"])

    def open(self, address: str) -> None:
        self._driver.get(address)

    def evaluate(self, expression: str) -> Any:
        return json.loads(self._driver.execute_script(f"return JSON.stringify({expression})") or "null")

    def drag(self, points: Sequence[Point]) -> None:
        builder = ActionBuilder(self._driver, duration=0)
        mouse = builder.pointer_action
        mouse.move_to_location(*map(round, points[0])).pointer_down()
        for x, y in points[1:]:
            mouse.move_to_location(round(x), round(y))
        mouse.pointer_up()
        builder.perform()

    def errors(self) -> list[str]:
        lines = self._log.read_text(errors="replace").splitlines()
        return [line for line in lines if "CONSOLE" in line and " ERROR" in line]


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """WebKitGTK's MiniBrowser on a screen that is not there; its console goes to a file."""
    require("WebKitWebDriver", "Xvfb", package="webkit2gtk-driver xvfb")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(next(Path("/usr/lib").glob(MINI_BROWSERS)))
    for argument in ("--automation", "--enable-write-console-messages-to-stdout=true"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, screen() as display:
        log = Path(folder) / "webkit.log"
        environment = os.environ | {"DISPLAY": display, "HOME": folder, "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        environment["WEBKIT_DISABLE_COMPOSITING_MODE"] = "1"  # half the processor time where there is no graphics card
        service = Service(shutil.which("WebKitWebDriver"), log_output=str(log), env=environment)
        driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield WebKit(driver, log)
        finally:
            driver.quit()


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """The name of a display of X11 that draws into memory."""
    size = f"{WIDE['width'] + 100}x{WIDE['height'] + 200}x24"
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield f":{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
