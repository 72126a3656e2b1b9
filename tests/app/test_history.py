"""The history: what counts as one comparison, and what is downloaded."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image

from siamese.app.pages.compare.history import COLUMNS, MAX_ENTRIES, ComparedDigit, History, csv_text
from siamese.app.pages.compare.history_sheet import sheet, thumbnail
from siamese.serving.verifier import Verification


def image(shade: int) -> np.ndarray:
    """A square of one shade on black: a picture of its own for each shade."""
    picture = np.zeros((28, 28), np.uint8)
    picture[8:20, 8:20] = shade
    return picture


def drawn(identity: int, shade: int) -> ComparedDigit:
    """A drawing in a certain state."""
    return ComparedDigit(("draw", identity), image(shade), "a drawing", None, snapshot=f"{identity}/{shade}")


def sample(index: int, digit: int) -> ComparedDigit:
    """A sampled digit."""
    return ComparedDigit(("sample", index), image(10 * index), f"MNIST test image {index}", digit)


def result(distance: float = 0.5, threshold: float = 1.0) -> Verification:
    """A verification with this distance."""
    picture = np.zeros((28, 28), np.float32)
    return Verification(distance, threshold, distance <= threshold, 0.75, picture, picture, np.zeros((2, 4)))


def record(
    history: History, left: ComparedDigit, right: ComparedDigit, model: str = "strokes", guess=None, **figures
) -> int:
    """Record a comparison; the number of its entry."""
    return history.record(left, right, model, f"{model}: a title", result(**figures), guess).number


def numbers(history: History) -> list[int]:
    return [entry.number for entry in history.entries]


def test_a_growing_drawing_is_one_comparison():
    """Three strokes on one canvas: one entry, with the last state and its distance."""
    history = History()
    for shade, distance in ((60, 0.9), (120, 0.7), (180, 0.3)):
        assert record(history, drawn(1, shade), drawn(1, 100), distance=distance) == 1
    assert numbers(history) == [1]
    assert history.entries[0].distance == 0.3
    assert history.entries[0].left.snapshot == "1/180"


def test_a_cleared_canvas_another_sample_or_model_is_another_comparison():
    """Each has an entry of its own, the newest last, and the screen's is the current one."""
    history = History()
    record(history, drawn(1, 60), drawn(1, 100))
    record(history, drawn(2, 200), drawn(1, 100))
    record(history, drawn(2, 200), sample(3, 7))
    record(history, drawn(2, 200), sample(3, 7), model="baseline")
    assert numbers(history) == [1, 2, 3, 4]
    assert history.current == 4


def test_the_threshold_changes_the_entry_in_place():
    """Moving the slider past the distance turns the verdict of the entry, and adds none."""
    history = History()
    record(history, sample(1, 4), sample(2, 4), threshold=1.0)
    record(history, sample(1, 4), sample(2, 4), threshold=0.2)
    assert numbers(history) == [1]
    assert not history.entries[0].is_same


def test_what_was_brought_back_is_its_entry_and_a_stroke_on_it_starts_another():
    """Brought back it is drawing 9, with the same picture: still entry 1. Changed, it is entry 3."""
    history = History()
    record(history, drawn(1, 60), drawn(1, 100))
    record(history, drawn(2, 200), drawn(2, 230))
    assert record(history, drawn(9, 60), drawn(9, 100)) == 1
    assert history.current == 1
    assert history.entry(1).left.snapshot == "1/60", "it keeps the state that it had"
    assert record(history, drawn(9, 140), drawn(9, 100)) == 3
    assert record(history, drawn(9, 160), drawn(9, 100)) == 3
    assert numbers(history) == [1, 2, 3]
    assert history.entry(1).left.snapshot == "1/60"


def test_a_drawing_that_comes_to_look_like_another_stays_itself():
    """Undone to what entry 1 shows, drawing 2 changes its own entry and leaves entry 1 alone."""
    history = History()
    record(history, drawn(1, 60), drawn(1, 100))
    record(history, drawn(2, 90), drawn(1, 100))
    assert record(history, drawn(2, 60), drawn(1, 100)) == 2
    assert numbers(history) == [1, 2]


