"""A picture that is turned by dragging it, with a mouse, a pen or a finger; sliders beside it serve the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def turntable(key: str, picture: str, alt: str, angle: float, on_angle: Callable[[float], None]) -> None:
    """Draws the picture, as wide as its container.

    Args:
        key: of the component.
        picture: a data URL.
        alt: what it shows, for those who cannot see it.
        angle: degrees clockwise at which the picture shows it.
        on_angle: called with the degrees, within −180..180, to which it was dragged.
    """

    def dragged() -> None:
        found = (st.session_state.get(key) or {}).get("angle")
        # What comes from a browser may be anything.
        if isinstance(found, int | float) and not isinstance(found, bool) and -180 <= found <= 180:
            on_angle(float(found))

    _mount(key=key, data={"picture": picture, "alt": alt, "angle": angle}, on_angle_change=dragged)
