"""A real server and a real browser; helpers that draw as a person does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from benchmarks.browser import CHROMIUM, SHELL, executable
from siamese.charts.palette import DARK, LIGHT, PROJECTED_DARK, PROJECTED_LIGHT
from tests.conftest import ROOT

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT = 30_000  # ms; generous, because machines differ: a wait ends when its condition holds
expect.set_options(timeout=WAIT)
# With a camera, and leave to use it.
CHROMIUM = [*CHROMIUM, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, as headless shell where that is installed; CI must have it, elsewhere its absence skips."""
    path = executable(SHELL)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must run the browser tests: install chromium")
        pytest.skip("needs Chromium (apt install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield chromium
        chromium.close()


def free_port() -> int:
    """A port on which nothing listens just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def serve(
    folder: Path,
    settings: dict[str, str],
    *,
    port: int | None = None,
    clean: bool = True,
    bind: bool = True,
    end: signal.Signals = signal.SIGTERM,
) -> Iterator[str]:
    """The address of a server of the app, which runs until the iteration ends.

    Args:
        clean: whether its log must be free of tracebacks of ours.
        bind: whether it listens on this machine alone; else on all addresses, as `make run` does.
        end: the signal that ends it.
    """
    port = port or free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIAMESE_")}
    environment |= {"HOME": str(folder), "KERAS_HOME": str(folder / "keras"), "SIAMESE_DOWNLOAD": "0", **settings}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1"] if bind else []
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                if server.poll() is not None:
                    break
                time.sleep(0.1)
        else:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        yield address
    finally:
        server.send_signal(end)
        server.wait(20)
    written = log.read_text()
    # A browser that leaves in the middle of a message makes uvicorn log a traceback; one of ours names our files.
    if clean:
        assert f"{ROOT}/siamese" not in written, written
        assert f"{ROOT}/app.py" not in written, written


@pytest.fixture(scope="session")
def offline_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app's address on a machine without MNIST and without a network."""
    yield from serve(tmp_path_factory.mktemp("offline"), {})


@pytest.fixture(scope="session")
def mnist_server(tmp_path_factory: pytest.TempPathFactory, mnist_file: Path) -> Iterator[str]:
    """The app's address on a machine that has MNIST."""
    yield from serve(tmp_path_factory.mktemp("mnist"), {"SIAMESE_MNIST": str(mnist_file)})


class Profiles:
    """Browser contexts that tests use one after another: what an earlier page has fetched need not be fetched again.

    A test gets one without cookies, whose storage is empty for the server that its last test ended on, and never one
    that it already has.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._used: list[tuple[str, BrowserContext]] = []

    def new_page(self, **settings) -> Page:
        """A page in a context of these settings."""
        key = repr(sorted(settings.items()))
        free = self._free.setdefault(key, [])
        context = free.pop() if free else self._browser.new_context(**settings)
        self._used.append((key, context))
        return context.new_page()

    def put_back(self) -> None:
        """Close all pages, and empty the contexts for the next test; one that has left the app is not used again."""
        while self._used:
            key, context = self._used.pop()
            if not all(page.url.startswith("http") for page in context.pages):
                context.close()
                continue
            for page in context.pages:
                page.evaluate("localStorage.clear()")
                page.close()
            context.clear_cookies()
            self._free[key].append(context)


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    """The contexts of this session's browser."""
    return Profiles(browser)


@pytest.fixture
def open_page(profiles: Profiles) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser context of its own; the test fails on any console error or error box.

    Where a test takes a page's server or network away, `complains` says that its console may tell of that.
    """
    pages, errors = [], []

    def opened(address: str, *, cookies: dict[str, str] | None = None, complains: bool = False, **settings) -> Page:
        page = profiles.new_page(**{"viewport": WIDE, **settings})
        for name, value in (cookies or {}).items():
            page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.set_default_timeout(WAIT)
        if not complains:
            page.on("console", lambda message: errors.append(told(message)) if _is_error(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_selector("h1")
        pages.append(page)
        return page

    yield opened
    boxes = [page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() for page in pages]
    profiles.put_back()
    assert not errors
    assert not any(boxes), "an error box is on the page"


def _is_error(message: ConsoleMessage) -> bool:
    # Streamlit looks for its server below a page's own path first, and is told that it is not there.
    return message.type == "error" and not re.search("//[^/]+/[^/]+/_stcore/", message.location["url"])


def told(message: ConsoleMessage) -> str:
    """What a console told, and of which address."""
    return f"{message.text} ({message.location['url']})"


def canvas(page: Page, side: str) -> Locator:
    """The drawing surface of one side (the canvas that takes the pointer)."""
    return page.locator(f":is(.st-key-{side}-canvas, .st-key-{side}-drawing) canvas.upper-canvas")


def settled(page: Page) -> None:
    """Wait until the app has answered: until then the canvas may still be replaced by an empty one."""
    page.bring_to_front()  # the browser draws a tab behind another one hardly at all
    # What was still before the last gesture does not count.
    page.evaluate("window.stillSince = undefined")
    page.wait_for_function(
        """() => {
            const app = document.querySelector("[data-testid=stApp]");
            // A skeleton holds the place of an element whose code the browser is still fetching.
            const still = app.dataset.testScriptState === "notRunning"
                && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
            if (!still) window.stillSince = undefined;
            else window.stillSince ??= performance.now();
            return still && performance.now() - window.stillSince > 250;
        }"""
    )


def change_over(page: Page) -> None:
    """The device changes from light to dark, or back; wait until the page has followed."""
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    # The colours that the script chooses come with its next run.
    grounds = [palette.background for palette in ((LIGHT, PROJECTED_LIGHT) if dark else (DARK, PROJECTED_DARK))]
    expect(page.locator("[data-testid=stApp]")).to_have_css("--background", re.compile("|".join(grounds)))
    settled(page)


def open_settings(page: Page) -> None:
    """Unfold Compare's settings."""
    page.locator(".st-key-settings button").first.click()
    page.locator(".st-key-compare-split").wait_for()


def guess_first(page: Page) -> None:
    """Turn *Guess first* on, and fold the settings away again."""
    open_settings(page)
    page.locator(".st-key-guess-first label").click()
    page.keyboard.press("Escape")
    page.locator(".st-key-guess-row").or_(page.get_by_test_id("round")).first.wait_for()


def step(page: Page, which: str, name: str) -> Locator:
    """The button *Undo*, *Redo* or *Clear*, by its name in lower case, of one sheet."""
    return page.locator(f".st-key-{which}-steps button[name={name}]")


def draw_on(page: Page, side: str) -> None:
    """Turn one side to drawing and wait for its canvas."""
    page.locator(f".st-key-{side}-mode").get_by_role("radio", name="Draw").click()
    canvas(page, side).wait_for()


def start_drawing(page: Page) -> None:
    """Turn both sides to drawing and wait for their canvases."""
    page.get_by_role("button", name="Draw both").click()
    for side in ("left", "right"):
        canvas(page, side).wait_for()


def draw(page: Page, side: str, strokes: list[np.ndarray]) -> None:
    """Draw strokes (in canvas units) with the mouse, once the page stands still."""
    settled(page)
    for stroke in strokes:
        box = canvas(page, side).bounding_box()
        points = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def tap_dot(page: Page, side: str) -> None:
    """Click once in the middle of a canvas: a dot."""
    canvas(page, side).click()


def address(page: Page) -> str:
    """The browser's address now; Playwright's `page.url` may miss the last of several changes in quick succession."""
    return page.evaluate("location.href")


def verdict(page: Page) -> Locator:
    """The box that shows a verdict."""
    found = page.get_by_test_id("verdict")
    found.wait_for()
    return found


def distance(page: Page) -> float:
    """The distance that the verdict shows."""
    return float(verdict(page).get_attribute("data-distance"))


def prompt(page: Page) -> Locator:
    """The box that says what to do, in the verdict's place."""
    return page.get_by_test_id("prompt")


def threshold_to(page: Page, key: str) -> None:
    """Move Compare's threshold with the keyboard: Home, End, ArrowLeft, ArrowRight."""
    slider = page.locator(".stSlider").get_by_role("slider")
    slider.focus()
    slider.press(key)


def goto(page: Page, name: str) -> None:
    """Open a page by the navigation, as a visitor does."""
    page.locator(".st-key-navigation").get_by_role("link", name=name).click()
    page.wait_for_function(
        "isAccuracy => location.pathname.replace(/[/]$/, '').endsWith('accuracy') === isAccuracy",
        arg=name == "Accuracy",
    )
    page.wait_for_selector("h1")
