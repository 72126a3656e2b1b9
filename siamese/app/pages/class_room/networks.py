"""The three networks, and one trained live, on the class's own drawings."""

from __future__ import annotations

import streamlit as st

from siamese.app.pages.class_room.following import Following


def render(now: Following) -> None:
    """Draws the step *Networks* on the big screen; called again with each change of the room."""
    st.caption("The table of the networks comes here.")
