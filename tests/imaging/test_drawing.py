"""A drawing as it grows: what Undo, Redo and Clear bring back, and when it is the same drawing."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from siamese.errors import EmptyDrawing, SiameseError
from siamese.imaging import pens
from siamese.imaging.drawing import MAX_UNDO, Drawing, image_or_problem
from siamese.imaging.framing import frame_drawing, from_drawing
from siamese.imaging.strokes import from_canvas, render, to_canvas

FIRST, SECOND, THIRD = (np.array([[40.0, 40 + 60 * row], [200.0, 60 + 60 * row]]) for row in range(3))


def drawn(*strokes: np.ndarray) -> Drawing:
    """A sheet on which these strokes were drawn, one after another."""
    paper = Drawing()
    for count in range(1, len(strokes) + 1):
        paper.draw(list(strokes[:count]))
    return paper


def rows(paper: Drawing) -> list[int]:
    """Which of the three strokes are on the sheet, by the height of their start."""
    return [round((stroke[0][1] - 40) / 60) for stroke in paper.strokes]


def test_undo_takes_one_stroke_back_and_redo_brings_it_again():
    """Three strokes, two steps back, one forward: the first two are there."""
    paper = drawn(FIRST, SECOND, THIRD)
    paper.undo()
    paper.undo()
    assert rows(paper) == [0]
    paper.redo()
    assert rows(paper) == [0, 1]
    assert paper.base is paper.strokes, "the canvas starts anew with what was brought back"


def test_clear_can_be_undone_and_it_is_the_same_drawing_again():
    """Clear takes all strokes and is one step; undone, the drawing has its number and its strokes."""
    paper = drawn(FIRST, SECOND)
    number = paper.number
    paper.clear()
    assert paper.is_empty
    assert paper.number != number
    paper.undo()
    assert rows(paper) == [0, 1]
    assert paper.number == number
    paper.redo()
    assert paper.is_empty


def test_a_new_stroke_ends_what_could_be_redone():
    """After a step back another stroke is drawn: nothing is left to redo."""
    paper = drawn(FIRST, SECOND)
    paper.undo()
    paper.draw([FIRST, THIRD])
    assert not paper.future
    paper.redo()
    assert rows(paper) == [0, 2]


def test_a_drawing_that_came_by_a_link_can_be_undone_stroke_by_stroke():
    """It has no steps of its own; its strokes are."""
    paper = Drawing()
    paper.restart([FIRST, SECOND])
    paper.undo()
    assert rows(paper) == [0]
    paper.undo()
    assert paper.is_empty
    assert not paper.can_undo
    paper.redo()
    paper.redo()
    assert rows(paper) == [0, 1]


def test_nothing_to_undo_redo_or_clear_changes_nothing():
    """An empty sheet stays as it is, and its canvas is not started anew."""
    paper = Drawing()
    for step in (paper.undo, paper.redo, paper.clear):
        step()
    assert paper == Drawing()


def test_what_the_canvas_sends_back_is_no_step():
    """A canvas that was started with a drawing sends it back, rounded: neither a step nor another drawing."""
    paper = drawn(FIRST, SECOND)
    paper.undo()
    steps_before, strokes = paper.past, paper.strokes
    echo = from_canvas(to_canvas(paper.base))
    paper.draw(echo)
    paper.draw(echo)
    assert paper.past is steps_before
    assert paper.strokes is strokes
    assert paper.future, "Redo is still possible"


def test_the_steps_are_bounded():
    """A drawing that grows for ever keeps a bounded number of steps, the last ones."""
    paper = Drawing()
    for count in range(MAX_UNDO + 20):
        paper.draw([FIRST] if count % 2 else [SECOND])
    assert len(paper.past) == MAX_UNDO


def test_a_copy_stays_what_it_was():
    """The journey keeps a copy: steps on the sheet do not reach it."""
    paper = drawn(FIRST, SECOND)
    before = copy.copy(paper)
    paper.undo()
    paper.draw([THIRD])
    assert rows(before) == [0, 1]
    assert len(before.past) == 2
    assert before.future == []


def test_the_image_is_framed_once_and_anew_after_a_stroke(monkeypatch):
    """The other side's stroke does not frame this one again; a stroke here does."""
    calls = []
    monkeypatch.setattr("siamese.imaging.drawing.frame_drawing", lambda rgba: calls.append(1) or frame_drawing(rgba))
    paper = Drawing()
    paper.restart(pens.draw(3, np.random.default_rng(1)))
    first = paper.image()
    assert paper.image() is first
    np.testing.assert_array_equal(first, from_drawing(render(paper.strokes)))
    paper.draw([*paper.strokes, FIRST])
    assert not np.array_equal(paper.image(), first)
    assert len(calls) == 2


def test_what_is_wrong_is_told_each_time():
    """An empty sheet, a dot and a drawing that cannot be read: no image, and a sentence, also the second time."""
    paper = Drawing()
    with pytest.raises(EmptyDrawing):
        paper.image()
    assert image_or_problem(paper, "Draw.") == (None, "Draw.")
    paper.draw([np.array([[140.0, 140.0]])])
    assert image_or_problem(paper) == image_or_problem(paper)
    assert "only a dot" in image_or_problem(paper)[1]
    paper.problem = "This drawing cannot be read."
    with pytest.raises(SiameseError, match="cannot be read"):
        paper.image()


def test_a_stray_line_is_told_until_the_next_stroke():
    """A line at the edge is left out of the image; without it the drawing has none."""
    paper = Drawing()
    digit = pens.draw(3, np.random.default_rng(1))
    paper.restart([*digit, np.array([[4.0, 70.0], [4.0, 190.0]])])
    np.testing.assert_array_equal(paper.image(), from_drawing(render(paper.strokes[:-1])))
    assert paper.has_stray_line
    paper.undo()
    paper.image()
    assert not paper.has_stray_line
