"""Voting on pairs of the class's drawings: the teacher's part and the pupils'."""

from __future__ import annotations

import streamlit as st

from siamese.app.pages.class_room.following import Following
from siamese.classroom.records import PupilView


def teacher(now: Following) -> None:
    """Draws the step *Vote* on the big screen; called again with each change of the room."""
    st.caption("Votes come here.")


def pupil(seen: PupilView) -> None:
    """Draws the present vote on a pupil's page, or nothing; called again with each step of voting."""
