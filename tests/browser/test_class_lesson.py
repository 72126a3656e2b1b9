"""A whole lesson on the page *Class*: one big screen, four phones, all six steps, on both stores."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese.classroom.figures import LEAST
from siamese.errors import RoomNotFound
from tests.browser.class_places import COOKIE, Place, alone, replicated, streams
from tests.browser.conftest import PHONE, canvas, draw, settled
from tests.browser.offline import Wireless
from tests.browser.test_class import SMALL, join, open_room, send
from tests.browser.test_phone import FINGER
from tests.classroom.conftest import filled

OFFLINE_S = 20
LINES = [np.array([[60.0, y], [140.0, y + 20], [220.0, y]]) for y in (60.0, 110.0, 160.0, 210.0)]  # drawn meanwhile
ABSENT = LEAST  # pupils who have no browser here, so that each digit has come often enough for figures
SCREEN = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture(params=[alone, replicated], ids=["one server, SQLite", "two replicas, Redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An app whose rooms nobody else uses."""
    yield from request.param(tmp_path)


def test_a_lesson_through_all_six_steps(place, open_page):
    """Two phones are drawn on with a finger and two with the mouse; one is reloaded in the middle and keeps its place,
    one loses its network for 20 s and nothing of what is drawn meanwhile. The screen follows by itself, votes of all
    phones are counted, the networks compared; what is kept holds each drawing once; and the closed room is gone.

    Ten further pupils draw through the store itself, as another process of its machine does.
    """
    screen, code = open_room(open_page, place.address, **SCREEN, **place.visitor(0))
    phones = {
        "reloaded": join(open_page, place.address, code, **FINGER, **place.visitor(1)),
        "offline": join(open_page, place.address, code, viewport=PHONE, complains=True, **place.visitor(1)),
        "small": join(open_page, place.address, code, **SMALL, **place.visitor(0)),
        "mouse": _by_code(open_page(f"{place.address}/class", viewport=PHONE, **place.visitor(0)), code),
    }
    drawn = _draw(phones)
    drawn += _watch(screen, phones, place, code)
    _vote(screen, phones)
    screen.get_by_role("radio", name="Networks").click()
    networks = screen.get_by_test_id("class-networks")
    expect(networks.locator("tbody")).to_have_count(3)
    expect(networks).not_to_contain_text("more drawing")
    _keep_and_forget(screen, phones, drawn)
    with pytest.raises(RoomNotFound):
        place.rooms.join(code, "late")
    _stayed_with_their_replicas(place, screen, phones)


def _by_code(phone: Page, code: str) -> Page:
    """A phone on which the code was typed."""
    settled(phone)
    phone.get_by_label("The four letters on the big screen").fill(code)
    phone.get_by_role("button", name="Join", exact=True).click()
    canvas(phone, "class").wait_for()
    return phone


def _draw(phones: dict[str, Page]) -> int:
    """The first digit of each phone."""
    for seed, (name, phone) in enumerate(phones.items()):
        send(phone, 1, touch=name in ("reloaded", "small"), seed=seed)
    return len(phones)


