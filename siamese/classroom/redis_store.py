"""Rooms in Redis or Valkey, which several replicas of the app share; their keys expire by themselves.

A change reads what it needs while it watches the room's head, and is applied by MULTI and EXEC only if no other change
came between (https://redis.io/docs/latest/develop/using-commands/transactions/).
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from siamese.classroom.backend import COLLECTIONS, Reader, Transaction
from siamese.classroom.records import Head
from siamese.errors import MissingExtra, RoomsUnavailable, TooManyRooms
from siamese.extras import require

T = TypeVar("T")
_ROOMS = "siamese:rooms"  # a sorted set: code -> time of expiry
_PARTS = ("head", "log", *COLLECTIONS)
_UNREACHABLE = "The server that keeps the rooms (SIAMESE_ROOMS) cannot be reached. Try again in a moment."
_BUSY = "Too many people write into this room at once. Try again in a moment."
_TRIES = 200
_LOCKS = 64

_CREATE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[4], '+inf') >= tonumber(ARGV[5]) then return -1 end
redis.call('DEL', unpack(KEYS, 3))
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[6])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""
_SWEEP = """
for _, code in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do
    for part = 2, #ARGV do redis.call('DEL', 'siamese:{' .. code .. '}:' .. ARGV[part]) end
    redis.call('ZREM', KEYS[1], code)
end
"""


class RedisBackend:
    """A `Backend` on a server of Redis or Valkey."""

    def __init__(self, address: str, connect_s: float = 3.0) -> None:
        """Asks the server at `address` (redis://…, rediss://…, unix://…) once whether it answers.

        Raises:
            RoomsUnavailable: it does not, or the Python package `redis` is missing.
        """
        try:
            require("redis")
        except MissingExtra as error:
            raise RoomsUnavailable(f"SIAMESE_ROOMS names a Redis server, and {error}") from error
        import redis

        self._failures: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._conflict: type[Exception] = redis.WatchError
        with self._named_errors():
            pool = redis.BlockingConnectionPool.from_url(
                address, max_connections=64, timeout=5, socket_timeout=5, socket_connect_timeout=connect_s
            )
            self._client: Any = redis.Redis(connection_pool=pool)  # its hints leave open whether it is awaited
            self._client.ping()
        # Threads of one process wait for one another instead of trying again.
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def create(self, code: str, head: Head, expires: float, now: float, most: int) -> bool:
        """See `Backend`."""
        keys = [_ROOMS, *(_key(code, part) for part in _PARTS)]
        lifetime = _milliseconds(expires - now)
        with self._named_errors():
            arguments = [code, head.to_bytes(), expires, now, most, lifetime]
            made = self._client.eval(_CREATE, len(keys), *keys, *arguments)
        if made == -1:
            raise TooManyRooms(f"{most} rooms are open on this server. Try again later.")
        return bool(made)

    def head(self, code: str) -> bytes | None:
        """See `Backend`."""
        with self._named_errors():
            kept: bytes | None = self._client.get(_key(code, "head"))
            return kept

    def reader(self, code: str) -> Reader:
        """See `Backend`."""
        return _Reader(self._client, code, self._named_errors)

    def changed(self, code: str, revision: int) -> list[int]:
        """See `Backend`."""
        with self._named_errors():
            return sorted(map(int, self._client.zrangebyscore(_key(code, "log"), f"({revision}", "+inf")))

    def change(self, code: str, lifetime: float, decide: Callable[[Transaction], T]) -> T | None:
        """See `Backend`."""
        with self._locks[hash(code) % _LOCKS], self._named_errors(), self._client.pipeline() as pipe:
            for attempt in range(_TRIES):
                try:
                    pipe.watch(_key(code, "head"))
                    kept = pipe.get(_key(code, "head"))
                    if kept is None:
                        return None
                    transaction = Transaction(_Reader(pipe, code, self._named_errors), Head.from_bytes(kept))
                    result = decide(transaction)
                    _queue(pipe, code, transaction, lifetime, kept)
                    pipe.execute()
                    return result
                except self._conflict:
                    pipe.reset()
                    time.sleep(random.uniform(0, 0.001 * min(attempt + 1, 20)))
        raise RoomsUnavailable(_BUSY)

    def delete(self, code: str) -> None:
        """See `Backend`."""
        with self._named_errors(), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(*(_key(code, part) for part in _PARTS))
            pipe.zrem(_ROOMS, code)
            pipe.execute()

    def sweep(self, now: float) -> None:
        """See `Backend`."""
        with self._named_errors():
            self._client.eval(_SWEEP, 1, _ROOMS, now, *_PARTS)

    def dispose(self) -> None:
        """Closes the connections."""
        self._client.close()
        self._client.connection_pool.disconnect()

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            if isinstance(error, self._conflict):
                raise
            raise RoomsUnavailable(_UNREACHABLE) from error


class _Reader:
    """Reads a room by a client, or by a pipeline that watches and so answers at once."""

    def __init__(self, client: Any, code: str, named_errors: Callable[[], Any]) -> None:
        self._client, self._code, self._named_errors = client, code, named_errors

    def get(self, collection: str, field: str) -> bytes | None:
        return self.many(collection, [field]).get(field)

    def many(self, collection: str, fields: Iterable[str]) -> dict[str, bytes]:
        fields = list(fields)
        if not fields:
            return {}
        with self._named_errors():
            values = self._client.hmget(_key(self._code, collection), fields)
        return {field: value for field, value in zip(fields, values) if value is not None}

    def all(self, collection: str) -> dict[str, bytes]:
        with self._named_errors():
            found = self._client.hgetall(_key(self._code, collection))
        return {field.decode(): value for field, value in found.items()}


def _queue(pipe: Any, code: str, transaction: Transaction, lifetime: float, kept: bytes) -> None:
    """Puts all changes into the pipeline, for EXEC to apply."""
    head = transaction.head.to_bytes()
    # Where the head stays, its time runs on, and what is added goes with it.
    left = _milliseconds(lifetime) if head != kept else max(pipe.pttl(_key(code, "head")), 1)
    pipe.multi()
    for collection in transaction.cleared:
        pipe.delete(_key(code, collection))
    for (collection, field), value in transaction.fields.items():
        if value is None:
            pipe.hdel(_key(code, collection), field)
        else:
            pipe.hset(_key(code, collection), field, value)
    for number in transaction.logged:
        pipe.zadd(_key(code, "log"), {str(number): transaction.head.revision})
    if head == kept:
        for collection in {collection for collection, _ in transaction.fields}:
            pipe.pexpire(_key(code, collection), left)
        return
    pipe.set(_key(code, "head"), head, px=left)
    pipe.zadd(_ROOMS, {code: transaction.head.used + lifetime}, xx=True)
    for part in _PARTS[1:]:
        pipe.pexpire(_key(code, part), left)


def _key(code: str, part: str) -> str:
    return f"siamese:{{{code}}}:{part}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
