"""SQLite's own: several processes, one that is killed, a private file, nothing left in it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from siamese.classroom.sqlite import FILE, SqliteBackend, default_folder
from siamese.classroom.store import Store
from siamese.errors import RoomsUnavailable
from tests.classroom.conftest import Room, drawn
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rooms"


@pytest.fixture
def store(folder: Path):
    backend = SqliteBackend(folder)
    yield Store(backend)
    backend.dispose()


def start(folder: Path, code: str, number: int) -> subprocess.Popen:
    """A process that writes into the room."""
    command = [sys.executable, "-m", "tests.classroom.workers", str(folder), code, f"client {number}"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_processes_write_at_once(store, folder):
    """Four processes, ten digits each, each sent twice: forty drawings, forty numbers, the screen's count is right."""
    room = Room(store, store.open_room("teacher", trial=True))
    processes = [start(folder, room.code, number) for number in range(4)]
    told = []
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        told += map(int, out.split())
    assert sorted(told) == list(range(1, 41))
    changes = room.since()
    assert [drawing.number for drawing in changes.drawings] == sorted(told)
    assert changes.room.per_digit == (4,) * 10
    assert changes.room.pupils == 4


def test_servers_start_at_once(folder):
    """Backends that are made in one moment, where there is no file yet, all work."""
    problems, start = [], threading.Barrier(6)

    def make() -> None:
        start.wait()
        try:
            backend = SqliteBackend(folder)
            Store(backend).open_room("teacher")
            backend.dispose()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_killed_process_has_lost_nothing(store, folder):
    """All that it said was kept is there, and whoever comes next goes on."""
    room = Room(store, store.open_room("teacher", trial=True))
    process = start(folder, room.code, 1)
    told = [int(process.stdout.readline()) for _ in range(4)]
    process.kill()
    process.wait(20)
    process.stdout.close()
    kept = [drawing.number for drawing in room.since().drawings]
    assert kept[:4] == told
    assert room.state().drawings == len(kept)
    assert room.send(room.join()).number == len(kept) + 1


def test_a_restart_finds_all(store, folder):
    """Another backend on the same folder: room, drawings, pupils, secret."""
    room = Room(store, store.open_room("teacher"))
    joined = room.join()
    drawing = room.send(joined)
    store.backend.dispose()
    again = SqliteBackend(folder)
    other = Store(again)
    assert other.since(room.code, room.secret).drawings == (drawing,)
    assert other.join(room.code, "client", joined.token) == joined
    again.dispose()


def content(folder: Path) -> bytes:
    """All bytes of the folder's files."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_nothing_of_a_drawing_stays(store, folder):
    """After it is removed, and after the room is closed, no file holds its strokes, image, token or embedding."""
    room = Room(store, store.open_room("teacher"))
    joined = room.join()
    digits = [room.send(joined) for _ in range(5)]
    traces = [drawing.image[100:600] for drawing in digits]
    traces += [drawn(drawing.digit).strokes[:80] for drawing in digits]
    store.put_embedding(room.code, "strokes", 5, b"an embedding of this drawing")
    assert all(trace in content(folder) for trace in traces)
    store.remove(room.code, room.secret, 1)
    left = content(folder)
    assert traces[0] not in left
    assert traces[5] not in left
    assert traces[1] in left
    store.close(room.code, room.secret)
    left = content(folder)
    assert not any(trace in left for trace in [*traces, b"an embedding of this drawing", room.code.encode() * 2])
    assert (folder / f"{FILE}-wal").stat().st_size == 0


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_folder_is_private(store, folder, tmp_path):
    """0700 and 0600; one that others may open, a link, and a file are refused in a sentence."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    Room(store, store.open_room("teacher")).join()
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "file").touch()
    for name in ("open", "link", "file"):
        with pytest.raises(RoomsUnavailable, match=r"\.$"):
            SqliteBackend(tmp_path / name)


def test_a_damaged_file_is_a_named_error(folder):
    """A sentence, not a traceback of SQLite's."""
    folder.mkdir(mode=0o700)
    (folder / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(RoomsUnavailable, match=r"\.$"):
        SqliteBackend(folder)


def test_the_default_folder_is_the_users_own():
    """Below the temporary folder, so that two people on one machine do not meet."""
    assert default_folder().name.startswith("siamese-rooms")
