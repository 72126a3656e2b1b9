"""Where rooms are kept, by the environment: in a file of this machine, or on a server of Redis or Valkey."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from siamese.classroom.backend import Backend
from siamese.classroom.store import Store
from siamese.errors import InvalidRoomsAddress

VARIABLE = "SIAMESE_ROOMS"
_SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
# The address may hold a password: it is never repeated.
_FORM = f"{VARIABLE} must be the address of a Redis or Valkey server, such as redis://host:6379/0."


def open_store(environment: Mapping[str, str] = os.environ) -> Store:
    """The store of rooms that the environment asks for.

    Raises:
        InvalidRoomsAddress: SIAMESE_ROOMS cannot be read.
        RoomsUnavailable: the store cannot be reached or written.
    """
    address = rooms_address(environment)
    backend: Backend
    if address is None:
        from siamese.classroom.sqlite import SqliteBackend

        backend = SqliteBackend()
    else:
        from siamese.classroom.redis_store import RedisBackend

        backend = RedisBackend(address)
    return Store(backend)


def rooms_address(environment: Mapping[str, str]) -> str | None:
    """The server's address as the client `redis` reads it, or None for the file of this machine.

    Raises:
        InvalidRoomsAddress: another scheme, no host, a port or database that is no number, or options after "?".
    """
    given = environment.get(VARIABLE, "").strip()
    if not given:
        return None
    try:
        parts = urlsplit(given)
        port = parts.port  # raises where it is no number
    except ValueError:
        raise InvalidRoomsAddress(_FORM) from None
    scheme = _SCHEMES.get(parts.scheme)
    place = parts.path if scheme == "unix" else parts.hostname
    database = "" if scheme == "unix" else parts.path.strip("/")
    has_more = bool(parts.query or parts.fragment or (database and not database.isdecimal()))
    if scheme is None or not place or port == 0 or has_more:
        raise InvalidRoomsAddress(_FORM)
    return given if parts.scheme == scheme else f"{scheme}{given[len(parts.scheme) :]}"
