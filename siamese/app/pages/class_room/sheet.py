"""A pupil's sheet: what is drawn and not yet sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import numpy as np

from siamese.imaging.drawing import Drawing


@dataclass
class Sheet:
    """A pupil's sheet.

    Attributes:
        drawing: what is drawn. key: of its sending, so that what is sent twice is kept once.
        digit: the one that the drawing was begun for, None before the page has asked for any.
        problem: why it was not sent, in words. refused: the strokes that it speaks of.
    """

    drawing: Drawing = field(default_factory=Drawing)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    digit: int | None = None
    problem: str = ""
    refused: list[np.ndarray] = field(default_factory=list)

    def renew(self) -> None:
        """Empties it for the next drawing; the number of starts goes on, so that the canvas empties."""
        self.drawing = Drawing(generation=self.drawing.generation + 1)
        self.key, self.digit, self.problem = secrets.token_urlsafe(12), None, ""

    def belongs_to(self, digit: int | None) -> None:
        """Drops a drawing that was begun for another digit than this: that one was sent, by this page or another."""
        if self.digit not in (None, digit):
            self.renew()
        self.digit = digit

    def refuse(self, problem: str) -> None:
        """Takes why what is drawn was not sent, in words, until something else is drawn."""
        self.problem, self.refused = problem, self.drawing.strokes

    def changed(self) -> None:
        """Drops the problem of another drawing than this."""
        if self.drawing.strokes is not self.refused:  # a canvas that was emptied answers, and has not changed
            self.problem = ""
