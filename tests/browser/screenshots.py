"""Draws the pictures of the README: `python -m tests.browser.screenshots`. Drawn digits only, no MNIST image."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.browser import executable
from siamese import from_picture
from siamese.app.pages.compare import photo
from siamese.imaging import pens
from tests.browser.conftest import CHROMIUM, PHONE, canvas, draw, serve, start_drawing, verdict
from tests.conftest import ROOT
from tests.imaging.photographs import photograph

FOLDER = ROOT / "assets" / "screenshots"
WIDE = {"width": 1280, "height": 800}
LEFT, RIGHT = (8, 1), (9, 2)  # digit and seed: two digits that no model was trained on


def settle(page: Page) -> None:
    """Wait until nothing moves: no run of the script, every chart drawn, pointer out of the way."""
    page.mouse.move(2, 2)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_load_state("networkidle")


def compare(page: Page) -> None:
    """Two drawn digits on Compare."""
    start_drawing(page)
    for side, (digit, seed) in (("left", LEFT), ("right", RIGHT)):
        canvas(page, side).evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
        draw(page, side, pens.draw(digit, np.random.default_rng(seed)))
    verdict(page)


def class_room(page: Page, address: str) -> None:
    """The big screen of a class in a rehearsal: thirty invented pupils' digits."""
    page.goto(f"{address}/class")
    settle(page)
    page.get_by_role("button", name="Fill with practice drawings").click()
    expect(page.get_by_test_id("counts")).to_have_attribute("data-drawings", "300", timeout=60_000)
    page.get_by_text("Another address for the phones").click()
    page.locator(".st-key-class-address input").fill("http://192.168.1.20:8501")
    page.locator(".st-key-class-address input").press("Enter")
    expect(page.locator(".class-link")).to_have_text("192.168.1.20:8501/class")
    page.get_by_role("radio", name="Small").click()
    page.locator(".st-key-class-entrance-small").wait_for()
    settle(page)


def from_paper(path: Path) -> None:
    """Write the picture of a photograph with its ink marked, and of the four images that the network gets."""
    picture = from_picture(photograph("everyday-desk", (4, 7, 9, 2), np.random.default_rng(9)).content)
    shown = Image.fromarray(np.where(picture.ink[..., None], np.array(photo.MARK, np.uint8), picture.photograph))
    pen = ImageDraw.Draw(shown)
    for digit in picture.digits:
        pen.rectangle(digit.box, outline=(11, 92, 173), width=4)
    shown = shown.resize((960, 720))
    strip = np.concatenate([np.pad(digit.image, ((0, 0), (1, 1))) for digit in picture.digits], 1)
    side = 960 // len(picture.digits)
    below = Image.fromarray(np.round(255 * strip).astype(np.uint8)).resize((960, side), Image.Resampling.NEAREST)
    whole = Image.new("RGB", (960, 720 + side))
    whole.paste(shown, (0, 0))
    whole.paste(below.convert("RGB"), (0, 720))
    whole.save(path, quality=82)


def main() -> None:
    """Write all pictures, wide and phone-wide, light and dark."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    from_paper(FOLDER / "from-paper.jpg")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM)
        for address in serve(Path(home), {}):
            for scheme in ("light", "dark"):
                for name, viewport in (("wide", WIDE), ("phone", PHONE)):
                    page = chromium.new_page(viewport=viewport, color_scheme=scheme, device_scale_factor=1.5)
                    page.goto(address)
                    compare(page)
                    if name == "wide":
                        page.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")
                    settle(page)
                    page.screenshot(path=FOLDER / f"compare-{name}-{scheme}.png")
                    page.goto(f"{address}/accuracy")
                    page.locator(".js-plotly-plot").first.wait_for()
                    settle(page)
                    page.screenshot(path=FOLDER / f"accuracy-{name}-{scheme}.png")
                    page.close()
            page = chromium.new_page(viewport=WIDE, device_scale_factor=1.5)
            class_room(page, address)
            page.screenshot(path=FOLDER / "class-wide-light.png")
        chromium.close()


if __name__ == "__main__":
    main()
