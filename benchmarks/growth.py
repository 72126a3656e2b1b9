"""What a server keeps of sessions that came and went: memory, processes, threads, open files."""

from __future__ import annotations

import asyncio
from itertools import islice

import numpy as np

from benchmarks.crowd import QUERY, Tally, visit
from benchmarks.drawings import Stroke, session
from benchmarks.protocol import Visitor
from benchmarks.servers import Server, served
from siamese import Verifier

SESSIONS, STROKES = 100, 20
AT_ONCE = 4
#: Streamlit keeps a session that went for two minutes, should it come back; then it is let go.
KEPT_S = 125


def measure(quick: bool) -> dict:
    """Memory after a warm-up of as many sessions again, and after the measured ones; what else is left."""
    sessions, kept = (4, 1) if quick else (SESSIONS, KEPT_S)
    verifier = Verifier.load()
    plans = [list(islice(session(np.random.default_rng(number), verifier), STROKES)) for number in range(2 * sessions)]
    tally = Tally()
    with served("app") as server:
        points = []
        for part in (plans[:sessions], plans[sessions:]):
            asyncio.run(_come_and_go(server.port, part, tally))
            asyncio.run(_let_go(server, kept))
            points.append({"memory_mb": server.memory_mb(), **server.held()})
    before, after = points
    return {
        "sessions": sessions,
        "strokes": sessions * STROKES,
        "waited_s": kept,
        "drift_mb": after["memory_mb"] - before["memory_mb"],
        "before": before,
        "after": after,
        "lost": len(tally.lost),
        "other_verdicts": len(tally.other),
        "errors": len(tally.errors),
    }


async def _come_and_go(port: int, plans: list[list[Stroke]], tally: Tally) -> None:
    waiting = asyncio.Semaphore(AT_ONCE)

    async def one(plan: list[Stroke]) -> None:
        async with waiting:
            await visit(port, plan, tally)

    async with asyncio.TaskGroup() as group:
        for plan in plans:
            group.create_task(one(plan))


async def _let_go(server: Server, kept: float) -> None:
    """Wait until the server has let the sessions go: it looks when another one leaves."""
    await asyncio.sleep(kept)
    visitor = await Visitor.arrive(server.port, QUERY)
    await visitor.leave()
