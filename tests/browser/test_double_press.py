"""Every button that starts or adds something, pressed twice within 150 ms, as a hurried hand does."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Download, Locator, Page, expect

from siamese.app.pages.teach import examples
from siamese.imaging import pens
from tests.browser.conftest import address, canvas, draw, guess_first, settled, verdict
from tests.browser.test_compare import png
from tests.browser.test_live import folders, opened, server, start, temporary, trainings  # noqa: F401 - fixtures
from tests.browser.test_teach import opened_teach
from tests.live.conftest import wait_for

GAP = 100  # ms between the two presses


def twice(page: Page, button: Locator) -> None:
    """Press a button, and the same place once more, whatever is there by then."""
    settled(page)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, click_count=2, delay=GAP // 2)


def sample(page: Page) -> list[str]:
    """What the address says of the two sides, once it is there."""
    page.wait_for_function("/left=.*right=/.test(location.search)")
    return re.findall("(?:left|right)=([^&]*)", address(page))


def test_start_begins_one_training(server, temporary, open_page):  # noqa: F811
    """One process; Stop ends it, nothing waits behind it, and another visitor is not behind two."""
    page = opened(open_page, server, "epochs=20&sayseen=90&sayunseen=70")
    twice(page, page.get_by_role("button", name="Start"))
    page.get_by_role("button", name="Stop").wait_for()
    wait_for(lambda: len(trainings(temporary)) == 1)
    other = opened(open_page, server, "epochs=20&sayseen=90&sayunseen=70")
    start(other)
    expect(other.get_by_text("One training is before yours")).to_be_visible()
    other.get_by_role("button", name="Stop").click()
    expect(other.get_by_text("Stopped. Change something")).to_be_visible()
    page.bring_to_front()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Change something")).to_be_visible()
    wait_for(lambda: not trainings(temporary) and not folders(temporary))
    settled(page)
    assert not trainings(temporary), "no second one has begun in its place"


def test_an_example_is_added_once_and_what_was_taught_is_not_lost(offline_server, open_page):
    """Add: one more. Taken away: one less, and it comes back. The ready set: what was there before comes back."""
    page = opened_teach(open_page, offline_server)
    known = page.get_by_test_id("known")
    page.get_by_test_id("stMain").get_by_text("Teach a symbol", exact=True).click()
    settled(page)
    canvas(page, "teach").wait_for()
    draw(page, "teach", examples.query())
    page.get_by_label("Its name").fill("sun")
    page.get_by_label("Its name").press("Tab")
    twice(page, page.get_by_role("button", name="Add example"))
    expect(known).to_have_count(4)
    settled(page)
    expect(known).to_have_count(4)
    expect(known.last).to_have_text("sun 1 example")
    for press, left in (("Whole symbol", 3), ("Bring back the symbols before", 4), ("Bring the example set", 3)):
        twice(page, page.get_by_role("button", name=press))
        expect(known).to_have_count(left)
        settled(page)
        expect(known).to_have_count(left)
    page.get_by_role("button", name="Bring back the symbols before").click()
    expect(known).to_have_count(4)
    expect(known.last).to_have_text("sun 1 example")


def test_samples_rounds_and_guesses_count_once(offline_server, open_page):
    """Sample a pair and Another show a whole pair; a guess, Next, End round and New round are one each."""
    page = open_page(offline_server)
    verdict(page)
    before = sample(page)
    twice(page, page.get_by_role("button", name="Sample a pair"))
    verdict(page)
    settled(page)
    assert len(sample(page)) == 2
    assert sample(page) != before
    kept = sample(page)
    twice(page, page.locator(".st-key-left-another button"))
    settled(page)
    assert sample(page)[1] == kept[1], "the other side stays"
    guess_first(page)
    tally = page.get_by_test_id("tally")
    expect(tally).to_contain_text("No guess yet")
    for count in (1, 2):
        twice(page, page.locator(".st-key-guess-same button"))
        expect(tally).to_contain_text(f"of {count}")
        twice(page, page.locator(".st-key-guess-next button"))
        expect(page.get_by_test_id("prompt")).to_contain_text("You say it first")
        settled(page)
        expect(tally).to_contain_text(f"of {count}")
    twice(page, page.get_by_role("button", name="End round"))
    expect(page.get_by_test_id("round")).to_contain_text("of 2")
    twice(page, page.get_by_role("button", name="New round"))
    expect(tally).to_contain_text("No guess yet")
    page.locator(".st-key-guess-same button").click()
    expect(tally).to_contain_text("of 1")
    page.get_by_role("button", name="End round").click()
    expect(page.get_by_test_id("round")).to_contain_text("In all 2 rounds")
    expect(page.get_by_test_id("round")).to_contain_text("of 3.")


def test_a_point_of_the_map_is_put_on_a_side_once(offline_server, open_page):
    """Choose one for me, then put it on the left, each pressed twice: the address has that point on the left alone."""
    page = open_page(f"{offline_server}/map?points=pens&left=p1&right=p2")
    page.locator(".live-chart .main-svg").first.wait_for()
    twice(page, page.get_by_role("button", name="Choose one for me"))
    expect(page.get_by_test_id("chosen")).to_be_visible()
    settled(page)
    assert sample(page) == ["p1", "p2"], "the second press met nothing that came into its place"
    number = re.search(r"built-in digit (\d+)", page.get_by_test_id("chosen").inner_text())[1]
    twice(page, page.get_by_role("button", name="Put it on the right"))
    expect(page.get_by_test_id("chosen")).to_contain_text("0.000 from right")
    page.wait_for_function(f"location.search.includes('right=p{number}')")
    assert sample(page) == ["p1", f"p{number}"]


def test_downloads_and_uploads_bear_it(offline_server, open_page, tmp_path):
    """The table comes once for each press, whole; a picture that is given twice in a row is there once."""
    page = open_page(f"{offline_server}/?journey=1")
    verdict(page)
    got: list[Download] = []
    page.on("download", lambda download: got.append(download))
    with page.expect_download():
        twice(page, page.get_by_role("button", name="CSV"))
    settled(page)
    tables = [Path(download.path()).read_text(encoding="utf-8") for download in got]
    assert {table.count("\n") for table in tables} == {2}, "a heading and the one comparison"
    page.locator(".st-key-left-mode").get_by_role("radio", name="Upload").click()
    field = page.locator(".st-key-left-file input[type=file]")
    field.wait_for(state="attached")
    picture, five = tmp_path / "five.png", pens.image(5, np.random.default_rng(1))
    picture.write_bytes(png(np.kron(np.round(255 - 255 * five), np.ones((8, 8))).astype(np.uint8)))
    field.set_input_files(picture)
    field.set_input_files(picture)
    expect(page.get_by_alt_text("The uploaded digit, its ink marked")).to_have_count(1)
    verdict(page)