def test_a_guess_stays_with_its_entry():
    """A verdict seen again later, when nobody is asked, does not wipe out what was guessed."""
    history = History()
    record(history, sample(1, 4), sample(2, 5), guess=False)
    record(history, sample(1, 4), sample(2, 5))
    assert history.entries[0].guess is False


def test_it_is_bounded_and_numbers_go_on():
    """Past the bound the oldest entry goes; its number is not given again."""
    history = History()
    for identity in range(MAX_ENTRIES + 3):
        record(history, drawn(identity, 40 * (identity % 6)), drawn(identity, 40 * (identity // 6)))
    assert numbers(history) == list(range(4, MAX_ENTRIES + 4))
    assert history.entry(3) is None
    assert history.entry(4).number == 4


def test_csv_holds_every_comparison_with_its_label_and_guess():
    """A heading, then a row each; what nobody knows is empty."""
    history = History()
    record(history, sample(1, 4), sample(2, 5), guess=True)
    record(history, drawn(1, 60), sample(2, 5), distance=1.25)
    rows = list(csv.DictReader(io.StringIO(csv_text(history.entries))))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0] == {
        "comparison": "1",
        "left": "MNIST test image 1",
        "left_digit": "4",
        "right": "MNIST test image 2",
        "right_digit": "5",
        "model": "strokes: a title",
        "distance": "0.500000",
        "threshold": "1.000000",
        "verdict": "same",
        "probability_same": "0.750000",
        "truth": "different",
        "guess": "same",
    }
    assert [rows[1][key] for key in ("left", "left_digit", "verdict", "truth", "guess")] == [
        "a drawing",
        "",
        "different",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", '=HYPERLINK("http://x")', "＝1"]
)
def test_no_cell_of_the_csv_is_a_formula(title):
    """A model's title that a spreadsheet would compute is marked as text."""
    history = History()
    history.record(drawn(1, 60), drawn(1, 100), "own", title, result(), None)
    _, row = csv.reader(io.StringIO(csv_text(history.entries)))
    assert row[COLUMNS.index("model")] == "'" + title
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for cell in row)


def test_the_sheet_is_a_png_with_a_card_for_each(tmp_path):
    """Five comparisons make two rows of up to four: the second row's card is drawn, its neighbour's place is empty."""
    history = History()
    for identity in range(5):
        record(history, drawn(identity, 255), drawn(identity, 50 * identity), distance=identity / 2)
    one, five = (Image.open(io.BytesIO(sheet(entries))) for entries in (history.entries[:1], history.entries))
    assert five.format == "PNG"
    assert five.height > 1.5 * one.height
    grey = np.asarray(five.convert("L"))
    second = grey[five.height * 2 // 3 :]
    assert second[:, : five.width // 4].min() < 60
    assert second[:, five.width // 3 :].min() == 255


def test_the_sheet_takes_no_comparison_and_any_title():
    """An empty history is a page with its heading; a title in another script is drawn as far as the font goes."""
    assert Image.open(io.BytesIO(sheet(()))).format == "PNG"
    history = History()
    history.record(drawn(1, 60), drawn(1, 100), "own", "数字 " * 60, result(), None)
    assert Image.open(io.BytesIO(sheet(history.entries))).format == "PNG"


def test_a_thumbnail_is_small_and_shows_both_digits():
    """Both 28 by 28 pictures side by side, ink dark on white, in few bytes: it is sent with every verdict."""
    history = History()
    record(history, drawn(1, 255), drawn(1, 51))
    content = thumbnail(history.entries[0])
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    assert picture.shape == (28, 58)
    assert picture[14, 14] == 0
    assert picture[14, 44] == 255 - 51
    assert picture[0].min() == 255
    assert len(content) < 400
