"""Strokes on every canvas of a page: begun anywhere, drawn by one pointer, a pen before all, sent as it is lifted.

The canvas hides a toolbar behind its upper right corner until a mouse hovers: a finger, or a quick
mouse, would press on that instead of drawing. Here it takes no pen, only the keyboard.

The canvas listens to the mouse and to touches, each by itself: a hand that rests on it shuts the pen out, and leaves a
dot. So it hears of neither any more: pen.js sends it the events of a mouse for the one pointer that draws. A pen
takes the canvas over from a hand, and what the hand has drawn until then is gone.

The canvas draws its curve past the points that it gets, and drops the last but one. With few points, as from a quick
hand, it would round a corner off or lose it. So it gets all the points that the browser has collected
since the last frame (over plain http browsers keep them to themselves), and of two more on a long way between
two points: then the line runs straight through both.

The canvas waits a fifth of a second after each stroke before it sends anything, in case another
follows. Its toolbar has a button that sends at once, and this presses it. Should a later canvas have no
such button, or another name for it, nothing is lost: the canvas then sends by itself, after its wait.
"""

from __future__ import annotations

from siamese.app.components._register import component

SEND = "Update the app with this drawing"  # the label of the button in streamlit-drawable-canvas

_mount = component(__name__)


def install() -> None:
    """Has every canvas of the page take strokes everywhere and send them at once; takes no room on the page."""
    _mount(key="pen", width="content", height="content", data={"sendButton": SEND})
