"""What one visitor's session holds, in one typed object under one key of Streamlit's session state.

Streamlit forgets a widget's value when another page is shown. So what a person has chosen lies here, and `widgets`
keeps widgets and it in step. What all pages share are fields of `Session`; what a page or a module keeps beside that
is a dataclass of its own, which `of` hands out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from siamese.live.model import LiveModel

KEY = "session"
DOUBLE_PRESS = 0.4  # seconds between two presses that are meant as one
State = TypeVar("State")


@dataclass
class Session:
    """One visitor's session.

    Attributes:
        projector: whether it is shown by a projector.
        trained_network: the network that was trained live in this session; no other session can name it.
        rng: what samples its pairs.
        page: the page that was shown last, None before the first. pages: all of the app's, by path.
        notices: what of the link that opened the session could not be read; None until the link was read.
        linked_page: the page that the link led to, where its notices are shown.
        presses: when each button was last pressed, by `time.monotonic`.
        states: what `of` hands out.
    """

    projector: bool = False
    trained_network: LiveModel | None = None
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    page: str | None = None
    pages: dict[str, StreamlitPage] = field(default_factory=dict)
    notices: list[str] | None = None
    linked_page: str = ""
    presses: dict[str, float] = field(default_factory=dict)
    states: dict[type, Any] = field(default_factory=dict)

    def of(self, kind: type[State]) -> State:
        """This session's one object of a dataclass; made, with its defaults, when it is first asked for."""
        if kind not in self.states:
            self.states[kind] = kind()
        found: State = self.states[kind]
        return found


def current() -> Session:
    """The session of whoever this run is for."""
    try:
        found: Session = st.session_state[KEY]
    except KeyError:
        found = st.session_state[KEY] = Session()
    return found


def of(kind: type[State]) -> State:
    """The current session's one object of a dataclass, see `Session.of`."""
    return current().of(kind)


def is_double_press(button: str) -> bool:
    """Whether this is the second half of a double press: for what would undo, or do once more, what the first did."""
    presses, now = current().presses, time.monotonic()
    before = presses.get(button, -DOUBLE_PRESS)
    presses[button] = now
    return now - before < DOUBLE_PRESS
