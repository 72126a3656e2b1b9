"""Pictures keep their address while the server runs.

What Streamlit does: it forgets a picture when the run ends that came after the page was left, or even while a slow
browser has yet to ask for it. Two quick steps through the pages, and Map's sheet of pictures was not found.

What this changes: a picture is registered in `MediaFileManager._files_by_session_and_coord` for a session that never
ends. Upstream: docs/upstream.md has the report, with a script that shows the fault.

When it can go: `test_streamlit_still_needs_it` in tests/app/test_media.py is skipped once Streamlit keeps a picture
beyond the run that showed it, and says so.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from streamlit import runtime

_SESSION = "siamese"  # stands where a session's identity would, and never ends


def persist(picture: bytes) -> bytes:
    """The PNG `picture`, which keeps its address in `st.image` from now on.

    Without a running server there is no address, and nothing to do.
    """
    if not runtime.exists():
        return picture
    manager = runtime.get_instance().media_file_mgr
    files = getattr(manager, "_files_by_session_and_coord", None)
    if files is not None:
        url = manager.add(picture, "image/png", _SESSION)
        name = PurePosixPath(url).stem
        files[_SESSION][name] = name
    return picture
