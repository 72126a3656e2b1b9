"""Light or dark: when the device changes over while a page is open, the page is drawn in the other colours.

Streamlit's own elements follow the device at once, but tell the script of it only in the next run (its issue 15287):
until then our charts kept dark words on a background that had become dark. What is asked for can be lost, and a run
that the script itself asks for has the theme of the run before: so the page is compared with its theme after each run,
and asked for again while it has not followed.

Dark Reader gets its own sign that this page has a dark theme itself: it would invert digits.
"""

from __future__ import annotations

import streamlit as st

from siamese.app.components._register import component

_mount = component(__name__)


def is_dark() -> bool:
    """Whether this browser showed the dark theme when it asked for this run."""
    return st.context.theme.type == "dark"


def follow() -> None:
    """Runs the page again while the theme in the browser is another one; takes no room on the page."""
    _mount(key="scheme", width="content", height="content", data={"dark": is_dark()}, on_changed_change=lambda: None)
