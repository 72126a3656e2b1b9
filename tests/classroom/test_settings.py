"""SIAMESE_ROOMS: where rooms are kept."""

from __future__ import annotations

import pytest

from siamese.classroom.settings import open_store, rooms_address
from siamese.classroom.sqlite import SqliteBackend
from siamese.errors import InvalidRoomsAddress


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", None),
        ("  ", None),
        ("redis://localhost", "redis://localhost"),
        ("redis://:secret@host:6379/0", "redis://:secret@host:6379/0"),
        ("rediss://me:secret@host/3", "rediss://me:secret@host/3"),
        ("valkey://host:1/0", "redis://host:1/0"),
        ("valkeys://host", "rediss://host"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_addresses_that_can_be_used(given, expected):
    """Redis and Valkey by the client's own schemes; nothing means a file of this machine."""
    assert rooms_address({"SIAMESE_ROOMS": given}) == expected


@pytest.mark.parametrize(
    "given",
    [
        *["hunter2", "localhost:6379", "http://hunter2@host", "redis://", "redis:///0", "redis://:hunter2@"],
        *["redis://host:hunter2", "redis://host:99999999", "redis://host:0", "redis://host/hunter2", "unix://"],
        *["redis://host/0?hunter2=1", "redis://host#hunter2", "redis://[hunter2", "//hunter2"],
    ],
)
def test_others_are_a_sentence_without_the_address(given):
    """It says what is expected and repeats nothing, for a password may stand in it."""
    with pytest.raises(InvalidRoomsAddress, match=r"SIAMESE_ROOMS.*\.$") as raised:
        rooms_address({"SIAMESE_ROOMS": given})
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_without_it_rooms_are_in_a_file(monkeypatch, tmp_path):
    """In the temporary folder of the system."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = open_store({})
    assert isinstance(store.backend, SqliteBackend)
    assert store.backend.file.is_relative_to(tmp_path)
    store.backend.dispose()
