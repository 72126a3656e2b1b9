"""Rooms in both stores, a clock that a test moves, and a server of Redis in a temporary folder."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from siamese.classroom import schedule
from siamese.classroom.limits import Guard
from siamese.classroom.records import Drawing, Joined, Opened
from siamese.classroom.redis_store import RedisBackend
from siamese.classroom.sqlite import SqliteBackend
from siamese.classroom.store import Store
from siamese.classroom.submissions import Submission, submission
from siamese.errors import RoomsUnavailable
from siamese.imaging import pens
from tests.programs import require


@dataclass
class Clock:
    """Seconds, which a test moves."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


def drawn(digit: int, seed: int = 0) -> Submission:
    """A digit of the built-in pen, as a page sends it."""
    return submission(pens.draw(digit, np.random.default_rng(seed)))


class Room:
    """A room with shorthands for what tests do often."""

    def __init__(self, store: Store, opened: Opened) -> None:
        self.store, self.code, self.secret, self.passphrase = store, opened.code, opened.secret, opened.passphrase

    def join(self, client: str = "") -> Joined:
        return self.store.join(self.code, client or f"client {time.perf_counter_ns()}")

    def send(self, joined: Joined, key: str | None = None, seed: int = 0) -> Drawing:
        """The next digit of a pupil."""
        view = self.store.view(self.code, joined.token)
        sent = drawn(view.next_digit, seed)
        key = key or f"key-{view.sent}"
        return self.store.put(
            self.code, joined.token, digit=view.next_digit, strokes=sent.strokes, image=sent.image, key=key
        )

    def since(self, revision: int = 0):
        return self.store.since(self.code, self.secret, revision)

    def state(self):
        return self.store.room(self.code, self.secret)


@contextlib.contextmanager
def redis_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """The address of a Redis that keeps its data in memory alone; what one before it was told to save, it has."""
    require("redis-server", package="redis-server")
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    process = subprocess.Popen([*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


def reached(address: str) -> RedisBackend:
    """The backend as soon as the server answers."""
    for _ in range(200):
        with contextlib.suppress(RoomsUnavailable):
            return RedisBackend(address)
        time.sleep(0.05)
    pytest.fail("Redis does not answer")


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests of a process."""
    with redis_server(tmp_path_factory.mktemp("redis")) as address:
        reached(address).dispose()
        yield address


@pytest.fixture(params=["sqlite", "redis"])
def backend(request: pytest.FixtureRequest, tmp_path: Path):
    """An empty backend of each kind."""
    if request.param == "sqlite":
        made = SqliteBackend(tmp_path / "rooms")
    else:
        made = reached(request.getfixturevalue("redis_address"))
        made._client.flushdb()
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(backend, clock) -> Store:
    return Store(backend, clock, Guard(clock))


@pytest.fixture
def room(store) -> Room:
    """A real room without approval."""
    return Room(store, store.open_room("teacher"))


def filled(rooms: Store, code: str, pupils: int) -> None:
    """Each of so many new pupils sends all their digits, without a page, and faster than a person may."""
    for pupil in range(pupils):
        rooms.guard = Guard()
        place = rooms.join(code, f"client {pupil}")
        while (digit := rooms.view(code, place.token).next_digit) is not None:
            sent = drawn(digit, 10 * pupil + digit)
            rooms.guard = Guard()
            rooms.put(code, place.token, digit=digit, strokes=sent.strokes, image=sent.image, key=f"k{digit}")


def digits_of(pupil: int, store: Store, room: Room) -> tuple[int, ...]:
    """The order of a pupil's digits."""
    from siamese.classroom.records import Head

    return schedule.order(pupil, Head.from_bytes(store.backend.head(room.code)).seed)
