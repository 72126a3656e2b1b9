"""What a session keeps of a photograph, and its HTML."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from siamese import from_picture
from siamese.app.pages.compare import photo
from siamese.errors import EmptyDrawing
from siamese.imaging import pens, strokes
from tests.imaging.photographs import blank, photograph

SIZE = (900, 675)


@pytest.fixture(scope="module")
def content():
    return photograph("rim-all", (3, 5, 7), np.random.default_rng(1), size=SIZE).content


def test_a_session_keeps_the_digits_and_a_small_picture(content):
    """The digits of `from_picture`, their boxes in per cent, and a reduced JPEG with the ink in a colour of its own."""
    kept = photo.read(content)
    found = from_picture(content)
    np.testing.assert_array_equal(kept.digits, [digit.image for digit in found.digits])
    assert len(kept.url) < 300_000
    shown = Image.open(io.BytesIO(base64.b64decode(kept.url.split(",")[1])))
    assert max(shown.size) <= photo.SHOWN
    assert kept.ratio == pytest.approx(shown.size[0] / shown.size[1], rel=0.01)
    pixels = np.asarray(shown.convert("RGB"), int)
    for left, top, width, height in kept.boxes:
        assert 0 <= left < left + width <= 100
        assert 0 <= top < top + height <= 100
        rows, columns = (
            slice(int(low * side / 100), int((low + long) * side / 100) + 1)
            for low, long, side in ((top, height, shown.size[1]), (left, width, shown.size[0]))
        )
        near = np.abs(pixels[rows, columns] - photo.MARK).sum(2) < 120
        assert near.mean() > 0.03, "its ink is marked"


def test_the_figure_has_a_box_for_each_digit_and_says_what_was_left_out(content):
    """The chosen one stands out, and the table is named."""
    shown = photo.figure(photo.read(content), 1)
    boxes = re.findall(r'class="box( chosen)?"', shown)
    assert boxes == ["", " chosen", ""]
    assert "number 2 chosen" in shown
    assert "Left out: what lies around the sheet" in shown


def test_a_sheet_without_a_digit_is_a_named_error():
    """Nothing is kept of it."""
    with pytest.raises(EmptyDrawing, match="No digit is found"):
        photo.read(blank("even", np.random.default_rng(1), size=SIZE))


def test_beyond_forty_digits_the_page_says_so():
    """Of a sheet of 48 digits the first forty are offered."""
    page = Image.new("L", (1200, 900), 240)
    rng = np.random.default_rng(2)
    for number in range(48):
        drawn = Image.fromarray(255 - strokes.render(pens.draw(2 + number % 6, rng), size=120)[..., 3])
        page.paste(drawn.point(lambda grey: min(grey, 240)), (40 + 142 * (number % 8), 20 + 145 * (number // 8)))
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    kept = photo.read(buffer.getvalue())
    assert len(kept.digits) == 40
    assert "Left out: all but the first 40 digits" in photo.figure(kept, 0)
