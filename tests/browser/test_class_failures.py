"""What goes wrong in a lesson: the store fails, the server is killed, two tabs are one pupil. The class goes on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import redis
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.browser.conftest import PHONE, canvas, draw, free_port, serve, settled, step
from tests.browser.offline import CONNECTED
from tests.browser.test_class import SCREEN, asked, join, open_room, send, server
from tests.browser.test_phone import FINGER, finger
from tests.classroom.conftest import reached, redis_server

__all__ = ["server"]


def draw_what_is_asked(phone: Page, seed: int) -> None:
    """Draw the digit, and wait until the server has it."""
    draw(phone, "class", pens.draw(asked(phone), np.random.default_rng(seed)))
    expect(step(phone, "class", "clear")).to_be_enabled()
    settled(phone)


@pytest.fixture
def redis_place(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The address of an app, and the port of the Redis that it wants, which nobody has started."""
    port = free_port()
    (tmp_path / "app").mkdir()
    for address in serve(tmp_path / "app", {"SIAMESE_ROOMS": f"redis://127.0.0.1:{port}/0"}):
        yield address, port


def test_a_store_that_stops_is_told_by_itself_and_all_pages_go_on(redis_place, open_page, tmp_path):
    """Redis stops while the screen watches: screen and phones say so without a press, the reloaded screen, too. When
    it is back the words go by themselves, and the drawing that could not be sent is sent once."""
    server, port = redis_place
    with redis_server(tmp_path, port) as address:
        reached(address).dispose()
        screen, code = open_room(open_page, server, **SCREEN)
        phone, other = (join(open_page, server, code, viewport=PHONE) for _ in range(2))
        send(phone, 1)
        draw_what_is_asked(phone, 1)
        redis.Redis(port=port).shutdown(save=True)
    screen.bring_to_front()
    expect(screen.locator(".class-outage")).to_contain_text("cannot be reached")
    screen.reload()
    expect(screen.locator(".class-outage")).to_contain_text("cannot be reached")
    other.bring_to_front()
    expect(other.locator(".class-outage")).to_contain_text("cannot be reached")
    phone.bring_to_front()
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator(".class-problem")).to_contain_text("cannot be reached")
    with redis_server(tmp_path, port):
        for page in (screen, other, phone):
            page.bring_to_front()
            expect(page.locator(".class-outage")).to_be_empty()
        expect(screen.locator("h1")).to_have_text(f"Room {code}")
        phone.bring_to_front()
        settled(phone)
        phone.get_by_role("button", name="Send").click()
        expect(phone.locator(".class-place")).to_have_text("3 of 10")
        screen.bring_to_front()
        expect(screen.get_by_test_id("counts")).to_have_attribute("data-drawings", "2")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of an app whose rooms are in a file, and what kills it and starts it again there."""
    port, running = free_port(), []
    (tmp_path / "tmp").mkdir()

    def start() -> str:
        running.append(serve(tmp_path, {"TMPDIR": str(tmp_path / "tmp")}, port=port, end=signal.SIGKILL))
        return next(running[-1])

    def restart() -> None:
        running.pop().close()
        start()

    yield start(), restart
    running.pop().close()


def test_a_server_that_is_killed_and_started_again_has_lost_nothing(mortal, open_page):
    """Nobody touches the pages: the screen steers the same room and shows its drawings, the phone keeps its place, and
    what is drawn and not yet sent."""
    server, restart = mortal
    screen, code = open_room(open_page, server, complains=True, **SCREEN)
    phone = join(open_page, server, code, complains=True, **FINGER)
    send(phone, 1, touch=True)
    screen.bring_to_front()
    expect(screen.locator(".class-row button")).to_have_count(1)
    phone.bring_to_front()
    finger(phone, "class", pens.draw(asked(phone), np.random.default_rng(1)))
    phone.wait_for_function("location.search.includes('drawn=')")
    restart()
    for page in (screen, phone):
        page.bring_to_front()
        page.wait_for_function(CONNECTED)
    expect(phone.locator(".class-place")).to_have_text("2 of 10")
    expect(step(phone, "class", "clear")).to_be_enabled()
    settled(phone)
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator(".class-place")).to_have_text("3 of 10")
    phone.wait_for_function("!location.search.includes('drawn=')")
    screen.bring_to_front()
    expect(screen.locator("h1")).to_have_text(f"Room {code}")
    expect(screen.locator(".class-row button")).to_have_count(2)
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-pupils", "1")


def test_two_tabs_of_a_browser_are_one_pupil(server, open_page):
    """The second tab comes back to the same place; a digit that it has sent is not taken again from the first one,
    which asks for the next on an empty canvas, and says why."""
    screen, code = open_room(open_page, server, **SCREEN)
    first = join(open_page, server, code, viewport=PHONE)
    second = first.context.new_page()
    second.goto(f"{server}/class?room={code}")
    canvas(second, "class").wait_for()
    digit = asked(first)
    assert asked(second) == digit
    draw_what_is_asked(first, 1)
    send(second, 1)
    first.bring_to_front()
    first.get_by_role("button", name="Send").click()
    expect(first.locator(".class-problem")).to_contain_text("This digit has come already")
    expect(first.locator(".class-place")).to_have_text("2 of 10")
    assert asked(first) == asked(second) != digit
    expect(step(first, "class", "clear")).to_be_disabled()
    settled(first)
    expect(first.locator(".class-problem")).to_contain_text("This digit has come already")
    send(first, 2)
    screen.bring_to_front()
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-drawings", "2")
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-pupils", "1")
