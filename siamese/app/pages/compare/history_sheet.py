"""The comparisons of a session as pictures: a thumbnail for the page, and a sheet to download."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from siamese.app.pages.compare.history import Entry
from siamese.app.words import QUESTION, decision
from siamese.charts.palette import LIGHT
from siamese.constants import SIDE

_GAP = 2  # pixels between the two digits of a thumbnail
_GREYS = 16
_SCALE = 5
_DIGIT = SIDE * _SCALE
_CARD = (2 * _DIGIT + 46, _DIGIT + 122)
_MARGIN = 28
_HEAD = 92
_COLUMNS = 4


def thumbnail(entry: Entry) -> bytes:
    """A small PNG of both digits side by side, dark ink on white, in sixteen greys."""
    pair = np.zeros((SIDE, 2 * SIDE + _GAP), np.uint8)
    pair[:, :SIDE], pair[:, SIDE + _GAP :] = entry.left.image, entry.right.image
    levels = Image.fromarray(np.round((255 - pair) / 255 * (_GREYS - 1)).astype(np.uint8), "P")
    levels.putpalette([grey for level in range(_GREYS) for grey in [level * 255 // (_GREYS - 1)] * 3])
    buffer = io.BytesIO()
    levels.save(buffer, "PNG", bits=4, optimize=True)
    return buffer.getvalue()


def sheet(entries: Sequence[Entry]) -> bytes:
    """A PNG with a card for each comparison, in order, in rows of four. Needs no font but Pillow's own."""
    columns = max(1, min(_COLUMNS, len(entries)))
    rows = max(1, math.ceil(len(entries) / columns))
    width = max(2 * _MARGIN + columns * _CARD[0] + (columns - 1) * _MARGIN, 560)
    page = Image.new("RGB", (width, _HEAD + rows * (_CARD[1] + _MARGIN)), LIGHT.background)
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, 22), QUESTION, LIGHT.text, _font(30))
    draw.text((_MARGIN, 60), _count(len(entries)), LIGHT.muted, _font(17))
    for place, entry in enumerate(entries):
        row, column = divmod(place, columns)
        _card(page, draw, entry, _MARGIN + column * (_CARD[0] + _MARGIN), _HEAD + row * (_CARD[1] + _MARGIN))
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _count(number: int) -> str:
    return f"{number} comparison{'' if number == 1 else 's'} by a Siamese network"


def _card(page: Image.Image, draw: ImageDraw.ImageDraw, entry: Entry, x: int, y: int) -> None:
    colour = LIGHT.same if entry.is_same else LIGHT.different
    draw.rounded_rectangle((x, y, x + _CARD[0] - 1, y + _CARD[1] - 1), 12, LIGHT.background, colour, 2)
    for place, side in enumerate((entry.left, entry.right)):
        digit = Image.fromarray(255 - side.image).resize((_DIGIT, _DIGIT), Image.Resampling.NEAREST)
        corner = (x + 16 + place * (_DIGIT + 14), y + 16)
        page.paste(digit, corner)
        draw.rectangle((*(edge - 1 for edge in corner), *(edge + _DIGIT for edge in corner)), outline=LIGHT.muted)
        draw.text((corner[0], corner[1] + _DIGIT + 4), _fitting(side.caption, 12, _DIGIT), LIGHT.muted, _font(12))
    foot = y + 16 + _DIGIT + 26
    # Words, no signs: Pillow's own font has no sign for "unequal".
    draw.text((x + 16, foot), f"{entry.number}. {decision(entry.is_same).title}", colour, _font(21))
    figures = f"distance {entry.distance:.3f}, threshold {entry.threshold:.3f}{_right(entry)}"
    draw.text((x + 16, foot + 28), figures, LIGHT.text, _font(15))
    draw.text((x + 16, foot + 49), _fitting(entry.title, 13, _CARD[0] - 32), LIGHT.muted, _font(13))


def _right(entry: Entry) -> str:
    """Whether the network was right, where that is known."""
    return "" if entry.label is None else ", right" if entry.label == entry.is_same else ", wrong"


def _fitting(text: str, size: int, width: int) -> str:
    """The text in letters that the font has, cut where it would be wider than `width` pixels."""
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in text.replace("–", "-").replace("×", "x"))
    if _font(size).getlength(plain) <= width:
        return plain
    while plain and _font(size).getlength(f"{plain}...") > width:
        plain = plain[:-1]
    return f"{plain}..."


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
