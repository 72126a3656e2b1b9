"""Undo, Redo and Clear: what the page tells the buttons, and what a forged press does."""

from __future__ import annotations

import numpy as np

from siamese.app.components import steps
from siamese.imaging.drawing import Drawing

STROKE = np.array([[40.0, 40.0], [200.0, 60.0]])


def drawn() -> Drawing:
    """A drawing of one stroke."""
    drawing = Drawing()
    drawing.draw([STROKE])
    return drawing


def test_the_mark_says_what_can_be_done_and_where_the_keyboard_goes():
    """By the name of each canvas, as the buttons read it."""
    left = drawn()
    left.undo()
    assert steps.mark({"left": left, "right": drawn()}, "right") == (
        '<div hidden data-steps="{&quot;left&quot;: [&quot;redo&quot;], '
        '&quot;right&quot;: [&quot;undo&quot;, &quot;clear&quot;]}" data-last="right"></div>'
    )
