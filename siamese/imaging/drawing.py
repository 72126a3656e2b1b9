"""A drawing with its Undo and Redo: the strokes on one canvas, and the steps that led to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from siamese.errors import EmptyDrawing, SiameseError
from siamese.imaging import strokes as pen_strokes
from siamese.imaging.framing import frame_drawing

MAX_UNDO = 100  # steps back; each holds references to strokes, not copies


@dataclass
class Drawing:
    """The drawing on one canvas, and the steps that led to it.

    No list in it is ever changed in place, so that a copy stays as it was.

    Attributes:
        strokes: the drawing as the canvas last sent it, quantised as a link holds it.
        problem: why what the canvas last sent cannot be read, or "".
        base: the drawing that the canvas was last started with.
        generation: counts the starts; another number starts the canvas again.
        number: counts the drawings; a new drawing begins whenever the canvas is emptied.
        past, future: what Undo and Redo restore, strokes and number, the nearest step last.
        framed: a cache for `image`: the strokes, the image or the error that came of them, and whether a stray line
            at the edge was left out.
    """

    strokes: list[np.ndarray] = field(default_factory=list)
    problem: str = ""
    base: list[np.ndarray] = field(default_factory=list)
    generation: int = 0
    number: int = 0
    past: list[tuple[list[np.ndarray], int]] = field(default_factory=list)
    future: list[tuple[list[np.ndarray], int]] = field(default_factory=list)
    framed: tuple[list[np.ndarray], np.ndarray | SiameseError, bool] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was drawn, readable or not."""
        return not self.strokes and not self.problem

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.past) or not self.is_empty

    def draw(self, strokes: list[np.ndarray]) -> None:
        """Takes the strokes that the canvas has sent, as a step that can be undone."""
        # The canvas rounds places, which can move a pixel: a restored drawing would get another distance.
        received = self.base if pen_strokes.is_echo(strokes, self.base) else pen_strokes.quantised(strokes)
        if _equal(received, self.strokes) and not self.problem:
            return
        self._record_step()
        self._replace(received)

    def restart(self, strokes: list[np.ndarray]) -> None:
        """Starts the canvas again with `strokes` on it."""
        self._replace(pen_strokes.quantised(strokes))
        self.base = self.strokes
        self.generation += 1

    def reload(self) -> None:
        """Start the canvas anew with what is drawn on it: for a canvas that comes back to the page."""
        self.restart(self.strokes)

    def undo(self) -> None:
        """Takes the last step back: a stroke, or a Clear."""
        if not self.can_undo:
            return
        # A drawing that came by a link has no recorded steps: each of its strokes counts as one.
        *self.past, before = self.past or [(self.strokes[:-1], self.number)]
        self.future = [*self.future, (self.strokes, self.number)]
        self._restore(*before)

    def redo(self) -> None:
        """Takes the last Undo back."""
        if self.future:
            self.past = [*self.past, (self.strokes, self.number)]
            *self.future, after = self.future
            self._restore(*after)

    def clear(self) -> None:
        """Empties the canvas, as a step that can be undone."""
        if not self.is_empty:
            self._record_step()
            self.restart([])

    def initial(self) -> dict[str, Any]:
        """The canvas JSON to start with; the canvas loads it whenever it differs from the last one."""
        # Without the generation, an Undo back to the last start would not differ from it and do nothing.
        return pen_strokes.to_canvas(self.base) | {"generation": self.generation}

    def image(self) -> np.ndarray:
        """The drawing as an image (28, 28) float32, framed as MNIST.

        Raises:
            EmptyDrawing: nothing is drawn.
            SiameseError: what is drawn is no digit, or cannot be read.
        """
        if self.problem:
            raise SiameseError(self.problem)
        if self.framed is None or self.framed[0] is not self.strokes:
            self.framed = self.strokes, *_image_or_error(self.strokes)
        if isinstance(self.framed[1], SiameseError):
            raise self.framed[1]
        return self.framed[1]

    @property
    def has_stray_line(self) -> bool:
        """Whether a stray line at the edge was left out of the last `image`."""
        return self.framed is not None and self.framed[0] is self.strokes and self.framed[2]

    def _replace(self, strokes: list[np.ndarray]) -> None:
        if not strokes:  # an emptied canvas is the start of another drawing
            self.number += 1
        self.strokes, self.problem = strokes, ""

    def _record_step(self) -> None:
        self.past = [*self.past, (self.strokes, self.number)][-MAX_UNDO:]
        self.future = []

    def _restore(self, strokes: list[np.ndarray], number: int) -> None:
        self.restart(strokes)
        self.number = number  # the same drawing as it was then, so that its entry in the history goes on


def _image_or_error(strokes: list[np.ndarray]) -> tuple[np.ndarray | SiameseError, bool]:
    try:
        return frame_drawing(pen_strokes.render(strokes))
    except SiameseError as error:
        return error, False


def _equal(strokes: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return len(strokes) == len(others) and all(map(np.array_equal, strokes, others))


def image_or_problem(drawing: Drawing, empty: str = "") -> tuple[np.ndarray | None, str]:
    """The image (28, 28) and "", or None and the problem in plain words, which is `empty` where nothing is drawn."""
    try:
        return drawing.image(), ""
    except EmptyDrawing:
        return None, empty
    except SiameseError as error:
        return None, str(error)
