"""Compare in a real browser: mouse, samples, upload, threshold, coming back."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from siamese import Verifier
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from tests.browser.conftest import (
    distance,
    draw,
    draw_on,
    goto,
    open_settings,
    prompt,
    settled,
    start_drawing,
    step,
    tap_dot,
    threshold_to,
    verdict,
)


def drawing(digit: int, seed: int = 3) -> list[np.ndarray]:
    """Strokes of a built-in digit."""
    return pens.draw(digit, np.random.default_rng(seed))


def draw_pair(page: Page, left: int = 3, right: int = 5) -> float:
    """Draw two digits with the mouse; the distance that is shown then."""
    start_drawing(page)
    draw(page, "left", drawing(left))
    expect(prompt(page)).to_contain_text("on the right")
    draw(page, "right", drawing(right))
    verdict(page)
    return distance(page)


def test_a_first_visit_shows_an_example_and_says_what_to_do(offline_server, open_page):
    """Nothing set: a pair with its verdict is there, and one line tells what to do."""
    page = open_page(offline_server)
    expect(verdict(page)).to_contain_text(re.compile("Same digit|Different digits"))
    expect(page.get_by_text("Draw, photograph or sample two digits")).to_be_visible()


@pytest.mark.parametrize(("left", "right"), [(3, 5), (7, 7)])
def test_two_drawn_digits_give_the_verdict_of_the_verifier(offline_server, open_page, left, right):
    """Digits drawn with the mouse give the verdict and, nearly, the distance that Verifier gives for the strokes."""
    page = open_page(offline_server)
    start_drawing(page)
    expect(prompt(page)).to_contain_text("Draw a digit on each side")
    draw(page, "left", drawing(left))
    expect(prompt(page)).to_contain_text("on the right")
    draw(page, "right", drawing(right))
    shown = verdict(page)
    expected = Verifier.load().compare(*(from_drawing(strokes.render(drawing(digit))) for digit in (left, right)))
    # The browser rounds the pointer and smooths the path, so the images are close to ours, not equal.
    assert distance(page) == pytest.approx(expected.distance, abs=0.25)
    expect(shown).to_contain_text("Same digit" if expected.is_same else "Different digits")
    for side in ("left", "right"):
        expect(page.get_by_alt_text(f"The {side} digit as the network saw it")).to_be_visible()


def test_each_stroke_updates_the_verdict_and_undo_takes_it_back(offline_server, open_page):
    """A further stroke changes the distance; undo brings the former distance back, as often as one likes."""
    page = open_page(offline_server)
    before = draw_pair(page)
    for _ in range(2):  # twice: the second undo leads to a drawing that the canvas was started with before
        draw(page, "right", [np.array([[40.0, 40.0], [140.0, 45.0], [240.0, 40.0]])])
        expect(verdict(page)).not_to_have_attribute("data-distance", f"{before:.6f}")
        step(page, "right", "undo").click()
        expect_distance(page, before)


def test_clear_gives_the_prompt_and_the_canvas_takes_a_new_drawing(offline_server, open_page):
    """After clear the verdict makes way for a prompt; what is drawn next counts alone."""
    page = open_page(offline_server)
    before = draw_pair(page)
    step(page, "right", "clear").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the right")
    expect(step(page, "right", "clear")).to_be_disabled()
    draw(page, "right", drawing(5))
    expect_distance(page, before)


def test_a_dot_gets_a_friendly_prompt(offline_server, open_page):
    """A dot is no digit: the page says so and gives no verdict."""
    page = open_page(offline_server)
    start_drawing(page)
    draw(page, "left", drawing(2))
    tap_dot(page, "right")
    expect(prompt(page)).to_contain_text("On the right: This is only a dot")


#: Both pictures: one of them may come twice in a row by chance.
PAIR = "[...document.querySelectorAll('.digit.large')].map((picture) => picture.src).join()"


def test_sample_a_pair_shows_two_digits_of_the_chosen_split_and_kind(offline_server, open_page):
    """Offline, built-in digits are sampled, and one line says so; the kind and the split are kept to."""
    page = open_page(offline_server)
    expect(page.get_by_text("digits of our own pen")).to_be_visible()
    open_settings(page)
    page.get_by_role("radio", name="unseen: 0, 1, 8, 9").click()
    page.get_by_role("radio", name="same digit", exact=True).click()
    page.keyboard.press("Escape")
    for _ in range(4):
        before = page.evaluate(PAIR)
        page.get_by_role("button", name="Sample a pair").click()
        page.wait_for_function(f"before => {PAIR} !== before", arg=before)
        digit = re.search(r"handwritten (\d)", page.locator(".digit.large").first.get_attribute("alt"))[1]
        assert digit in "0189"
        expect(page.get_by_test_id("correctness")).to_contain_text(f"a {digit} and a {digit}.")


def test_mnist_is_sampled_where_it_is(mnist_server, open_page):
    """With MNIST on the machine its test images are sampled, and no notice stands there."""
    page = open_page(mnist_server)
    page.get_by_role("button", name="Sample a pair").click()
    expect(page.locator(".digit.large").first).to_have_attribute("alt", re.compile(r"MNIST test image \d+"))
    expect(page.get_by_text("digits of our own pen")).to_have_count(0)


def test_sampling_does_not_lose_a_drawing(offline_server, open_page):
    """A sampled digit takes the drawing's place; one click brings the drawing back."""
    page = open_page(offline_server)
    before = draw_pair(page)
    page.get_by_role("button", name="Sample a pair").click()
    expect(page.locator(".digit.large")).to_have_count(2)
    start_drawing(page)
    expect_distance(page, before)


