"""The main path in Chromium, Firefox and WebKit (which stands for Safari and iPads): draw, read, open each page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from siamese import Verifier
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from tests.browser import engines

DIGITS = {"left": 3, "right": 5}
ERROR_BOXES = "document.querySelectorAll('[data-testid=stException], [data-testid=stAlertContentError]').length"
STILL = """(() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app?.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
})()"""
# The canvases lie in shadow roots; the left one stands first.
FIND = """(() => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap(
        (element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const found = all(document).filter((element) => element.matches(%s) && element.getClientRects().length);
    if (found.length <= %d) return null;
    found[%d].scrollIntoView({block: 'center', behavior: 'instant'});
    const {x, y, width, height} = found[%d].getBoundingClientRect();
    return [x, y, width, height];
})()"""


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[engines.Engine]:
    """Each of the three browsers; the test fails where its console told of an error."""
    needs = [request.getfixturevalue("browser").browser_type] if request.param == "chromium" else []
    with getattr(engines, request.param)(*needs) as started:
        yield started
        assert not [error for error in started.errors() if not re.search("//[^/]+/[^/]+/_stcore/", error)]


def find(engine: engines.Engine, selector: str, index: int = 0) -> list[float]:
    """Where an element is on the screen (x, y, width, height), once it stands still."""
    look = FIND % (repr(selector), index, index, index)
    return engines.waited(
        lambda: (first := engine.evaluate(look)) and first == engine.evaluate(look) and first, selector
    )


def click(engine: engines.Engine, selector: str, index: int = 0) -> None:
    """Click in the middle of an element."""
    x, y, width, height = find(engine, selector, index)
    engine.drag([(x + width / 2, y + height / 2)])


def settle(engine: engines.Engine) -> None:
    """Wait until the app has answered and stays so for a while: a canvas may be replaced until then."""
    engines.waited(lambda: all(engine.evaluate(STILL) for _ in range(10)), "the app has answered")


def draw(engine: engines.Engine, side: str) -> None:
    """Draw the digit of this side with the mouse."""
    settle(engine)
    for stroke in drawing(side):
        x, y, width, height = find(engine, "canvas.upper-canvas", list(DIGITS).index(side))
        engine.drag([(x + at * width / 280, y + down * height / 280) for at, down in stroke])


def drawing(side: str) -> list[np.ndarray]:
    """Strokes of a built-in digit."""
    return pens.draw(DIGITS[side], np.random.default_rng(3))


def text(engine: engines.Engine, test_id: str) -> str:
    """The text of an element, empty where it is not on the page."""
    return engine.evaluate(f"document.querySelector('[data-testid={test_id}]')?.innerText ?? ''")


def test_two_drawn_digits_get_the_verdict_of_the_verifier_and_every_page_opens(offline_server, engine):
    """The verdict and, nearly, the distance of `Verifier` for the same strokes; then each link of the navigation."""
    engine.open(offline_server)
    click(engine, ".st-key-draw-both button")
    find(engine, "canvas.upper-canvas", 1)
    draw(engine, "left")
    engines.waited(lambda: "on the right" in text(engine, "prompt"), "the prompt for the right side")
    draw(engine, "right")
    engines.waited(lambda: text(engine, "verdict"), "a verdict")
    settle(engine)
    expected = Verifier.load().compare(*(from_drawing(strokes.render(drawing(side))) for side in DIGITS))
    # The browser rounds the pointer and smooths the path, so the images are close to ours, not equal.
    shown = float(engine.evaluate("document.querySelector('[data-testid=verdict]').dataset.distance"))
    assert shown == pytest.approx(expected.distance, abs=0.25)
    assert ("Same digit" if expected.is_same else "Different digits") in text(engine, "verdict")

    paths = engine.evaluate("[...document.querySelectorAll('.st-key-navigation a')].map((link) => link.pathname)")
    assert len(paths) == 7
    for index in (*range(1, len(paths)), 0):
        path = paths[index]
        click(engine, ".st-key-navigation a", index)
        engines.waited(lambda path=path: engine.evaluate("location.pathname") == path, path)
        settle(engine)
        assert engine.evaluate("document.querySelectorAll('h1').length") == 1, path
        assert engine.evaluate(ERROR_BOXES) == 0, path
