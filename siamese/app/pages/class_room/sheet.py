"""A pupil's sheet: what is drawn and not yet sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from siamese.imaging.drawing import Drawing


@dataclass
class Sheet:
    """A pupil's sheet.

    Attributes:
        drawing: what is drawn. key: of its sending, so that what is sent twice is kept once.
        restored: the digit that a drawing from the address was begun for, until the page has compared it with the one
            that is asked for now.
        problem: why it was not sent, in words.
    """

    drawing: Drawing = field(default_factory=Drawing)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    restored: int | None = None
    problem: str = ""

    def renew(self) -> None:
        """Empties it for the next drawing; the number of starts goes on, so that the canvas empties."""
        self.drawing = Drawing(generation=self.drawing.generation + 1)
        self.key, self.restored, self.problem = secrets.token_urlsafe(12), None, ""

    def belongs_to(self, digit: int | None) -> None:
        """Drops a drawing from the address that was begun for another digit than this: that one was sent."""
        if self.restored not in (None, digit):
            self.renew()
        self.restored = None
