"""A rehearsal: invented pupils' digits of the built-in pens in a trial room, so that a lesson can be tried before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siamese.classroom.store import Store
from siamese.classroom.submissions import Submission, submission
from siamese.errors import EmptyDrawing, NotADigit
from siamese.imaging import pens

PUPILS = 30


def fill(store: Store, code: str, rng: np.random.Generator, pupils: int = PUPILS) -> Iterator[int]:
    """Lets invented pupils join a trial room and draw all that is asked for, one digit each in turn.

    Yields how many drawings there are so far, after each, so that whoever fills a room may show it or stop.

    Raises:
        TrialOnly: the room is a real one; nothing is drawn into it. RoomFull: there is no place for them.
    """
    joined = [store.join(code, f"practice {code} {number}", invented=True) for number in range(pupils)]
    widths = {each.pupil: pens.pen_width(rng) for each in joined}
    count, is_asked = 0, True
    while is_asked:
        is_asked = False
        for each in joined:
            view = store.view(code, each.token)
            if view is None or view.next_digit is None:
                continue
            sent = _drawn(view.next_digit, widths[each.pupil], rng)
            store.put(
                code,
                each.token,
                digit=view.next_digit,
                strokes=sent.strokes,
                image=sent.image,
                key=f"practice-{view.sent}",
                invented=True,
            )
            count, is_asked = count + 1, True
            yield count


def _drawn(digit: int, width: float, rng: np.random.Generator) -> Submission:
    """A digit of a pen; one that cannot be framed is drawn again."""
    while True:
        try:
            return submission(pens.draw(digit, rng), width)
        except (EmptyDrawing, NotADigit):
            continue
