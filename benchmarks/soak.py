"""People who draw while everything around them goes wrong: `python -m benchmarks soak [--minutes 15]`.

Connections break between strokes and in the middle of them, hostile clients send forged and broken messages, a
damaged model appears and goes, and the download of MNIST hangs all the while. Every stroke of the
people must be answered, with the verdict that a single user gets.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from websockets.exceptions import WebSocketException

from benchmarks.crowd import EVERY_S, QUERY, Tally, make
from benchmarks.drawings import session
from benchmarks.protocol import Lost, Visitor
from benchmarks.servers import Server, served
from siamese import Verifier
from siamese.serving.catalogue import MODELS

PEOPLE, MINUTES = 12, 15.0
FAULT = 0.03  # share of the strokes before which, and share in which, a connection breaks
HOSTILE_EVERY_S = 1.0
MODEL_EVERY_S = 10.0
#: What hostile clients put where a canvas's drawing belongs.
FORGED = [
    "",
    "null",
    "[]",
    "{not json",
    '"text"',
    '{"drawing": 7}',
    '{"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", NaN, Infinity]]}]}}}',
    '{"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", 1e300, -1e300], ["Q", 1, 2]]}]}}}',
    '{"drawing": {"raw": {"objects": [{"type": "Path", "path": [["<script>alert(1)</script>"]]}]}}}',
    json.dumps({"drawing": {"raw": {"objects": [{"type": "Path", "path": [["L", 1, 2]] * 200_000}]}}}),
    json.dumps({"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", 1, 2]]}] * 5_000}}}),
    "[" * 50_000,
]
BROKEN = [b"\xff" * 300, "text", b"", b"\x00" * 100_000]  # what is no message of the protocol
QUERIES = ["left=../../etc/passwd", "model=%3Cscript%3E", "t=nan&left=dAAAA", "left=" + "d" * 3_000, "s1=%00~AA&ask=AA"]


def measure(quick: bool, minutes: float | None = None) -> dict:
    """What came of the strokes, and which faults there were."""
    people, seconds = (3, 8.0) if quick else (PEOPLE, 60 * (MINUTES if minutes is None else minutes))
    verifier, tally, faults = Verifier.load(), Tally(), Counter()
    with tempfile.TemporaryDirectory(prefix="bench-models-") as folder, hanging_host() as proxy:
        models = Path(folder) / "models"
        shutil.copytree(MODELS, models)
        settings = {"SIAMESE_MODELS": str(models), "SIAMESE_DOWNLOAD": "1", "HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
        with served("app", **settings) as server:
            asyncio.run(_all(server, models, verifier, people, seconds, tally, faults))
            ours = [line for line in server.log.read_text(errors="replace").splitlines() if "/siamese/" in line]
            held = server.held() | {"memory_mb": server.memory_mb()}
    return {
        "people": people,
        "seconds": seconds,
        "strokes": len(tally.times),
        "lost": len(tally.lost),
        "other_verdicts": len(tally.other),
        "errors": len(tally.errors) + len(ours),
        "times_ms": [round(1000 * value, 1) for value in tally.times],
        "faults": dict(faults),
        "held": held,
        "examples": (tally.lost + tally.other + tally.errors + ours)[:5],
    }


@contextmanager
def hanging_host() -> Iterator[str]:
    """The address of a host that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


async def _all(
    server: Server, models: Path, verifier: Verifier, people: int, seconds: float, tally: Tally, faults: Counter
) -> None:
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for person in range(people):
            group.create_task(_person(server.port, person, verifier, end, tally, faults))
        group.create_task(_hostile(server.port, end, faults))
        group.create_task(_damage(models, end, faults))


async def _person(port: int, person: int, verifier: Verifier, end: float, tally: Tally, faults: Counter) -> None:
    """Draw until the end; now and then the connection breaks, before a stroke or in the middle of one."""
    rng = np.random.default_rng(person)
    await asyncio.sleep(person * EVERY_S / 12)
    visitor = await Visitor.arrive(port, QUERY)
    for stroke in session(rng, verifier):
        if time.monotonic() > end:
            break
        await asyncio.sleep(EVERY_S)
        fault = rng.random()
        if fault < FAULT:
            faults["connection broken before a stroke"] += 1
            visitor.cut()
            try:
                await visitor.come_back()
            except Lost as error:
                tally.lost.append(f"did not come back: {error}")
                return
        if fault > 1 - FAULT:
            faults["connection broken in a stroke"] += 1
            await make(visitor, stroke, tally, visitor.stroke_cut_off)
        else:
            await make(visitor, stroke, tally)
    tally.errors += visitor.errors
    await visitor.leave()


async def _hostile(port: int, end: float, faults: Counter) -> None:
    """Visitors who send what no browser sends; whatever becomes of them, the others must not notice."""
    number = 0
    while time.monotonic() < end:
        await asyncio.sleep(HOSTILE_EVERY_S)
        number += 1
        with suppress(Lost, OSError, WebSocketException, KeyError):
            await _attack(await Visitor.arrive(port, _query(number)), number, faults)


def _query(number: int) -> str:
    return QUERIES[number // 3 % len(QUERIES)] if number % 3 == 0 else QUERY


async def _attack(visitor: Visitor, number: int, faults: Counter) -> None:
    """Address, drawing and message are forged in turn."""
    try:
        if number % 3 == 0:
            faults["forged address"] += 1
        elif number % 3 == 1:
            faults["forged drawing"] += 1
            await visitor.stroke("left.canvas", FORGED[number // 3 % len(FORGED)])
        else:
            faults["broken message"] += 1
            await visitor.send(BROKEN[number // 3 % len(BROKEN)])
    finally:
        await visitor.leave()


async def _damage(models: Path, end: float, faults: Counter) -> None:
    """A model whose encoder is cut short appears among the others, and goes again."""
    folder = models / "zz-damaged"
    while time.monotonic() < end:
        await asyncio.sleep(MODEL_EVERY_S / 2)
        shutil.copytree(models / "baseline", folder)
        (folder / "encoder.tflite").write_bytes(b"TFL3")
        faults["damaged model"] += 1
        await asyncio.sleep(MODEL_EVERY_S / 2)
        shutil.rmtree(folder)
