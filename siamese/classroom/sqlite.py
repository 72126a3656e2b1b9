"""Rooms in a file of SQLite, in the server's temporary folder: several processes of one machine share them.

A restart loses nothing. What is deleted is overwritten (`secure_delete`), and the write-ahead log is cut off after it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from siamese.classroom.backend import Reader, Transaction
from siamese.classroom.records import Head
from siamese.errors import RoomsUnavailable, TooManyRooms

T = TypeVar("T")
FILE = "rooms.sqlite3"
_WAIT_S = 20.0  # for other processes that write
_IDLE = 8  # connections kept open
_CUTS = 40  # tries to cut the log off while somebody reads, 50 ms apart
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rooms (code TEXT PRIMARY KEY, head BLOB NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_expiry ON rooms (expires);
CREATE TABLE IF NOT EXISTS fields (code TEXT, collection TEXT, field TEXT, value BLOB NOT NULL,
    PRIMARY KEY (code, collection, field));
CREATE TABLE IF NOT EXISTS log (code TEXT, drawing INTEGER, revision INTEGER NOT NULL, PRIMARY KEY (code, drawing))
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_revision ON log (code, revision);
"""


def default_folder() -> Path:
    """The folder of rooms of whoever runs this process, below the system's temporary folder."""
    owner = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    return Path(tempfile.gettempdir()) / f"siamese-rooms{owner}"


