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


def drawing_of(*strokes: np.ndarray) -> Drawing:
    """A drawing in which these strokes were drawn one after another."""
    drawing = Drawing()
    for count in range(1, len(strokes) + 1):
        drawing.draw(list(strokes[:count]))
    return drawing


def rows(drawing: Drawing) -> list[int]:
    """Which of the three strokes are in the drawing, by the height of their start."""
    return [round((stroke[0][1] - 40) / 60) for stroke in drawing.strokes]


def test_undo_takes_one_stroke_back_and_redo_brings_it_again():
    """Three strokes, two steps back, one forward: the first two are there."""
    drawing = drawing_of(FIRST, SECOND, THIRD)
    drawing.undo()
    drawing.undo()
    assert rows(drawing) == [0]
    drawing.redo()
    assert rows(drawing) == [0, 1]
    assert drawing.base is drawing.strokes, "the canvas starts again with what was restored"


def test_clear_can_be_undone_and_it_is_the_same_drawing_again():
    """Clear takes all strokes and is one step; undone, the drawing has its number and its strokes."""
    drawing = drawing_of(FIRST, SECOND)
    number = drawing.number
    drawing.clear()
    assert drawing.is_empty
    assert drawing.number != number
    drawing.undo()
    assert rows(drawing) == [0, 1]
    assert drawing.number == number
    drawing.redo()
    assert drawing.is_empty


def test_a_new_stroke_ends_what_could_be_redone():
    """After a step back and another stroke, nothing is left to redo."""
    drawing = drawing_of(FIRST, SECOND)
    drawing.undo()
    drawing.draw([FIRST, THIRD])
    assert not drawing.future
    drawing.redo()
    assert rows(drawing) == [0, 2]


def test_a_drawing_that_came_by_a_link_can_be_undone_stroke_by_stroke():
    """It has no recorded steps; each of its strokes counts as one."""
    drawing = Drawing()
    drawing.restart([FIRST, SECOND])
    drawing.undo()
    assert rows(drawing) == [0]
    drawing.undo()
    assert drawing.is_empty
    assert not drawing.can_undo
    drawing.redo()
    drawing.redo()
    assert rows(drawing) == [0, 1]


def test_nothing_to_undo_redo_or_clear_changes_nothing():
    """An empty drawing stays as it is, and its canvas is not started anew."""
    drawing = Drawing()
    for step in (drawing.undo, drawing.redo, drawing.clear):
        step()
    assert drawing == Drawing()


def test_what_the_canvas_sends_back_is_no_step():
    """A canvas that was started with a drawing sends it back, rounded: neither a step nor another drawing."""
    drawing = drawing_of(FIRST, SECOND)
    drawing.undo()
    steps_before, strokes = drawing.past, drawing.strokes
    echo = from_canvas(to_canvas(drawing.base))
    drawing.draw(echo)
    drawing.draw(echo)
    assert drawing.past is steps_before
    assert drawing.strokes is strokes
    assert drawing.future, "Redo is still possible"


def test_the_steps_are_bounded():
    """A drawing that grows for ever keeps a bounded number of steps, the last ones."""
    drawing = Drawing()
    for count in range(MAX_UNDO + 20):
        drawing.draw([FIRST] if count % 2 else [SECOND])
    assert len(drawing.past) == MAX_UNDO


def test_a_copy_stays_what_it_was():
    """The history holds a copy; later steps do not change it."""
    drawing = drawing_of(FIRST, SECOND)
    before = copy.copy(drawing)
    drawing.undo()
    drawing.draw([THIRD])
    assert rows(before) == [0, 1]
    assert len(before.past) == 2
    assert before.future == []


def test_the_image_is_framed_once_and_anew_after_a_stroke(monkeypatch):
    """The other side's stroke does not frame this one again; a stroke here does."""
    calls = []
    monkeypatch.setattr("siamese.imaging.drawing.frame_drawing", lambda rgba: calls.append(1) or frame_drawing(rgba))
    drawing = Drawing()
    drawing.restart(pens.draw(3, np.random.default_rng(1)))
    first = drawing.image()
    assert drawing.image() is first
    np.testing.assert_array_equal(first, from_drawing(render(drawing.strokes)))
    drawing.draw([*drawing.strokes, FIRST])
    assert not np.array_equal(drawing.image(), first)
    assert len(calls) == 2


def test_what_is_wrong_is_told_each_time():
    """An empty drawing, a dot and a drawing that cannot be read: no image, and a sentence, also the second time."""
    drawing = Drawing()
    with pytest.raises(EmptyDrawing):
        drawing.image()
    assert image_or_problem(drawing, "Draw.") == (None, "Draw.")
    drawing.draw([np.array([[140.0, 140.0]])])
    assert image_or_problem(drawing) == image_or_problem(drawing)
    assert "only a dot" in image_or_problem(drawing)[1]
    drawing.problem = "This drawing cannot be read."
    with pytest.raises(SiameseError, match="cannot be read"):
        drawing.image()


def test_a_stray_line_is_told_until_the_next_stroke():
    """A line at the edge is left out of the image; without it the drawing has none."""
    drawing = Drawing()
    digit = pens.draw(3, np.random.default_rng(1))
    drawing.restart([*digit, np.array([[4.0, 70.0], [4.0, 190.0]])])
    np.testing.assert_array_equal(drawing.image(), from_drawing(render(drawing.strokes[:-1])))
    assert drawing.has_stray_line
    drawing.undo()
    drawing.image()
    assert not drawing.has_stray_line
