"""What a class takes home: strokes, images, a sheet, figures."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from siamese.classroom.export import FIGURE_COLUMNS, figures_csv, images_npz, sheet_png, strokes_json
from siamese.classroom.figures import SplitFigures
from siamese.classroom.records import Drawing
from siamese.classroom.submissions import read_strokes
from tests.classroom.conftest import drawn


@pytest.fixture
def kept():
    """Drawings of a room and their strokes; the second counts as another digit than was asked for."""
    sent = [drawn(digit, digit) for digit in range(10)]
    drawings = [
        Drawing(k + 1, k % 3 + 1, k, 7 if k == 1 else k, True, submission.image) for k, submission in enumerate(sent)
    ]
    return drawings, {k + 1: submission.strokes for k, submission in enumerate(sent)}


def test_strokes_as_json(kept):
    """Every drawing with its digit and its strokes; one whose strokes are not at hand is left out."""
    drawings, strokes = kept
    loaded = json.loads(strokes_json([*drawings, Drawing(99, 1, 1, 1, True, bytes(784))], strokes))
    assert loaded["canvas"] == 280
    assert [each["digit"] for each in loaded["drawings"]] == [0, 7, *range(2, 10)]
    assert loaded["drawings"][1]["asked"] == 1
    assert set(loaded["drawings"][0]) == {"number", "digit", "asked", "pupil", "strokes"}
    again = json.dumps(loaded["drawings"][4]["strokes"]).encode()
    assert all(map(np.array_equal, read_strokes(again), read_strokes(strokes[5])))


@pytest.mark.parametrize("count", [0, 1, 10])
def test_images_as_npz(kept, count):
    """Images as they were framed, with digits and pupils; an empty room gives empty arrays."""
    drawings = kept[0][:count]
    with np.load(io.BytesIO(images_npz(drawings)), allow_pickle=False) as archive:
        assert archive["images"].shape == (count, 28, 28)
        assert archive["images"].dtype == np.uint8
        assert archive["digits"].tolist() == [each.digit for each in drawings]
        assert archive["pupils"].tolist() == [each.pupil for each in drawings]
        for image, each in zip(archive["images"], drawings):
            assert np.array_equal(image, each.pixels)


@pytest.mark.parametrize("count", [0, 1, 10, 300])
def test_a_sheet(kept, count):
    """A PNG that grows with the drawings, and holds ink for each."""
    drawings = (kept[0] * 30)[:count]
    with Image.open(io.BytesIO(sheet_png(drawings))) as picture:
        assert picture.format == "PNG"
        ink = 255.0 - np.asarray(picture.convert("L"), float)
    # Each digit is drawn twice as large: four times its ink; the words and numbers add some.
    assert ink.sum() >= 4 * sum(float(each.pixels.sum()) for each in drawings)


def test_figures_as_csv():
    """What is not known yet is empty; a name that begins like a formula is a text."""
    figures = {"=cmd()": {"seen": SplitFigures(0.5, (0.25, 0.75), 0), "unseen": SplitFigures(None, None, 12)}}
    rows = list(csv.reader(io.StringIO(figures_csv(figures, {"=cmd()": {"seen": 0.9}}).decode())))
    assert rows[0] == list(FIGURE_COLUMNS)
    assert rows[1] == ["'=cmd()", "seen", "0.500000", "0.250000", "0.750000", "0", "0.900000"]
    assert rows[2] == ["'=cmd()", "unseen", "", "", "", "12", ""]
