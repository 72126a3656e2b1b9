"""A crowd at once, each with a stroke every two seconds: sessions of Streamlit's own protocol, no browsers.

Every answer of the app is compared with the distance that a verifier of our own computes from the same strokes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from benchmarks import profile
from benchmarks.drawings import Stroke, session
from benchmarks.protocol import Lost, Visitor
from benchmarks.servers import Replicas, Server, nginx, replicated, served
from siamese import Verifier

PEOPLE, EVERY_S, LAST_S = 100, 2.0, 180
PAGES = ("app", "minimal", "echo")
LADDER = (30, 60, 70, 80, 90, 100, 120, 140)  # people; each page climbs while it answers bearably
RUNG_S, BEARABLE_MS = 20.0, 1000.0
QUERY = "left=d&right=d"  # opens with two empty canvases


@dataclass
class Tally:
    """What came of the strokes."""

    times: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # verdicts that differ from the single user's
    errors: list[str] = field(default_factory=list)
    cpu_s: float = 0.0  # processor seconds of the servers
    people_cpu_s: float = 0.0  # and of the people, who are this process
    late: int = 0  # strokes that began later than planned, because the answer before was not there yet


def measure(quick: bool) -> dict:
    """What came of a crowd before one process and before two replicas, what a stroke costs, how large a class is borne.

    The pages take turns, so that all meet the same machine; the yardsticks are a page of nothing but the stroke
    (*minimal*) and one that runs whole at each stroke (*echo*).
    """
    people, last = (4, 4) if quick else (PEOPLE, LAST_S)
    verifier = Verifier.load()
    largest = people if quick else LADDER[-1]
    plans = [
        list(islice(session(np.random.default_rng(person), verifier), int(last / EVERY_S))) for person in range(largest)
    ]
    result: dict = {"people": people, "seconds": last, "crowd": {}}
    if nginx():
        with replicated(2) as replicas:
            result["crowd"]["two replicas"] = _crowd(replicas, plans[:people], last, quick)
    with ExitStack() as stack:
        servers = {page: stack.enter_context(served(page)) for page in PAGES}
        result["crowd"]["one process"] = _crowd(servers["app"], plans[:people], last, quick)
        result["pages"] = _ladder(servers, plans, (people,) if quick else LADDER, last if quick else RUNG_S)
        if not quick:
            with profile.sampled(servers["app"], RUNG_S) as shares:
                _run(servers["app"], plans[: LADDER[0]], int(RUNG_S / EVERY_S))
            result["profile"] = shares
    return result


def _crowd(server: Server | Replicas, plans: list[list[Stroke]], last: float, quick: bool) -> dict:
    """What came of the whole crowd, for so many seconds."""
    if not quick:  # the first visitors wait for models; that is the part *start*
        _run(server, plans[:4], 4)
    tally, seconds = _run(server, plans, int(last / EVERY_S))
    complaints = server.complaints().splitlines()
    strokes = max(len(tally.times), 1)
    return _told(tally, len(plans), last) | {
        "errors": len(tally.errors) + len(complaints),
        "strokes": len(tally.times),
        "longest_ms": 1000 * max(tally.times, default=float("inf")),
        "cpu": tally.cpu_s / seconds,
        "people_cpu": tally.people_cpu_s / seconds,
        "people_cpu_ms": 1000 * tally.people_cpu_s / strokes,
        "memory_mb": server.memory_mb(),
        "examples": (tally.lost + tally.other + tally.errors + complaints)[:5],
    }


def _ladder(
    servers: dict[str, Server], plans: list[list[Stroke]], rungs: tuple[int, ...], seconds: float
) -> dict[str, list[dict]]:
    """For each page what came of each size of class, up to the first that it does not answer bearably."""
    found: dict[str, list[dict]] = {page: [] for page in servers}
    for rung in rungs:  # all pages at one size, then the next
        for page, server in servers.items():
            done = found[page]
            if done and (done[-1]["p95_ms"] > BEARABLE_MS or done[-1]["lost"]):
                continue
            tally, _ = _run(server, plans[:rung], int(seconds / EVERY_S))
            done.append(_told(tally, rung, seconds))
    return found


def _told(tally: Tally, people: int, seconds: float) -> dict:
    times = 1000 * np.array(tally.times or [np.inf])
    return {
        "people": people,
        "seconds": seconds,
        "cpu_ms": 1000 * tally.cpu_s / max(len(tally.times), 1),
        "p50_ms": float(np.quantile(times, 0.5)),
        "p95_ms": float(np.quantile(times, 0.95)),
        "lost": len(tally.lost),
        "other_verdicts": len(tally.other),
        "errors": len(tally.errors),
        "late": tally.late,
    }


def _run(server: Server | Replicas, plans: list[list[Stroke]], strokes: int) -> tuple[Tally, float]:
    """What came of a class in which each makes so many strokes, and how many seconds they took."""
    return asyncio.run(_class(server, [plan[:strokes] for plan in plans]))


async def _class(server: Server | Replicas, plans: list[list[Stroke]]) -> tuple[Tally, float]:
    tally = Tally()
    visitors = []
    for plan in plans:  # one after another: what an arrival costs is no part of a stroke
        try:
            visitors.append(await Visitor.arrive(server.port, QUERY))
        except Lost as error:
            visitors.append(None)
            tally.lost += [str(error)] * len(plan)
    used, own, start = server.cpu_s(), time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for person, (visitor, plan) in enumerate(zip(visitors, plans)):
            if visitor:
                group.create_task(_person(visitor, plan, person * EVERY_S / len(plans), tally))
    tally.cpu_s, seconds = server.cpu_s() - used, time.perf_counter() - start
    tally.people_cpu_s = time.process_time() - own
    for visitor in filter(None, visitors):
        tally.errors += visitor.errors
        await visitor.leave()
    return tally, seconds


async def _person(visitor: Visitor, plan: list[Stroke], delay: float, tally: Tally) -> None:
    await asyncio.sleep(delay)  # people do not draw in step
    start = time.perf_counter()
    for number, stroke in enumerate(plan):
        wait = start + number * EVERY_S - time.perf_counter()
        tally.late += wait < -0.1
        await asyncio.sleep(max(0, wait))
        await make(visitor, stroke, tally)


async def visit(port: int, plan: list[Stroke], tally: Tally) -> None:
    """Open the app, make the strokes, leave; note what came of it."""
    try:
        visitor = await Visitor.arrive(port, QUERY)
    except Lost as error:
        tally.lost.append(str(error))
        return
    for stroke in plan:
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
    if visitor.verdict is not None and visitor.verdict != stroke.verdict:
        tally.other.append(f"{visitor.verdict or 'a prompt'} instead of {stroke.verdict or 'a prompt'}")
