"""Pictures keep their address, whoever comes and goes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from siamese.app.patches import media
from tests.app import upstream


def test_a_persistent_picture_outlives_the_session_that_showed_it(monkeypatch):
    """Streamlit forgets what no session shows any more; what is persistent stays, under the address that pages name."""
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    kept, other = b"a picture", b"another picture"
    assert media.persist(kept) == kept
    names = {picture: manager.add(picture, "image/png", f"place {picture!r}") for picture in (kept, other)}
    for _ in range(2):  # what is forgotten may be marked first
        manager.clear_session_refs()
        manager.remove_orphaned_files()
    left = {picture for picture, url in names.items() if url.split("/")[-1].split(".")[0] in manager._file_metadata}
    assert left == {kept}, "if both are left, Streamlit keeps pictures by itself, and `patches.media` can go"


def test_without_a_server_nothing_is_kept():
    """A page in a test, or in a notebook, gets its picture all the same."""
    assert media.persist(b"a picture") == b"a picture"


def test_streamlit_still_needs_it(tmp_path):
    """A picture that a run showed is gone when the next one ends; once it is not, this says so."""
    said = upstream.run("A picture is forgotten before the browser has asked for it", tmp_path)
    if said.endswith("the picture is found"):
        pytest.skip(f"{said}: siamese/app/patches/media and its report in docs/upstream.md may go")
    assert said.endswith("the picture is missing")
