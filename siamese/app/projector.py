"""The *Projector* switch: larger type, stronger contrast, fewer controls, for the last row of a classroom.

Controls are hidden by the style sheet alone, so what they hold stays as it was when the switch is turned off.
"""

from __future__ import annotations

import streamlit as st

from siamese.app import links, session, style, widgets
from siamese.app.components import scheme
from siamese.app.parameters import Parameter
from siamese.charts.palette import DARK, LIGHT, PROJECTED_DARK, PROJECTED_LIGHT, Palette


def is_on() -> bool:
    """Whether this session is shown by a projector."""
    return session.current().projector


def turn(on: bool) -> None:
    """Say whether this session is shown by a projector."""
    session.current().projector = on


def switch() -> None:
    """Draws the switch."""
    st.toggle("Projector", width="content", **widgets.bind("projector.switch", is_on(), turn))


def palette() -> Palette:
    """The palette of the theme that this browser shows, the stronger one for a projector."""
    light, dark = (PROJECTED_LIGHT, PROJECTED_DARK) if is_on() else (LIGHT, DARK)
    return dark if scheme.is_dark() else light


def sheet() -> str:
    """The style rules for a projector, which come after those of every page; "" while the switch is off."""
    return style.rules("projector") if is_on() else ""


PARAMETER = Parameter(
    "projector", "projector switch", links.one_of("1"), is_on, lambda text: turn(True), False, lambda on: links.ON
)
