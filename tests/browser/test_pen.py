"""Strokes are sent when the pen is lifted, and arrive even where that shortcut is shut."""

from __future__ import annotations

import itertools
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.app import links
from siamese.app.components.pen import SEND
from tests.browser.conftest import PHONE, address, canvas, draw, prompt, settled, start_drawing, tap_dot
from tests.browser.test_compare import draw_pair, drawing

# Timers of the canvas's waiting time never end; all others do.
NO_WAIT = "const real = setTimeout; window.setTimeout = (f, ms, ...more) => ms === 200 ? 0 : real(f, ms, ...more);"


def test_a_stroke_does_not_wait_for_the_canvas(offline_server, open_page):
    """Where the canvas's own waiting never ends, strokes still arrive, so they are sent without it."""
    page = open_page(offline_server)
    start_drawing(page)
    page.evaluate(NO_WAIT)
    draw(page, "left", drawing(3))
    expect(prompt(page)).to_contain_text("on the right")


def test_a_finger_s_stroke_does_not_wait_either(offline_server, open_page):
    """The same holds for a touch, which ends in other events than a mouse's."""
    page = open_page(offline_server, viewport=PHONE, has_touch=True, is_mobile=True)
    start_drawing(page)
    page.evaluate(NO_WAIT)
    canvas(page, "left").tap()
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


def test_without_the_button_the_canvas_sends_by_itself(offline_server, open_page):
    """A canvas whose button has another name loses no stroke: it sends after its own wait."""
    page = open_page(offline_server)
    start_drawing(page)
    buttons = page.get_by_label(SEND, exact=True)
    expect(buttons).to_have_count(2)
    buttons.evaluate_all("found => found.forEach(button => button.setAttribute('aria-label', 'Other'))")
    tap_dot(page, "left")
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


@pytest.mark.parametrize("hand", ["finger", "mouse"])
def test_a_stroke_may_begin_in_the_upper_right_corner(offline_server, open_page, hand):
    """The canvas's hidden toolbar lies there until a mouse has hovered for a while; it takes no stroke away."""
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if hand == "finger" else {}
    page = open_page(offline_server, **touch)
    start_drawing(page)
    settled(page)
    box = canvas(page, "left").bounding_box()
    corner = box["x"] + 0.75 * box["width"], box["y"] + 0.05 * box["height"]
    if hand == "finger":
        page.touchscreen.tap(*corner)
    else:
        page.mouse.click(*corner)
    expect(prompt(page)).to_contain_text("On the left: This is only a dot")


def test_undo_of_the_canvas_s_own_toolbar_is_not_disturbed(offline_server, open_page):
    """A press on the canvas's own buttons, which lie beside its drawing surface, does what they say."""
    page = open_page(offline_server)
    draw_pair(page)
    undo = page.locator(".st-key-right-canvas").get_by_label("Undo", exact=True)
    for _ in drawing(5):
        undo.focus()
        undo.press("Enter")
    expect(prompt(page)).to_contain_text("on the right")


