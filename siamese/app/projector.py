"""The *Projector* switch: larger type, stronger contrast, fewer controls, for the last row of a classroom.

Controls are hidden by the style sheet alone, so what they hold stays as it was when the switch is turned off.
"""

from __future__ import annotations

import streamlit as st

from siamese.app import style
from siamese.app.components import scheme
from siamese.charts.palette import DARK, LIGHT, PROJECTED_DARK, PROJECTED_LIGHT, Palette

PARAMETER = "projector"  # in an address; its value is "1"
_KEPT = "kept.projector"
_WIDGET = "projector.switch"


def is_on() -> bool:
    """Whether this session is shown by a projector."""
    return bool(st.session_state.get(_KEPT))


def switch() -> None:
    """Draws the switch."""
    if _WIDGET not in st.session_state or st.session_state[_WIDGET] != is_on():
        st.session_state[_WIDGET] = is_on()
    st.toggle("Projector", key=_WIDGET, on_change=_switched, width="content")


def _switched() -> None:
    st.session_state[_KEPT] = st.session_state[_WIDGET]


def palette() -> Palette:
    """The palette of the theme that this browser shows, the stronger one for a projector."""
    light, dark = (PROJECTED_LIGHT, PROJECTED_DARK) if is_on() else (LIGHT, DARK)
    return dark if scheme.is_dark() else light


def sheet() -> str:
    """The style rules for a projector, which come after those of every page; "" while the switch is off."""
    return style.rules("projector") if is_on() else ""
