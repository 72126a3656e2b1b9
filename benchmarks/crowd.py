"""Thirty people at once, each a stroke every two seconds: sessions of Streamlit's own protocol, no browsers.

Every answer is compared with the distance that a verifier of our own computes from the same strokes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from benchmarks.drawings import Stroke, session
from benchmarks.protocol import Lost, Visitor
from benchmarks.servers import served
from siamese import Verifier

PEOPLE, EVERY_S, LAST_S = 30, 2.0, 180
QUERY = "left=d&right=d"  # opens with two empty canvases


@dataclass
class Tally:
    """What came of the strokes."""

    times: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # verdicts that differ from the single user's
    errors: list[str] = field(default_factory=list)
    late: int = 0  # strokes that began later than planned, because the answer before was not there yet


def measure(quick: bool) -> dict:
    """Strokes, times of their answers, and what went wrong."""
    people, last = (4, 4) if quick else (PEOPLE, LAST_S)
    verifier = Verifier.load()
    plans = [
        list(islice(session(np.random.default_rng(person), verifier), int(last / EVERY_S))) for person in range(people)
    ]
    with served("app") as server:
        used = server.cpu_s()
        start = time.perf_counter()
        tally = asyncio.run(_class(server.port, plans))
        share = (server.cpu_s() - used) / (time.perf_counter() - start)
        result = {
            "people": people,
            "seconds": last,
            "strokes": len(tally.times),
            "lost": len(tally.lost),
            "other_verdicts": len(tally.other),
            "errors": len(tally.errors) + len(server.complaints().splitlines()),
            "late": tally.late,
            "times_ms": [round(1000 * value, 1) for value in tally.times],
            "cpu": share,
            "memory_mb": server.memory_mb(),
            "examples": (tally.lost + tally.other + tally.errors + server.complaints().splitlines())[:5],
        }
    return result


async def _class(port: int, plans: list[list[Stroke]]) -> Tally:
    tally = Tally()
    async with asyncio.TaskGroup() as group:
        for person, plan in enumerate(plans):
            group.create_task(_person(port, plan, person * EVERY_S / len(plans), tally))
    return tally


async def _person(port: int, plan: list[Stroke], delay: float, tally: Tally) -> None:
    await asyncio.sleep(delay)  # people do not draw in step
    try:
        visitor = await Visitor.arrive(port, QUERY)
    except Lost as error:
        tally.lost += [str(error)] * len(plan)
        return
    start = time.perf_counter()
    for number, stroke in enumerate(plan):
        wait = start + number * EVERY_S - time.perf_counter()
        tally.late += wait < -0.1
        await asyncio.sleep(max(0, wait))
        await make(visitor, stroke, tally)
    tally.errors += visitor.errors
    await visitor.leave()


async def make(
    visitor: Visitor, stroke: Stroke, tally: Tally, way: Callable[[str, str], Awaitable[float]] | None = None
) -> None:
    """Make one stroke, by `way` or as usual, and note what came of it."""
    try:
        seconds = await (way or visitor.stroke)(stroke.canvas, stroke.drawing)
    except Lost as error:
        tally.lost.append(str(error))
        return
    tally.times.append(seconds)
    if visitor.verdict != stroke.verdict:
        tally.other.append(f"{visitor.verdict or 'a prompt'} instead of {stroke.verdict or 'a prompt'}")