def _watch(screen: Page, phones: dict[str, Page], place: Place, code: str) -> int:
    """While one phone is offline, the others draw on, and the screen comes to its figures; how many drawings came."""
    network = Wireless(phones["offline"])
    canvas(phones["offline"], "class").wait_for()
    settled(phones["offline"])
    network.cut()
    cut = time.monotonic()
    draw(phones["offline"], "class", LINES)

    screen.bring_to_front()
    counts = screen.get_by_test_id("counts")
    expect(counts).to_have_attribute("data-drawings", "4")
    expect(screen.locator(".class-row button")).to_have_count(4)
    screen.get_by_role("radio", name="Figures").click()
    figures = screen.get_by_test_id("class-figures")
    expect(figures).to_contain_text("more drawings")
    filled(place.rooms, code, ABSENT)
    expect(counts).to_have_attribute("data-drawings", str(4 + 10 * ABSENT))
    expect(figures).not_to_contain_text("more drawings")
    expect(figures.locator("tbody tr")).to_have_count(3)

    phones["reloaded"].reload()
    expect(phones["reloaded"].locator(".class-place")).to_have_text("2 of 10")
    for name in ("reloaded", "small"):
        send(phones[name], 2, touch=True, seed=8)
    send(phones["mouse"], 2, seed=9)
    phones["offline"].wait_for_timeout(max(0, 1000 * (OFFLINE_S - (time.monotonic() - cut))))
    network.mend()
    settled(phones["offline"])
    phones["offline"].get_by_role("button", name="Send").click()
    expect(phones["offline"].locator(".class-place")).to_have_text("3 of 10")
    screen.bring_to_front()
    expect(counts).to_have_attribute("data-drawings", str(8 + 10 * ABSENT))
    expect(counts).to_have_attribute("data-pupils", str(4 + ABSENT))
    return 4 + 10 * ABSENT


def _vote(screen: Page, phones: dict[str, Page]) -> None:
    """A round on the hardest pair: one finger and one mouse for each answer."""
    screen.get_by_role("radio", name="Vote").click()
    screen.get_by_role("button", name="Start the vote").click()
    votes = screen.get_by_test_id("class-votes")
    expect(votes).to_have_attribute("data-round", "1")
    for name, phone in phones.items():
        phone.bring_to_front()
        word = "Same" if name in ("reloaded", "mouse") else "Different"
        button = phone.get_by_role("button", name=word)
        (button.tap if name in ("reloaded", "small") else button.click)()
        expect(phone.locator(".class-told")).to_contain_text(f"You say {word.lower()}")
    screen.bring_to_front()
    expect(votes).to_have_attribute("data-same", "2")
    expect(votes).to_have_attribute("data-different", "2")
    screen.get_by_role("button", name="Reveal").click()
    expect(screen.get_by_test_id("class-result")).to_contain_text("Your class is divided: 2 to 2.")
    for phone in phones.values():
        phone.bring_to_front()
        expect(phone.locator(".class-told")).to_contain_text("You were")
    screen.bring_to_front()


def _keep_and_forget(screen: Page, phones: dict[str, Page], drawn: int) -> None:
    """The downloaded drawings are all that were sent, each once; then everybody is told of the end."""
    settled(screen)
    screen.get_by_role("radio", name="Keep or forget").click()
    settled(screen)
    with screen.expect_download() as download:
        screen.get_by_role("button", name="Strokes").click()
    kept = json.loads(Path(download.value.path()).read_text())["drawings"]
    assert [each["number"] for each in kept] == list(range(1, drawn + 1))
    assert len({(each["pupil"], each["asked"]) for each in kept}) == drawn
    assert all(each["strokes"] for each in kept)
    assert len(LINES) in [len(each["strokes"]) for each in kept if each["pupil"] == 2]
    screen.get_by_role("button", name="Close the room").click()
    settled(screen)
    screen.wait_for_timeout(500)  # sooner it would pass for the second half of a double press
    screen.get_by_role("button", name="Delete everything").click()
    expect(screen.get_by_text("everything in it is deleted")).to_be_visible()
    for phone in phones.values():
        phone.bring_to_front()
        expect(phone.get_by_text("Thank you for taking part")).to_be_visible()


def _stayed_with_their_replicas(place: Place, screen: Page, phones: dict[str, Page]) -> None:
    """By nginx's log two phones were on another replica than the screen, before two replicas."""
    if place.log is None:
        return
    pages = [screen, *phones.values()]
    cookies = [next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE) for page in pages]
    for page in pages:
        page.goto("about:blank")
    served = set(streams(place.log, len(pages)))
    assert {cookie for cookie, _ in served} == set(cookies)
    assert len(served) == 2, "each visitor stays with one replica"
    replica = dict(served)
    others = [replica[cookie] for cookie in cookies[1:]]
    assert others.count(replica[cookies[0]]) == 2
