"""Pictures that keep their address while the server runs.

Streamlit forgets a picture when the run ends that came after the page was left, or even while a slow browser has yet to
ask for it: two quick steps through the pages, and Map's sheet of pictures was not found.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from streamlit import runtime

_NOBODY = "siamese"  # stands where a session would, and never leaves


def keep(picture: bytes) -> bytes:
    """The PNG `picture`, which `st.image` will find kept."""
    if not runtime.exists():
        return picture
    manager = runtime.get_instance().media_file_mgr
    held = getattr(manager, "_files_by_session_and_coord", None)
    if held is not None:
        url = manager.add(picture, "image/png", _NOBODY)
        name = PurePosixPath(url).stem
        held[_NOBODY][name] = name
    return picture
