"""Where a class may be taught: one server whose rooms are in a file, or two replicas whose rooms are in Redis."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks import servers
from siamese.classroom.redis_store import RedisBackend
from siamese.classroom.sqlite import SqliteBackend, default_folder
from siamese.classroom.store import Store
from tests.browser.conftest import serve
from tests.classroom.conftest import reached, redis_server

COOKIE = "siamese_replica"


@dataclass(frozen=True)
class Place:
    """A running app.

    Attributes:
        rooms: its rooms, as another process reaches them.
        log: of nginx before two replicas; None for one server.
        cookies: two values of nginx's cookie, which lead to one replica each.
    """

    address: str
    rooms: Store
    log: Path | None = None
    cookies: tuple[str, ...] = ()

    def visitor(self, replica: int) -> dict[str, dict[str, str]]:
        """The settings of a page whose browser comes to this replica, where there are two."""
        return {"cookies": {COOKIE: self.cookies[replica]}} if self.cookies else {}


def alone(folder: Path) -> Iterator[Place]:
    """One server, with rooms in a temporary folder of its own."""
    (folder / "tmp").mkdir()
    for address in serve(folder, {"TMPDIR": str(folder / "tmp")}):
        backend = SqliteBackend(folder / "tmp" / default_folder().name)
        yield Place(address, Store(backend))
        backend.dispose()


def replicated(folder: Path) -> Iterator[Place]:
    """Two replicas behind nginx as docs/deploy/nginx.conf has it, with rooms in a Redis."""
    with redis_server(folder) as redis:
        backend: RedisBackend = reached(redis)
        for address in behind_nginx(folder, {"SIAMESE_ROOMS": redis}):
            yield Place(address, Store(backend), folder / "access.log", _cookies(address, folder / "access.log"))
        backend.dispose()


def behind_nginx(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    """The address of nginx before two replicas; its log is `folder`/access.log."""
    if servers.nginx() is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    settings = {"STREAMLIT_SERVER_COOKIE_SECRET": "for this test alone", **settings}
    for name in ("one", "two"):
        (folder / name).mkdir()
    for first in serve(folder / "one", settings):
        for second in serve(folder / "two", settings):
            with servers.balanced(folder, [urlsplit(address).port for address in (first, second)]) as (_, port):
                yield f"http://127.0.0.1:{port}"


def streams(log: Path, count: int) -> list[tuple[str, str]]:
    """The WebSockets that have ended, as cookie and replica, once there are so many: nginx writes one down at its end.

    A page that is sent to about:blank ends its own.
    """
    found: list[tuple[str, str]] = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.1)
        found = [(cookie, replica) for replica, cookie, path in _lines(log) if "/_stcore/stream" in path]
    return found


def _cookies(address: str, log: Path) -> tuple[str, ...]:
    """A value of the cookie for each of two replicas: nginx chooses by its hash."""
    for number in range(32):
        headers = {"Cookie": f"{COOKIE}=visitor{number}"}
        urllib.request.urlopen(urllib.request.Request(f"{address}/_stcore/health", headers=headers)).close()
    found: dict[str, str] = {}
    deadline = time.monotonic() + 20
    while len(found) < 2 and time.monotonic() < deadline:
        found = {replica: cookie for replica, cookie, _ in _lines(log) if cookie.startswith("visitor")}
    assert len(found) == 2, "nginx led 32 visitors to one replica"
    return tuple(found.values())


def _lines(log: Path) -> list[list[str]]:
    """Replica, cookie and path of each request in nginx's log."""
    return [words for line in log.read_text().splitlines() if len(words := line.split()) == 3]
