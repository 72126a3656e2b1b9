"""Votes, a rehearsal and the end of a room on the page *Class*, with a big screen and phones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve, settled
from tests.browser.test_accessibility import violations
from tests.browser.test_class import SCREEN, SMALL, join, open_room, send
from tests.browser.test_phone import FINGER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, with rooms of its own."""
    folder = tmp_path_factory.mktemp("votes")
    (folder / "tmp").mkdir()
    yield from serve(folder, {"TMPDIR": str(folder / "tmp")})


def test_a_round_is_voted_by_finger_and_keyboard_revealed_and_the_room_closed(server, open_page):
    """The pair comes to both phones by itself, the bars grow by themselves, and at the end everybody is told."""
    screen, code = open_room(open_page, server)
    phones = [join(open_page, server, code, **settings) for settings in (FINGER, SMALL)]
    for seed, phone in enumerate(phones):
        phone.bring_to_front()
        send(phone, 1, touch=True, seed=seed)
    screen.bring_to_front()
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-drawings", "2")
    screen.get_by_role("radio", name="Vote").click()
    screen.get_by_role("radio", name="At random").click()
    settled(screen)
    screen.get_by_role("button", name="Start the vote").click()
    votes = screen.get_by_test_id("class-votes")
    expect(votes).to_have_attribute("data-round", "1")
    assert not violations(screen)
    for phone in phones:
        phone.bring_to_front()
        expect(phone.get_by_test_id("class-vote-pair")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phones[0].bring_to_front()
    phones[0].get_by_role("button", name="Same").tap()
    expect(phones[0].locator(".class-told")).to_contain_text("You say same")
    assert not violations(phones[0])
    phones[1].bring_to_front()
    phones[1].get_by_role("button", name="Different").focus()
    phones[1].keyboard.press("Enter")
    expect(phones[1].locator(".class-told")).to_contain_text("You say different")
    screen.bring_to_front()
    expect(votes).to_have_attribute("data-same", "1")
    expect(votes).to_have_attribute("data-different", "1")
    screen.get_by_role("button", name="Reveal").click()
    expect(screen.get_by_test_id("class-result")).to_contain_text("Your class is divided")
    assert not violations(screen)
    for phone in phones:
        phone.bring_to_front()
        expect(phone.locator(".class-told")).to_contain_text("You were")
    screen.bring_to_front()
    screen.get_by_role("radio", name="Keep or forget").click()
    with screen.expect_download() as download:
        screen.get_by_role("button", name="Sheet").click()
    assert download.value.suggested_filename == "class-drawings.png"
    screen.get_by_role("button", name="Close the room").click()
    settled(screen)
    screen.wait_for_timeout(500)  # sooner it would pass for the second half of a double press
    screen.get_by_role("button", name="Delete everything").click()
    expect(screen.get_by_text("everything in it is deleted")).to_be_visible()
    for phone in phones:
        phone.bring_to_front()
        expect(phone.get_by_text("Thank you for taking part")).to_be_visible()


def test_a_rehearsal_fills_its_room_while_the_screen_follows(server, open_page):
    """Marked as a trial; thirty invented pupils; then the networks are compared on what they drew."""
    screen = open_page(f"{server}/class", **SCREEN)
    settled(screen)
    screen.get_by_role("button", name="Fill with practice drawings").click()
    expect(screen.get_by_test_id("trial")).to_be_visible()
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-drawings", "300", timeout=120_000)
    expect(screen.get_by_test_id("counts")).to_have_attribute("data-pupils", "30")
    screen.get_by_role("radio", name="Networks").click()
    expect(screen.get_by_test_id("class-networks").locator("tbody")).to_have_count(3, timeout=60_000)
    expect(screen.get_by_test_id("class-networks")).not_to_contain_text("more drawing")
    assert not violations(screen)