class Hand:
    """A hand and a pen on one screen: where each touches it, in shares of the left canvas's width."""

    def __init__(self, page: Page) -> None:
        self._device = page.context.new_cdp_session(page)
        self._box = canvas(page, "left").bounding_box()

    def _at(self, x: float, y: float) -> dict[str, float]:
        return {"x": self._box["x"] + x * self._box["width"], "y": self._box["y"] + y * self._box["height"]}

    def touch(self, kind: str, *places: tuple[float, float], **more: float) -> None:
        """All that touches now, after this: `kind` is Start, Move, End or Cancel."""
        points = [self._at(*place) | more for place in places]
        self._device.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def pen(self, *places: tuple[float, float]) -> None:
        """One stroke with the pen."""
        self._pen("mousePressed", places[0])
        for place in places[1:]:
            self._pen("mouseMoved", place)
        self._pen("mouseReleased", places[-1])

    def _pen(self, kind: str, place: tuple[float, float]) -> None:
        told = {"type": kind, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
        self._device.send("Input.dispatchMouseEvent", told | self._at(*place))


TABLET = {"viewport": {"width": 768, "height": 1024}, "has_touch": True, "is_mobile": True}
SEVEN = [(0.2, 0.2), (0.5, 0.2), (0.8, 0.2), (0.6, 0.5), (0.4, 0.85)]


def tablet(open_page, server: str) -> tuple[Page, Hand]:
    """A tablet with two empty canvases, and what lies on it."""
    page = open_page(f"{server}/?left=d&right=d", **TABLET)
    settled(page)
    canvas(page, "left").scroll_into_view_if_needed()
    return page, Hand(page)


def drawn(page: Page, count: int = 1) -> list[np.ndarray]:
    """The strokes of the left side, once the address holds so many."""

    def strokes_now() -> list[np.ndarray]:
        return links.side(parse_qs(urlsplit(address(page)).query, keep_blank_values=True)["left"][0])

    settled(page)
    page.wait_for_function(
        "count => atob((new URLSearchParams(location.search).get('left') ?? 'd').slice(1)"
        ".replaceAll('-', '+').replaceAll('_', '/')).split('\\xff').length - 1 >= count",
        arg=count,
    )
    settled(page)
    return strokes_now()


def assert_seven(stroke: np.ndarray) -> None:
    """The stroke is the seven, whole, corner and all, to a pixel or two of the 280."""
    told = 280 * np.array(SEVEN)
    assert np.abs(stroke[[0, -1]] - told[[0, -1]]).max() < 3
    assert np.linalg.norm(stroke - told[2], axis=1).min() < 3, "its corner"


@pytest.mark.parametrize("lies", ["before, during and after", "before and during", "before", "on the other canvas"])
def test_the_pen_draws_though_the_hand_came_first(offline_server, open_page, lies):
    """The edge of a hand on a corner of the paper: the pen's stroke is there, whole, and nothing else is."""
    page, hand = tablet(open_page, offline_server)
    palm = (0.9, 0.9)
    if lies == "on the other canvas":
        other, own = (canvas(page, side).bounding_box() for side in ("right", "left"))
        palm = ((other["x"] + 9 - own["x"]) / own["width"], (other["y"] + 9 - own["y"]) / own["height"])
    hand.touch("Start", palm)
    if lies == "before":
        hand.touch("End")
    hand.pen(*SEVEN)
    if lies == "before, during and after":
        hand.touch("Move", palm, (0.95, 0.8))
    if lies != "before":
        hand.touch("End")
    expect(prompt(page)).to_have_text(re.compile("Draw a digit on the right"))
    [stroke] = drawn(page)
    assert_seven(stroke)
    hand.pen((0.3, 0.5), (0.7, 0.5))
    assert len(drawn(page, 2)) == 2
    assert "right=d&" in f"{urlsplit(address(page)).query}&"


def test_a_hand_that_comes_down_beside_the_pen_leaves_nothing(offline_server, open_page):
    """Soon after the pen's stroke, with a wide touch at any time, or as a mere dot: the hand does not draw."""
    page, hand = tablet(open_page, offline_server)
    hand.touch("Start", (0.3, 0.9), radiusX=60.0, radiusY=80.0)
    hand.touch("Move", (0.6, 0.9), radiusX=60.0, radiusY=80.0)
    hand.touch("End")
    hand.pen(*SEVEN)
    hand.touch("Start", (0.3, 0.9))
    hand.touch("Move", (0.6, 0.9))
    hand.touch("End")
    hand.pen((0.3, 0.5), (0.7, 0.5))
    first, _ = drawn(page, 2)
    assert_seven(first)


def test_a_finger_draws_on_when_a_second_one_comes(offline_server, open_page):
    """Without a pen the first finger draws, and its stroke ends with it, whatever else touches the paper."""
    page, hand = tablet(open_page, offline_server)
    hand.touch("Start", SEVEN[0])
    hand.touch("Start", SEVEN[0], (0.1, 0.9))
    for place in SEVEN[1:]:
        hand.touch("Move", place, (0.2, 0.9))
    hand.touch("End")
    [stroke] = drawn(page)
    assert_seven(stroke)


def test_what_the_system_takes_back_is_not_drawn(offline_server, open_page):
    """A tablet that finds out by itself that a touch was the palm says so; a mouse that passes then draws nothing."""
    page, hand = tablet(open_page, offline_server)
    hand.touch("Start", (0.7, 0.7))
    hand.touch("Move", (0.9, 0.9))
    hand.touch("Cancel")
    box = canvas(page, "left").bounding_box()
    for x in (20, 90, 200):
        page.mouse.move(box["x"] + x, box["y"] + 50)
    pixels = "top => top.getContext('2d').getImageData(0, 0, top.width, top.height).data.some(Boolean)"
    assert not canvas(page, "left").evaluate(pixels)
    hand.touch("Start", SEVEN[0])
    for place in SEVEN[1:]:
        hand.touch("Move", place)
    hand.touch("End")
    [stroke] = drawn(page)
    assert_seven(stroke)


@pytest.mark.parametrize("shown", [1, 0.5, 1.6], ids=["as it is", "smaller", "larger"])
def test_a_quick_stroke_keeps_its_corner(offline_server, open_page, shown):
    """Three events far apart, a seven: as many lines as the hand drew, at whatever size the canvas is shown."""
    page = open_page(f"{offline_server}/?left=d&right=d")
    settled(page)
    page.add_style_tag(
        content=f".st-key-left-canvas > * {{transform:scale({shown}); transform-origin:0 0; "
        "clip-path:none !important}"
        ".st-key-left-canvas {overflow:visible !important}"
    )
    draw(page, "left", [280 * np.array([SEVEN[0], SEVEN[2], SEVEN[4]])])
    [stroke] = drawn(page)
    assert_seven(stroke)
    # Nor does it become a curve beside the lines: three of its parts are as straight as they were.
    for first, last in ((0, 2), (2, 4)):
        start, along = 280 * np.array(SEVEN[first]), 280 * (np.array(SEVEN[last]) - SEVEN[first])
        middle = start + along / 2
        assert min(np.linalg.norm(middle - point) for point in _dense(stroke)) < 3


def _dense(stroke: np.ndarray) -> np.ndarray:
    """The stroke with points so near to each other that none of its places is far from one."""
    steps = np.linspace(0, 1, 200)[:, None]
    return np.concatenate([first + steps * (last - first) for first, last in itertools.pairwise(stroke)])


def test_points_between_two_frames_are_drawn(offline_server, open_page):
    """Where the browser hands a frame's worth of a quick hand's points over at once, all of them are in the stroke."""
    page = open_page(f"{offline_server}/?left=d&right=d")
    settled(page)
    # A browser without a screen has a frame for each event: so it is told to have collected a detour on the way.
    page.evaluate(
        """() => { PointerEvent.prototype.getCoalescedEvents = function () {
          if (this.type !== 'pointermove' || !this.buttons) return [];
          const {left, top, width} = this.target.getBoundingClientRect();
          const place = (x, y) => ({clientX: left + x * width, clientY: top + y * width});
          return [place(0.5, 0.2), place(0.8, 0.2), place(0.6, 0.5), place(0.4, 0.85)]; } }"""
    )
    draw(page, "left", [280 * np.array([SEVEN[0], SEVEN[-1]])])
    [stroke] = drawn(page)
    assert_seven(stroke)