def test_a_drawing_and_a_sample_mix(offline_server, open_page):
    """Left drawn, right sampled: a verdict, and no claim to know the drawn digit."""
    page = open_page(offline_server)
    draw_on(page, "left")
    draw(page, "left", drawing(4))
    verdict(page)
    expect(page.get_by_test_id("correctness")).to_have_count(0)


def test_the_threshold_changes_the_verdict_and_reset_takes_it_back(offline_server, open_page):
    """Threshold 0 calls a pair different, the largest calls it same; reset restores the model's own."""
    page = open_page(offline_server)
    draw_pair(page)
    threshold_to(page, "Home")
    expect(verdict(page)).to_contain_text("Different digits")
    threshold_to(page, "End")
    expect(verdict(page)).to_contain_text("Same digit")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(verdict(page)).to_contain_text(f"threshold of {Verifier.load().threshold:.3f}")


def test_another_model_keeps_the_drawings(offline_server, open_page):
    """Choosing another model compares the same drawings by it."""
    names = Verifier.available()
    if len(names) < 2:
        pytest.skip("needs two trained models in assets/models")
    page = open_page(offline_server)
    before = draw_pair(page)
    open_settings(page)
    page.locator(".st-key-compare-model").get_by_role("combobox").click()
    page.get_by_role("option", name=Verifier.load(names[1]).card.title).click()
    page.keyboard.press("Escape")
    expect(verdict(page)).not_to_have_attribute("data-distance", f"{before:.6f}")
    draw(page, "right", [np.array([[40.0, 40.0], [240.0, 40.0]])])  # the canvas still takes strokes
    expect(verdict(page)).to_be_visible()


def test_going_to_accuracy_and_back_keeps_drawings_and_threshold(offline_server, open_page):
    """Another page and back: both drawings are on their canvases, and the threshold is where it was."""
    page = open_page(offline_server)
    before = draw_pair(page)
    threshold_to(page, "End")
    expect(verdict(page)).to_contain_text("Same digit")
    goto(page, "Accuracy")
    goto(page, "Compare")
    expect_distance(page, before)
    expect(verdict(page)).to_contain_text("Same digit")
    # The ink itself is back, too: undoing it leaves nothing.
    settled(page)
    for _ in drawing(5):
        step(page, "right", "undo").click()
    expect(prompt(page)).to_contain_text("Draw a digit on the right")


def test_an_uploaded_picture_is_compared(offline_server, open_page):
    """A PNG of a digit, dark on light, is cut out, centred and compared."""
    page = open_page(offline_server)
    page.locator(".st-key-left-mode").get_by_role("radio", name="Upload").click()
    expect(prompt(page)).to_contain_text("Choose a picture on the left")
    page.locator(".st-key-left-file input[type=file]").set_input_files(
        {"name": "digit.png", "mimeType": "image/png", "buffer": png(255 - strokes.render(drawing(6))[..., 3])}
    )
    expect(page.get_by_alt_text("The uploaded digit")).to_be_visible()
    verdict(page)


def test_an_upload_that_is_no_picture_says_so(offline_server, open_page):
    """A broken file gives one plain sentence, no traceback."""
    page = open_page(offline_server)
    page.locator(".st-key-right-mode").get_by_role("radio", name="Upload").click()
    page.locator(".st-key-right-file input[type=file]").set_input_files(
        {"name": "digit.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    )
    expect(prompt(page)).to_contain_text("On the right: This file is not a picture")


def test_two_visitors_do_not_see_each_other(offline_server, open_page):
    """What one session draws is not in another."""
    first, second = open_page(offline_server), open_page(offline_server)
    draw_pair(first)
    start_drawing(second)
    expect(prompt(second)).to_contain_text("Draw a digit on each side")


def expect_distance(page: Page, expected: float) -> None:
    """Wait until the verdict shows this distance, to what rounding of the pointer's places can change."""
    page.wait_for_function(
        "expected => { const box = document.querySelector('[data-testid=verdict]');"
        " return box && Math.abs(box.dataset.distance - expected) < 0.02 }",
        arg=expected,
    )


def png(grey: np.ndarray) -> bytes:
    """A PNG file of a grey image (H, W) uint8."""
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    return buffer.getvalue()
