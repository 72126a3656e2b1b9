"""A real browser that draws, and that tells when a stroke's answer is on the screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-component-update"]
CHROMIUM += ["--disable-background-networking"]
SHELL = "chromium-headless-shell"  # the same engine without the rest of a browser: a page takes two thirds of the time
WAIT = 120_000  # ms; only ever reached when something is broken
#: The part of the address that opens the app with two empty canvases.
EMPTY_CANVASES = "/?left=d&right=d"
_CLOCK = """
window.bench = {
  verdict: () => document.querySelector('[data-testid=verdict]')?.outerHTML,
  expect() {
    const before = this.verdict();
    this.lifted = this.sent = this.received = this.shown = null;
    const watch = new MutationObserver(() => {
      const now = this.verdict();
      if (now === undefined || now === before) return;
      watch.disconnect();
      this.received = this.heard;
      requestAnimationFrame(() => setTimeout(() => { this.shown = performance.now(); }));  // after it was painted
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
  },
};
window.addEventListener('mouseup', () => { window.bench.lifted = performance.now(); }, true);
window.WebSocket = class extends WebSocket {
  constructor(...told) {
    super(...told);
    this.addEventListener('message', () => { window.bench.heard = performance.now(); });
  }
  send(...content) {
    window.bench.sent ??= performance.now();
    super.send(...content);
  }
};
"""


def executable(*preferred: str) -> str | None:
    """Where Chromium lies on this machine, the first of the `preferred` commands that there is; None without any."""
    return next(filter(None, map(shutil.which, (*preferred, "chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; ends with the block."""
    path = executable()
    if path is None:
        raise SystemExit("This part needs Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser) -> Iterator[Page]:
    """A blank page of a new visitor, whose caches are empty; closed with the block."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.add_init_script(_CLOCK)
    yield page
    context.close()


def wait_for_canvases(page: Page) -> None:
    """Wait until both canvases are there."""
    for side in (0, 1):
        page.locator("canvas.upper-canvas").nth(side).wait_for()


def wait_until_still(page: Page) -> None:
    """Wait until the script has ended: until then a canvas may still be replaced."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-stale=true]')"
    )


def draw(page: Page, side: int, stroke: np.ndarray) -> None:
    """Draw one stroke, (n, 2) in canvas units, with the mouse on the first (0) or second (1) canvas."""
    box = page.locator("canvas.upper-canvas").nth(side).bounding_box()
    points = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def answered_ms(page: Page, side: int, stroke: np.ndarray) -> tuple[float, float, float]:
    """Milliseconds from the end of a stroke, drawn now, until it was sent, its answer came, and that was painted."""
    page.evaluate("bench.expect()")
    draw(page, side, stroke)
    page.wait_for_function("bench.shown !== null")
    return tuple(page.evaluate("[bench.sent, bench.received, bench.shown].map((when) => when - bench.lifted)"))
