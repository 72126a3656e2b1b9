"""The journey in a real browser: what makes an entry, bringing one back, downloads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from siamese.imaging import strokes
from tests.browser.conftest import distance, draw, goto, prompt, settled, start_drawing, step, verdict
from tests.browser.test_compare import draw_pair, drawing, expect_distance, png


def entries(page: Page) -> Locator:
    """The buttons of the strip, the newest first."""
    return page.locator(".journey button")


def start(page: Page) -> None:
    """Wait for the example pair, which is the first entry."""
    verdict(page)
    expect(entries(page)).to_have_count(1)


def test_a_growing_drawing_is_one_entry_and_comes_back_exactly(offline_server, open_page):
    """Three states of one drawing: one entry. Brought back later both canvases hold it, and changing it adds one."""
    page = open_page(f"{offline_server}/?journey=1")
    start(page)
    before = draw_pair(page)
    expect(entries(page)).to_have_count(2)
    draw(page, "right", drawing(1)[:1])
    expect(verdict(page)).not_to_have_attribute("data-distance", f"{before:.6f}")
    kept = distance(page)
    expect(entries(page)).to_have_count(2)
    expect(entries(page).first).to_contain_text(f"{kept:.3f}")
    step(page, "right", "clear").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the right")
    draw(page, "right", drawing(7))
    expect(entries(page)).to_have_count(3)
    other = distance(page)

    entries(page).nth(1).click()
    expect(verdict(page)).to_have_attribute("data-distance", f"{kept:.6f}")
    expect(entries(page).nth(1)).to_have_attribute("aria-current", "true")
    settled(page)
    expect(entries(page)).to_have_count(3)
    # The ink is on the canvas, too: undoing it stroke by stroke leaves nothing. Undone, it is another comparison.
    for _ in [*drawing(5), *drawing(1)[:1]]:
        settled(page)
        step(page, "right", "undo").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the right")
    entries(page).filter(has_text=f"{other:.3f}").click()
    expect_distance(page, other)


def test_samples_and_uploads_come_back(offline_server, open_page):
    """An uploaded picture beside a sample, then another pair: one press of the keyboard brings both back."""
    page = open_page(f"{offline_server}/?journey=1")
    start(page)
    page.locator(".st-key-left-mode").get_by_role("radio", name="Upload").click()
    page.locator(".st-key-left-file input[type=file]").set_input_files(
        {"name": "digit.png", "mimeType": "image/png", "buffer": png(255 - strokes.render(drawing(6))[..., 3])}
    )
    expect(entries(page)).to_have_count(2)
    kept = distance(page)
    pictures = [picture.get_attribute("src") for picture in page.locator(".digit.large").all()]
    page.get_by_role("button", name="Sample a pair").click()
    expect(entries(page)).to_have_count(3)
    entries(page).nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text("The uploaded digit")).to_be_visible()
    expect_distance(page, kept)
    assert [picture.get_attribute("src") for picture in page.locator(".digit.large").all()] == pictures
    expect(entries(page).nth(1)).to_be_focused()
    expect(entries(page)).to_have_count(3)
    # The upload field is as new, and takes a file.
    page.locator(".st-key-left-file input[type=file]").set_input_files(
        {"name": "other.png", "mimeType": "image/png", "buffer": png(255 - strokes.render(drawing(2))[..., 3])}
    )
    expect(entries(page)).to_have_count(4)


def test_it_can_be_downloaded(offline_server, open_page):
    """The CSV has a row for each entry, with the distance on the screen; the PNG is a picture."""
    page = open_page(f"{offline_server}/?journey=1")
    start(page)
    page.get_by_role("button", name="Sample a pair").click()
    expect(entries(page)).to_have_count(2)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["comparison"] for row in rows] == ["1", "2"]
    assert float(rows[1]["distance"]) == distance(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert Image.open(io.BytesIO(Path(download.value.path()).read_bytes())).format == "PNG"
    assert download.value.suggested_filename == "comparisons.png"


def test_it_stays_with_its_session_and_its_page(offline_server, open_page):
    """Another page and back: the entries are there, none was added. Another visitor has only the own example."""
    page = open_page(f"{offline_server}/?journey=1")
    start(page)
    start_drawing(page)
    draw(page, "left", drawing(3))
    draw(page, "right", drawing(5))
    expect(entries(page)).to_have_count(2)
    goto(page, "Accuracy")
    goto(page, "Compare")
    verdict(page)
    settled(page)
    expect(entries(page)).to_have_count(2)
    other = open_page(f"{offline_server}/?journey=1")
    start(other)
