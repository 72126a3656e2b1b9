"""The rooms of this server, which all its sessions share."""

from __future__ import annotations

import streamlit as st

from siamese.classroom.settings import open_store
from siamese.classroom.store import Store


@st.cache_resource(show_spinner=False)
def rooms() -> Store:
    """The store of the rooms, opened once.

    Raises:
        InvalidRoomsAddress, RoomsUnavailable: it cannot be opened; tried again with the next call.
    """
    return open_store()
