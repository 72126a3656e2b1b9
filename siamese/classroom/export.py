"""A class's drawings and figures as files to keep: JSON, npz, PNG, CSV. None holds more than an anonymous number."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from siamese.classroom.figures import SplitFigures
from siamese.classroom.records import Drawing
from siamese.constants import SIDE
from siamese.imaging.strokes import CANVAS, PEN
from siamese.spreadsheets import cell

_SCALE = 2
_CELL = SIDE * _SCALE + 8
_COLUMNS = 20
_HEAD, _MARGIN = 64, 24
_INK, _MUTED = (15, 23, 42), (71, 85, 105)
FIGURE_COLUMNS = ("model", "split", "accuracy", "interval low", "interval high", "drawings missing", "MNIST")


def strokes_json(drawings: Iterable[Drawing], strokes: Mapping[int, bytes]) -> bytes:
    """The drawings as JSON: for each its digit, the one asked for, the pupil's number, and its strokes.

    Args:
        strokes: of each drawing, as the room keeps them; what is drawn since then is left out.
    """
    kept = [
        {
            "number": each.number,
            "digit": each.digit,
            "asked": each.asked,
            "pupil": each.pupil,
            "strokes": json.loads(strokes[each.number]),
        }
        for each in drawings
        if each.number in strokes
    ]
    content = {"canvas": CANVAS, "pen": PEN, "drawings": kept}
    return json.dumps(content, separators=(",", ":")).encode()


def images_npz(drawings: Sequence[Drawing]) -> bytes:
    """The drawings as an npz archive: `images` (n, 28, 28) uint8; `digits`, `asked`, `pupils`, `numbers` (n,)."""
    buffer = io.BytesIO()
    images = np.array([each.pixels for each in drawings], np.uint8).reshape(-1, SIDE, SIDE)
    np.savez_compressed(
        buffer,
        images=images,
        digits=np.array([each.digit for each in drawings], np.uint8),
        asked=np.array([each.asked for each in drawings], np.uint8),
        pupils=np.array([each.pupil for each in drawings], np.int32),
        numbers=np.array([each.number for each in drawings], np.int32),
    )
    return buffer.getvalue()


def sheet_png(drawings: Sequence[Drawing]) -> bytes:
    """A picture of all drawings, dark ink on white, by digit, twenty in a row. Needs no font but Pillow's own."""
    groups = [[each for each in drawings if each.digit == digit] for digit in range(10)]
    rows = [math.ceil(len(group) / _COLUMNS) for group in groups]
    width = 2 * _MARGIN + 40 + _COLUMNS * _CELL
    page = Image.new("RGB", (width, _HEAD + _MARGIN + sum(rows) * _CELL + 10 * 8), "white")
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, 18), f"{len(drawings)} digits, drawn by the class", _INK, ImageFont.load_default(24))
    y = _HEAD
    for digit, group in enumerate(groups):
        if group:
            draw.text((_MARGIN, y + 12), str(digit), _MUTED, ImageFont.load_default(28))
        for place, each in enumerate(group):
            row, column = divmod(place, _COLUMNS)
            picture = Image.fromarray(255 - each.pixels).resize((SIDE * _SCALE,) * 2, Image.Resampling.NEAREST)
            page.paste(picture, (_MARGIN + 40 + column * _CELL, y + row * _CELL))
        y += rows[digit] * _CELL + 8
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def figures_csv(figures: Mapping[str, Mapping[str, SplitFigures]], mnist: Mapping[str, Mapping[str, float]]) -> bytes:
    """The figures as CSV with a heading; no cell can be taken for a formula by a spreadsheet.

    Args:
        figures: by model and split.
        mnist: the accuracy on MNIST's test file by model and split, where it is known.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(FIGURE_COLUMNS)
    for model, splits in figures.items():
        for split, each in splits.items():
            low, high = each.interval or (None, None)
            known = mnist.get(model, {}).get(split)
            rates = [_rate(value) for value in (each.accuracy, low, high)]
            writer.writerow([cell(model), cell(split), *rates, each.missing, _rate(known)])
    return buffer.getvalue().encode()


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
