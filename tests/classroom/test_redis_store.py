"""Redis' own: keys that go by themselves, none left, errors in words, several replicas."""

from __future__ import annotations

import sys
import threading

import pytest

from siamese.classroom import limits
from siamese.classroom.redis_store import RedisBackend
from siamese.classroom.settings import open_store
from siamese.classroom.store import Store
from siamese.errors import RoomNotFound, RoomsUnavailable
from tests.classroom.conftest import Room, reached, redis_server


@pytest.fixture
def backend(redis_address):
    made = RedisBackend(redis_address)
    made._client.flushdb()
    yield made
    made.dispose()


@pytest.fixture
def room(backend) -> Room:
    store = Store(backend)
    return Room(store, store.open_room("teacher"))


def lifetimes(backend) -> list[int]:
    """Milliseconds that each of the rooms' keys has left."""
    return [backend._client.pttl(key) for key in backend._client.keys("siamese:{*")]


def test_all_keys_expire_by_themselves(room, backend):
    """Every key of a room has a time to live of two hours, given anew by each use."""
    joined = room.join()
    room.send(joined)
    for key in backend._client.keys("siamese:{*"):
        backend._client.pexpire(key, 60_000)
    room.store.put_embedding(room.code, "strokes", 1, b"1234")
    assert all(0 < left <= 60_000 for left in lifetimes(backend))  # to keep an embedding is no use
    room.send(joined)
    assert all(limits.LIFETIME_S * 1000 - 30_000 < left <= limits.LIFETIME_S * 1000 for left in lifetimes(backend))


def test_a_room_that_redis_dropped_is_gone(room, backend):
    """Its keys have expired: the room is not found, and a new one may have its code."""
    joined = room.join()
    room.send(joined)
    backend._client.delete(f"siamese:{{{room.code}}}:head")
    with pytest.raises(RoomNotFound):
        room.state()
    with pytest.raises(RoomNotFound):
        room.store.put_embedding(room.code, "strokes", 1, b"1")


def test_nothing_stays_after_closing(room, backend):
    """No key of the room's, and none that holds its code."""
    joined = room.join()
    room.send(joined)
    room.store.put_embedding(room.code, "strokes", 1, b"1234")
    room.store.close(room.code, room.secret)
    assert backend._client.keys("siamese:{*") == []
    assert backend._client.zcard("siamese:rooms") == 0


def test_replicas_share_a_room(room, redis_address):
    """Two clients as of two servers write at once: nothing lost, nothing doubled."""
    others = [Store(RedisBackend(redis_address)) for _ in range(2)]
    rooms = [Room(other, room) for other in others]
    pupils = [(each, each.join()) for each in rooms for _ in range(8)]
    problems = []

    def send(each, joined) -> None:
        try:
            for _ in range(3):
                each.send(joined)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=send, args=pair) for pair in pupils]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [drawing.number for drawing in room.since().drawings] == list(range(1, 49))
    for other in others:
        other.backend.dispose()


def test_a_server_that_goes_away_is_a_sentence(tmp_path):
    """At the start and in the middle; the password in the address is in no message."""
    with redis_server(tmp_path) as address:
        store = Store(reached(address))
        room = Room(store, store.open_room("teacher"))
    with pytest.raises(RoomsUnavailable, match=r"\.$"):
        room.state()
    with pytest.raises(RoomsUnavailable) as raised:
        open_store({"SIAMESE_ROOMS": address.replace("redis://", "redis://me:hunter2@")})
    error: BaseException | None = raised.value
    while error is not None:
        assert "hunter2" not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    store.backend.dispose()


def test_without_the_client_it_says_what_to_install(monkeypatch):
    """The package `redis` is optional."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(RoomsUnavailable, match=r"SIAMESE_ROOMS .*pip install .*\[rooms\]"):
        RedisBackend("redis://127.0.0.1:1/0")
