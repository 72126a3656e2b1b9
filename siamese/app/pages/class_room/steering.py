"""How the teacher's session changes its room, and what is drawn after it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from siamese.app.pages.class_room import following, membership
from siamese.errors import ClassroomError


def steer(*acts: Callable[[str, str], object]) -> None:
    """Change the room, and draw what follows it; what went wrong becomes the notice.

    Args:
        acts: called one after another with the room's code and its secret, until one raises a ClassroomError.
    """
    who = membership.current()
    try:
        for act in acts:
            act(who.code, who.token)
    except ClassroomError as error:
        membership.lost(error)
    try:
        if who.role:
            following.follow()
    except ClassroomError as error:
        membership.lost(error)
    st.rerun([following.NOW, following.STEP] if who.role else "app")
