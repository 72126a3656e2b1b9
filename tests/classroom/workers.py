"""Processes of their own that write into a room of SQLite."""

from __future__ import annotations

import sys
from pathlib import Path

from siamese.classroom.sqlite import SqliteBackend
from siamese.classroom.store import Store
from tests.classroom.conftest import drawn


def main(folder: str, code: str, client: str) -> None:
    """Joins, sends ten digits, each twice by one key, and says the number of each that is kept."""
    store = Store(SqliteBackend(Path(folder)))
    joined = store.join(code, client)
    for place in range(10):
        digit = store.view(code, joined.token).next_digit
        sent = drawn(digit, place)
        for _ in range(2):
            kept = store.put(
                code, joined.token, digit=digit, strokes=sent.strokes, image=sent.image, key=f"{place}", invented=True
            )
        print(kept.number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
