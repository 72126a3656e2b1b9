"""Keep or forget: downloads of the class's drawings and figures, and the end of the room."""

from __future__ import annotations

import streamlit as st

from siamese.app.pages.class_room.following import Following


def render(now: Following) -> None:
    """Draws the step *Keep* on the big screen; called again with each change of the room."""
    st.caption("Downloads and the end of the room come here.")