class SqliteBackend:
    """A `Backend` in one file."""

    def __init__(self, folder: Path | None = None) -> None:
        """Opens or makes the file in `folder`, which nobody else on this machine may read.

        Raises:
            RoomsUnavailable: the folder belongs to somebody else, is open to others, or cannot be written.
        """
        self.file = _private_folder(default_folder() if folder is None else folder) / FILE
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue(_IDLE)
        self._writing = threading.Lock()  # fair, where SQLite's own waiting is not
        with _named_errors():
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
            self._prepare()

    def _prepare(self) -> None:
        """Makes the tables, where another process has not; tried again, for SQLite does not wait for the first step."""
        end = time.monotonic() + _WAIT_S
        while True:
            try:
                with self._connection() as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                    with _immediate(connection):
                        for statement in _SCHEMA.split(";"):
                            connection.execute(statement)
                return
            except sqlite3.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def create(self, code: str, head: Head, expires: float, now: float, most: int) -> bool:
        """See `Backend`."""
        with self._write() as connection:
            (alive,) = connection.execute("SELECT count(*) FROM rooms WHERE expires > ?", (now,)).fetchone()
            if alive >= most:
                raise TooManyRooms(f"{most} rooms are open on this server. Try again later.")
            row = (code, head.to_bytes(), expires)
            return connection.execute("INSERT OR IGNORE INTO rooms VALUES (?, ?, ?)", row).rowcount == 1

    def head(self, code: str) -> bytes | None:
        """See `Backend`."""
        with _named_errors(), self._connection() as connection:
            return _head(connection, code)

    def reader(self, code: str) -> Reader:
        """See `Backend`."""
        return _PooledReader(self, code)

    def changed(self, code: str, revision: int) -> list[int]:
        """See `Backend`."""
        query = "SELECT drawing FROM log WHERE code = ? AND revision > ? ORDER BY drawing"
        with _named_errors(), self._connection() as connection:
            return [number for (number,) in connection.execute(query, (code, revision))]

    def change(self, code: str, lifetime: float, decide: Callable[[Transaction], T]) -> T | None:
        """See `Backend`."""
        with self._write() as connection:
            kept = _head(connection, code)
            if kept is None:
                return None
            transaction = Transaction(_Reader(connection, code), Head.from_bytes(kept))
            result = decide(transaction)
            _apply(connection, code, transaction, lifetime)
        if transaction.is_purge:
            self._cut_log()
        return result

    def delete(self, code: str) -> None:
        """See `Backend`."""
        self._delete([code])

    def sweep(self, now: float) -> None:
        """See `Backend`."""
        with _named_errors(), self._connection() as connection:
            old = [code for (code,) in connection.execute("SELECT code FROM rooms WHERE expires <= ?", (now,))]
        if old:
            self._delete(old, now)
        else:
            self._cut_log()  # a process may have ended between a deletion and its cut

    def _delete(self, codes: Iterable[str], now: float = float("inf")) -> None:
        with self._write() as connection:
            for code in codes:
                # Another process may have opened a new room by this code.
                if connection.execute("DELETE FROM rooms WHERE code = ? AND expires <= ?", (code, now)).rowcount:
                    for table in ("fields", "log"):
                        connection.execute(f"DELETE FROM {table} WHERE code = ?", (code,))
        self._cut_log()

    def _cut_log(self) -> None:
        """Moves the write-ahead log into the file and cuts it to nothing, so that it holds no deleted drawing."""
        with _named_errors(), self._connection() as connection:
            for _ in range(_CUTS):
                (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not is_busy:
                    return
                time.sleep(0.05)

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._writing, _named_errors(), self._connection() as connection, _immediate(connection):
            yield connection

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one thread at a time."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            try:
                self._idle.put_nowait(connection)
            except queue.Full:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, _WAIT_S, isolation_level=None, check_same_thread=False)
        for pragma in ("secure_delete = ON", "synchronous = NORMAL", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def dispose(self) -> None:
        """Closes the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()


class _Reader:
    """Reads a room on one connection."""

    def __init__(self, connection: sqlite3.Connection, code: str) -> None:
        self._connection, self._code = connection, code

    def get(self, collection: str, field: str) -> bytes | None:
        return self.many(collection, [field]).get(field)

    def many(self, collection: str, fields: Iterable[str]) -> dict[str, bytes]:
        query = "SELECT value FROM fields WHERE code = ? AND collection = ? AND field = ?"
        found = {field: self._connection.execute(query, (self._code, collection, field)).fetchone() for field in fields}
        return {field: row[0] for field, row in found.items() if row}

    def all(self, collection: str) -> dict[str, bytes]:
        query = "SELECT field, value FROM fields WHERE code = ? AND collection = ?"
        return dict(self._connection.execute(query, (self._code, collection)).fetchall())


class _PooledReader:
    """Reads a room, each time on a connection that is free."""

    def __init__(self, backend: SqliteBackend, code: str) -> None:
        self._backend, self._code = backend, code

    def get(self, collection: str, field: str) -> bytes | None:
        return self.many(collection, [field]).get(field)

    def many(self, collection: str, fields: Iterable[str]) -> dict[str, bytes]:
        with _named_errors(), self._backend._connection() as connection:
            return _Reader(connection, self._code).many(collection, fields)

    def all(self, collection: str) -> dict[str, bytes]:
        with _named_errors(), self._backend._connection() as connection:
            return _Reader(connection, self._code).all(collection)


def _head(connection: sqlite3.Connection, code: str) -> bytes | None:
    row = connection.execute("SELECT head FROM rooms WHERE code = ?", (code,)).fetchone()
    return row[0] if row else None


def _apply(connection: sqlite3.Connection, code: str, transaction: Transaction, lifetime: float) -> None:
    for collection in transaction.cleared:
        connection.execute("DELETE FROM fields WHERE code = ? AND collection = ?", (code, collection))
    for (collection, field), value in transaction.fields.items():
        if value is None:
            place = (code, collection, field)
            connection.execute("DELETE FROM fields WHERE code = ? AND collection = ? AND field = ?", place)
        else:
            connection.execute("INSERT OR REPLACE INTO fields VALUES (?, ?, ?, ?)", (code, collection, field, value))
    head = transaction.head
    for number in transaction.logged:
        connection.execute("INSERT OR REPLACE INTO log VALUES (?, ?, ?)", (code, number, head.revision))
    row = (head.to_bytes(), head.used + lifetime, code)
    connection.execute("UPDATE rooms SET head = ?, expires = ? WHERE code = ?", row)


@contextlib.contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that no other writer runs beside, undone where an error comes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise RoomsUnavailable("The rooms cannot be read or written on this server. Try again.") from error


def _private_folder(folder: Path) -> Path:
    """The folder, made where it is missing; raises RoomsUnavailable unless it is this user's alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise RoomsUnavailable(f"The folder of the rooms, {folder}, cannot be made: {error.strerror}.") from error
    if os.name == "posix" and (
        not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077
    ):
        raise RoomsUnavailable(f"The folder of the rooms, {folder}, is not this user's alone.")
    return folder
