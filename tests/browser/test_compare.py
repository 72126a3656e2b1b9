"""Compare in a real browser: mouse, finger, samples, threshold, upload, coming back."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from siamese import Verifier, pens, strokes
from siamese.preprocessing import from_drawing
from tests.browser.conftest import draw, start_drawing, verdict


def drawing(digit: int, seed: int = 3) -> list[np.ndarray]:
    return pens.draw(digit, np.random.default_rng(seed))


def test_two_drawn_digits_give_the_verdict_of_the_verifier(offline_server, open_page):
    """Drawing a 3 and a 5 with the mouse shows the distance that Verifier gives for the same strokes."""
    page = open_page(offline_server)
    start_drawing(page)
    expect(page.get_by_test_id("prompt")).to_contain_text("Draw a digit on each side")
    draw(page, "left", drawing(3))
    expect(page.get_by_test_id("prompt")).to_contain_text("on the right")
    draw(page, "right", drawing(5))
    shown = verdict(page)
    expected = Verifier.load().compare(*(from_drawing(strokes.render(drawing(digit))) for digit in (3, 5)))
    # The mouse moves in whole steps of its own, so the strokes are close to ours, not equal.
    assert float(shown.get_attribute("data-distance")) == pytest.approx(expected.distance, abs=0.25)
    expect(shown).to_contain_text("Same digit" if expected.is_same else "Different digits")
    expect(page.get_by_alt_text("The left digit as the network saw it")).to_be_visible()
