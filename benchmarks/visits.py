"""Thousands of visits in fast motion, a few of them open at any time: what a server holds must not grow with them."""

from __future__ import annotations

import asyncio
from itertools import count, islice

import numpy as np

from benchmarks.crowd import Tally, visit
from benchmarks.drawings import Stroke, session
from benchmarks.servers import Server, served
from siamese import Verifier

VISITS, AT_ONCE, STROKES = 10_000, 30, 2
POINTS = 10  # how often the server is looked at
PLANS = 200  # so many different people, each of whom comes many times


def measure(quick: bool) -> dict:
    """What the server holds after each tenth of the visits, while visitors come and go."""
    visits, at_once = (20, 4) if quick else (VISITS, AT_ONCE)
    verifier = Verifier.load()
    plans = [list(islice(session(np.random.default_rng(person), verifier), STROKES)) for person in range(PLANS)]
    tally = Tally()
    with served("app") as server:
        points = asyncio.run(_come_and_go(server, plans, visits, at_once, tally))
        complaints = server.complaints().splitlines()
    half = len(points) // 2
    return {
        "visits": visits,
        "at_once": at_once,
        "strokes_a_visit": STROKES,
        "strokes": len(tally.times),
        "points": points,
        "drift_mb": points[-1]["memory_mb"] - points[half - 1]["memory_mb"],
        "lost": len(tally.lost),
        "other_verdicts": len(tally.other),
        "errors": len(tally.errors) + len(complaints),
        "examples": (tally.lost + tally.other + tally.errors + complaints)[:5],
    }


async def _come_and_go(
    server: Server, plans: list[list[Stroke]], visits: int, at_once: int, tally: Tally
) -> list[dict[str, float]]:
    points: list[dict[str, float]] = []
    numbers, done = count(), 0

    async def one_after_another() -> None:
        nonlocal done
        while (number := next(numbers)) < visits:
            await visit(server.port, plans[number % len(plans)], tally)
            done += 1
            if done % (visits // POINTS) == 0:
                points.append({"visits": done, "memory_mb": server.memory_mb(), **server.held()})

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_after_another())
    return points
