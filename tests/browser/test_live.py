"""Train live in a real browser, with real trainings: from start to Compare, the queue, stop, a closed page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from siamese.live.folders import PREFIX
from siamese.live.worker import LEARNS, WAITS
from tests.browser.conftest import PHONE, WIDE, open_settings, serve, settled, verdict
from tests.live.conftest import wait_for

LONG = 240_000  # ms: TensorFlow's start and a training, on a machine that others use, too
SAID = "sayseen=90&sayunseen=77"
QUICK = f"epochs=1&learn=235&size=8&{SAID}"
LONG_RUN = f"epochs=20&{SAID}"
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder in which this test's server keeps temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def server(tmp_path: Path, temporary: Path) -> Iterator[str]:
    """A server of this test's own, without MNIST; when it has stopped, none of its processes is left."""
    yield from serve(tmp_path, {"TMPDIR": str(temporary)})
    wait_for(lambda: not trainings(temporary) and not trainings(temporary, WAITS) and not folders(temporary))


def folders(temporary: Path) -> list[Path]:
    """What trainings have on the disk now."""
    return list(temporary.glob(f"{PREFIX}*"))


def trainings(temporary: Path, name: str = LEARNS) -> list[int]:
    """The processes of this name, of the server with this folder: those that train, or one that waits."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            ours = f"TMPDIR={temporary}/".encode() in (entry / "environ").read_bytes()
            if ours and (entry / "comm").read_text().strip() == name:
                found.append(int(entry.name))
        except (OSError, ValueError):
            continue  # no process, another one's, or gone meanwhile
    return found


def opened(open_page: Callable[..., Page], address: str, query: str = QUICK, **options) -> Page:
    """The page *Train live* with settings from its link, when its chart stands."""
    page = open_page(f"{address}/live?{query}", **options)
    page.locator(".live-chart .main-svg").first.wait_for()
    settled(page)
    return page


def start(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Stop").wait_for()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
def test_from_start_to_trying_it_on_compare(server, temporary, open_page, size, scheme):
    """Start, an epoch in the chart, the result beside the prediction, downloads, and a verdict by the new network."""
    page = opened(open_page, server, QUICK, viewport=size, color_scheme=scheme)
    expect(page.get_by_text("pen of its own")).to_be_visible()
    start(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("[data-testid=live-unseen]")).to_be_visible(timeout=LONG)
    accuracy = float(page.get_by_test_id("live-unseen").get_attribute("data-accuracy"))
    expect(page.get_by_test_id("live-unseen")).to_contain_text(f"{accuracy:.1%}")
    expect(page.get_by_test_id("live-unseen")).to_contain_text("you said 77%")
    expect(page.get_by_role("figure")).to_have_attribute("aria-label", re.compile("After epoch 1: seen"))
    assert page.locator(".live-chart .scatterlayer .point").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    wait_for(lambda: not trainings(temporary))

    with page.expect_download() as download:
        page.get_by_role("button", name="Network (.keras)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    with page.expect_download() as download:
        page.get_by_role("button", name="Card (.json)").click()
    assert '"digits": [' in Path(download.value.path()).read_text(encoding="utf-8")

    page.get_by_role("button", name="Try it on Compare").click()
    page.get_by_role("heading", name="Same digit, or different?").wait_for()
    settled(page)
    verdict(page)
    open_settings(page)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("Yours: trained live on 2, 3, 5")
    expect(page.get_by_text("It learned from the digits 2, 3, 5 only")).to_be_visible()
    expect(page.get_by_text("seen: 2, 3, 5")).to_be_visible()


def test_two_sessions_queue_and_stop_and_leave(server, temporary, open_page):
    """The second waits and sees its place; the first stops, its process ends; the second runs; its page is closed."""
    first = opened(open_page, server, LONG_RUN)
    second = opened(open_page, server, LONG_RUN)
    start(first)
    wait_for(lambda: len(trainings(temporary)) == 1)
    (running,) = trainings(temporary)
    start(second)
    expect(second.get_by_text("One training is before yours")).to_be_visible()
    expect(second.get_by_test_id("live-spoken")).to_have_count(0)

    first.get_by_role("button", name="Stop").click()
    expect(first.get_by_text("Stopped. Change something")).to_be_visible()
    expect(first.get_by_role("button", name="Start")).to_be_visible()
    wait_for(lambda: not Path(f"/proc/{running}").exists())
    expect(second.get_by_text(re.compile("Getting ready|Preparing|Learning"))).to_be_visible()
    wait_for(lambda: len(trainings(temporary)) == 1)
    assert trainings(temporary) != [running]

    for page in (first, second):
        page.goto("about:blank")  # as good as closed, and the fixture can still look at it
    wait_for(lambda: not trainings(temporary) and not trainings(temporary, WAITS) and not folders(temporary))


def test_a_training_goes_on_while_another_page_is_shown(server, temporary, open_page):
    """Compare answers meanwhile; back on the page, the training is where it was, and stops when told."""
    page = opened(open_page, server, LONG_RUN)
    start(page)
    wait_for(lambda: len(trainings(temporary)) == 1)
    before = trainings(temporary)
    page.locator(".st-key-navigation").get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="Same digit, or different?").wait_for()
    verdict(page)
    line = page.locator(".st-key-live-badge").get_by_role("link", name="Your training runs")
    expect(line).to_be_visible()
    expect(line).to_contain_text(re.compile("epoch [2-9]"), timeout=LONG)  # it follows by itself
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    line.click()
    page.get_by_role("button", name="Stop").wait_for()
    expect(page.locator(".st-key-live-badge")).to_have_count(0)
    assert trainings(temporary) == before
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: not trainings(temporary))
    page.locator(".st-key-navigation").get_by_role("link", name="Compare").click()
    verdict(page)
    expect(page.locator(".st-key-live-badge")).to_have_count(0)


def test_the_library_is_loaded_before_start_and_let_go_when_the_page_is_left(server, temporary, open_page):
    """One process waits while the page is open; Start takes that very one; on another page none waits for long."""
    page = opened(open_page, server, LONG_RUN)
    wait_for(lambda: len(trainings(temporary, WAITS)) == 1)
    (waiting,) = trainings(temporary, WAITS)
    start(page)
    wait_for(lambda: trainings(temporary) == [waiting])
    assert not trainings(temporary, WAITS)
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: not trainings(temporary))
    page.get_by_text("Vary the images").click()  # the page is used again
    wait_for(lambda: len(trainings(temporary, WAITS)) == 1)
    page.locator(".st-key-navigation").get_by_role("link", name="How it works").click()
    wait_for(lambda: not trainings(temporary, WAITS) and not folders(temporary))


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_start_asks_for_the_predictions_and_typed_numbers_count_at_once(server, open_page, size):
    """Pressed without: it asks, in sight, and there is a way without. Numbers typed, then Start at once: they count."""
    page = opened(open_page, server, "epochs=20", viewport=size)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_test_id("live-ask")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Start without")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_label("Digits it learned from").fill("96")
    page.get_by_label("Digits it never met").fill("61")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Stop").wait_for()
    expect(page.get_by_role("figure")).to_have_attribute(
        "aria-label", re.compile("96% of seen pairs and 61% of unseen")
    )


def test_a_killed_training_is_one_sentence(server, temporary, open_page):
    """Its process is killed from outside, as Linux does without memory: the page says so and can start again."""
    page = opened(open_page, server, LONG_RUN)
    start(page)
    # One that has said nothing yet is replaced without a word.
    expect(page.get_by_text("Learning, epoch")).to_be_visible(timeout=LONG)
    os.kill(trainings(temporary)[0], 9)
    expect(page.get_by_text("most likely because its memory ran out")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    page.goto("about:blank")
    wait_for(lambda: not folders(temporary))


def test_settings_travel_by_a_link_and_a_link_starts_nothing(server, temporary, open_page):
    """Another browser shows the same settings; hostile ones are left out and said."""
    page = opened(open_page, server, "learn=0189&loss=contrastive&push=0.6&size=2&vary=0&epochs=7&sayseen=99")
    for text in ("Never met: 2–7", "Margin", "0.6"):
        expect(page.get_by_text(text, exact=True).first).to_be_visible()
    expect(page.get_by_label("Digits it learned from")).to_have_value("99")
    expect(page.get_by_label("Digits it never met")).to_have_value("")
    page.get_by_text("Vary the images").click()
    page.wait_for_function("!location.search.includes('vary')")
    assert not trainings(temporary)
    other = opened(open_page, server, "learn=<b>&loss=evil&push=nan&size=3&vary=2&epochs=999&sayseen=x")
    expect(other.get_by_text("could not be used and was left out").first).to_be_visible()
    expect(other.get_by_text("Never met: 0, 1, 8, 9")).to_be_visible()


def test_a_switch_takes_the_page_away(tmp_path, open_page):
    """SIAMESE_LIVE=0: no link to it, and the rest works."""
    for address in serve(tmp_path, {"SIAMESE_LIVE": "0"}):
        page = open_page(address)
        verdict(page)
        expect(page.locator(".st-key-navigation").get_by_role("link", name="Train live")).to_have_count(0)
        page.goto("about:blank")  # a page whose server goes complains
