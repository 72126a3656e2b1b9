"""One drawing as it grows: its strokes, and what can be undone and redone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from siamese.errors import EmptyDrawing, SiameseError
from siamese.imaging import strokes as pen_strokes
from siamese.imaging.framing import framed

MAX_UNDO = 100  # steps back; each holds references to strokes, not copies


@dataclass
class Drawing:
    """What was drawn on one canvas, and its steps.

    Attributes:
        strokes: the drawing as the canvas last sent it, and as a link holds it; `problem` says why what it sent
            cannot be read.
        base: the drawing that the canvas was last started with; another `generation` starts it anew.
        number: counts the drawings; it is the same one from an empty canvas to the next empty canvas.
        past, future: what Undo and Redo bring back, each with its number of the drawing, the nearest last. Never
            changed in place, like everything here: a copy stays what it was.
        framed: strokes, the image or the error that came of them, and whether a stray line at the edge was left out:
            the other side's stroke does not make it anew.
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
        """Whether nothing was drawn, not even what cannot be read."""
        return not self.strokes and not self.problem

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.past) or not self.is_empty

    def draw(self, strokes: list[np.ndarray]) -> None:
        """Keep what the canvas has sent, as a step that can be undone."""
        # Rounded places can move a pixel: what was brought back would have another distance than it had.
        drawn = self.base if pen_strokes.is_echo(strokes, self.base) else pen_strokes.shared(strokes)
        if _equal(drawn, self.strokes) and not self.problem:
            return
        self._remember()
        self._take(drawn)

    def restart(self, strokes: list[np.ndarray]) -> None:
        """Start the canvas anew with `strokes` on it."""
        self._take(pen_strokes.shared(strokes))
        self.base = self.strokes
        self.generation += 1

    def reload(self) -> None:
        """Start the canvas anew with what is drawn on it: for a canvas that comes back to the page."""
        self.restart(self.strokes)

    def undo(self) -> None:
        """Take the last step back: a stroke, or a Clear."""
        if not self.can_undo:
            return
        # A drawing that came by a link has no steps; its strokes are.
        *self.past, before = self.past or [(self.strokes[:-1], self.number)]
        self.future = [*self.future, (self.strokes, self.number)]
        self._bring(*before)

    def redo(self) -> None:
        """Take the last Undo back."""
        if self.future:
            self.past = [*self.past, (self.strokes, self.number)]
            *self.future, after = self.future
            self._bring(*after)

    def clear(self) -> None:
        """Empty the canvas, as a step that can be undone."""
        if not self.is_empty:
            self._remember()
            self.restart([])

    def initial(self) -> dict[str, Any]:
        """The canvas JSON to start with. The canvas loads it whenever it differs from the one before."""
        # Without the count, undoing back to a drawing that it was started with before would do nothing.
        return pen_strokes.to_canvas(self.base) | {"generation": self.generation}

    def image(self) -> np.ndarray:
        """The drawing as MNIST frames it (28, 28).

        Raises:
            EmptyDrawing: nothing is drawn. SiameseError: what is drawn is no digit, or cannot be read.
        """
        if self.problem:
            raise SiameseError(self.problem)
        if self.framed is None or self.framed[0] is not self.strokes:
            self.framed = self.strokes, *_framed(self.strokes)
        if isinstance(self.framed[1], SiameseError):
            raise self.framed[1]
        return self.framed[1]

    @property
    def has_stray_line(self) -> bool:
        """Whether a line at the edge was left out of the image that was last asked for."""
        return self.framed is not None and self.framed[0] is self.strokes and self.framed[2]

    def _take(self, drawn: list[np.ndarray]) -> None:
        if not drawn:  # an emptied canvas is the start of another drawing
            self.number += 1
        self.strokes, self.problem = drawn, ""

    def _remember(self) -> None:
        self.past = [*self.past, (self.strokes, self.number)][-MAX_UNDO:]
        self.future = []

    def _bring(self, strokes: list[np.ndarray], number: int) -> None:
        self.restart(strokes)
        self.number = number  # the same drawing as it was then, so that its entry in the history goes on


def _framed(strokes: list[np.ndarray]) -> tuple[np.ndarray | SiameseError, bool]:
    try:
        return framed(pen_strokes.render(strokes))
    except SiameseError as error:
        return error, False


def _equal(strokes: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return len(strokes) == len(others) and all(map(np.array_equal, strokes, others))


def read(drawing: Drawing, nothing: str = "") -> tuple[np.ndarray | None, str]:
    """The image (28, 28) and "", or None and what is wrong in plain words; `nothing` where nothing is drawn."""
    try:
        return drawing.image(), ""
    except EmptyDrawing:
        return None, nothing
    except SiameseError as error:
        return None, str(error)
