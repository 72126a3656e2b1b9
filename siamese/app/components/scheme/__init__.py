"""Light or dark: when the device changes over while a page is open, the page is drawn in the other colours.

Streamlit's own elements follow the device at once, but tell the script of it only in the next run (its issue 15287):
until then our charts kept dark words on what had become a dark ground.

Dark Reader is told in its own way that this page is dark by itself where that is wished for: it would invert digits.
"""

from __future__ import annotations

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def is_dark() -> bool:
    """Whether this browser showed the dark theme when it asked for this run."""
    return st.context.theme.type == "dark"


def follow() -> None:
    """Runs the page again when the theme has changed in the browser."""
    _mount(key="scheme", width="content", height="content", data={"dark": is_dark()}, on_changed_change=lambda: None)
