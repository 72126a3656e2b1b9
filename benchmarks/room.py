"""A class in a room, over real sessions: thirty phones and a big screen, sixty, a server killed, a room of 600.

Every drawing that a phone sent is looked for in the store, and each of the room in the screen's gallery.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.drawings import Stroke, session
from benchmarks.lesson import Plan, Report, Sheets, compared, hold, kept_in, quantiles
from benchmarks.members import Phone, Screen
from benchmarks.servers import Server, served
from siamese import Verifier
from siamese.classroom.limits import Guard
from siamese.classroom.sqlite import SqliteBackend
from siamese.classroom.store import Store

ROUNDS = 3  # of ten digits; the most that a room offers
A_PUPIL = 20  # drawings of each pupil of the large room
LESSON, FULL, KILLED = Plan(30, 36, 5.0), Plan(60, 10, 5.0), Plan(12, 12, 4.0)
QUICK, QUICK_FULL = Plan(3, 2, 1.5), Plan(2, 1, 1.0)
OTHERS, OTHERS_S = 5, 2.0  # visitors on Compare, a stroke every so many seconds
DRAWINGS, NEW = 600, 20  # in a large room; and those that come while its figures are watched
TICKS = 200
VIEWS = ("Map", "Hardest pairs", "Gallery", "Figures")


def measure(quick: bool) -> dict:
    """What came of the lessons, and what a large room and a question for news take."""
    with _rooms() as (server, store):
        result = {"large": asyncio.run(_large(server, store, *((20, 2, 3) if quick else (DRAWINGS, NEW, TICKS))))}
        for name, plan in (("lesson", QUICK if quick else LESSON), ("full", QUICK_FULL if quick else FULL)):
            others = _others(1 if quick else OTHERS, plan) if name == "lesson" else []
            result[name] = asyncio.run(_lesson(server, store, plan, others))
    result["killed"] = _killed(QUICK if quick else KILLED)
    return result


@contextmanager
def _rooms() -> Iterator[tuple[Server, Store]]:
    """A server, and the store of its rooms."""
    with tempfile.TemporaryDirectory(prefix="bench-rooms-") as folder, served("app", TMPDIR=folder) as server:
        yield server, _store(folder)


def _store(folder: str) -> Store:
    """The store that a server keeps in this temporary folder; here nobody is told to slow down."""
    clock = iter(range(0, 10**9, 3600))
    owner = f"-{os.getuid()}"
    return Store(SqliteBackend(Path(folder) / f"siamese-rooms{owner}"), guard=Guard(lambda: float(next(clock))))


def _others(people: int, plan: Plan) -> list[list[Stroke]]:
    verifier, count = Verifier.load(), int(plan.digits * plan.every_s / OTHERS_S)
    return [list(islice(session(np.random.default_rng(person), verifier), count)) for person in range(people)]


async def _lesson(server: Server, store: Store, plan: Plan, others: list[list[Stroke]]) -> dict:
    """What came of a lesson."""
    sheets, screen = _sheets(plan), await Screen.open(server.port, ROUNDS)
    used, began, received = server.cpu_s(), time.perf_counter(), screen.received
    report = await hold(server.port, screen, plan, sheets, others)
    seconds = time.perf_counter() - began
    told = _told(plan, report, store, screen, server) | {
        "a_pupil": 10 * ROUNDS,
        "cpu": (server.cpu_s() - used) / seconds,
        "screen_kb_s": (screen.received - received) / 1000 / seconds,
        "others": len(others),
        "strokes": len(report.others.times),
        "strokes_ms": quantiles(report.others.times),
        "other_verdicts": len(report.others.other),
        "lost_strokes": len(report.others.lost),
        "memory_mb": server.memory_mb(),
    }
    await screen.leave()
    return told


def _sheets(plan: Plan) -> Sheets:
    return Sheets(plan.phones * plan.digits // 10)


def _told(plan: Plan, report: Report, store: Store, screen: Screen, *servers: Server) -> dict:
    complaints = [line for server in servers for line in server.complaints().splitlines()]
    problems = report.errors + complaints
    return {
        "pupils": plan.phones,
        "seconds": plan.digits * plan.every_s,
        "every_s": plan.every_s,
        **compared(report, kept_in(store, screen), screen.seen),
        "broken": len(report.broken),
        "errors": len(problems),
        "examples": (problems + report.broken + report.others.lost + report.others.other)[:5],
    }


def _killed(plan: Plan) -> dict:
    """What came of a lesson in whose middle the server is killed, and another started in its place."""
    with tempfile.TemporaryDirectory(prefix="bench-rooms-") as folder, ExitStack() as stack:
        servers = [stack.enter_context(served("app", TMPDIR=folder))]
        store = _store(folder)

        def kill() -> None:
            servers[0].process.kill()
            servers[0].process.wait()
            servers.append(stack.enter_context(served("app", servers[0].port, TMPDIR=folder)))

        async def lesson() -> dict:
            screen = await Screen.open(servers[0].port, ROUNDS)
            report = await hold(servers[0].port, screen, plan, _sheets(plan), [], kill)
            room = store.room(screen.place["code"], screen.place["token"])
            await screen.leave()
            told = _told(plan, report, store, screen, *servers)
            return told | {"in_room": room.drawings, "joined": room.pupils, "back_ms": quantiles(report.back)}

        return asyncio.run(lesson())


async def _large(server: Server, store: Store, drawings: int, new: int, ticks: int) -> dict:
    """What a question for news takes where nothing came, and what a room of many drawings takes.

    Idle is the server after one visit: a screen that has opened its room, which is empty.
    """
    screen = await Screen.open(server.port, ROUNDS)
    memory = {"idle": server.memory_mb()}
    phone = await Phone.join(server.port, screen.place["code"])
    tick_ms = {"screen": await _tick_ms(server, screen, ticks), "phone": await _tick_ms(server, phone, ticks)}
    await phone.leave()
    sheets = Sheets(drawings // 10)
    tokens = _fill(store, screen.place["code"], sheets, drawings)
    await screen.tick()
    memory["gallery"] = server.memory_mb()
    await screen.look("Figures")
    memory["figures"] = server.memory_mb()
    updated, arrived = [], []
    for number in range(new):
        await screen.follow(time.perf_counter() + 0.3 * (number % 5))  # at no fixed time after a question
        put = _put(store, screen.place["code"], tokens[number % len(tokens)], sheets)
        asked, shown = await _figures(screen, drawings + number + 1)
        updated.append(shown - asked)
        arrived.append(shown - put)
    memory["new ones"] = server.memory_mb()
    for view in VIEWS:
        await screen.look(view)
        memory[view.lower() + " again" * (view.lower() in memory)] = server.memory_mb()
    await screen.leave()
    problems = screen.errors + server.complaints().splitlines()
    return {
        "drawings": drawings,
        "new": new,
        "ticks": ticks,
        "tick_ms": tick_ms,
        "memory_mb": memory,
        "above_idle_mb": max(memory.values()) - memory["idle"],
        "figures_ms": quantiles(updated),
        "from_new_ms": quantiles(arrived),
        "errors": len(problems),
        "examples": problems[:5],
    }


async def _figures(screen: Screen, drawings: int) -> tuple[float, float]:
    """When the screen asked and got the figures of so many drawings, on the clock of `time.perf_counter`."""
    while True:
        await asyncio.sleep(max(0, screen.due - time.perf_counter()))
        asked = time.perf_counter()
        await screen.tick()
        if screen.counted >= drawings:
            return asked, time.perf_counter()


def _fill(store: Store, code: str, sheets: Sheets, drawings: int) -> list[str]:
    """The tokens of pupils who have sent so many drawings together, without a page."""
    tokens: list[str] = []
    for number in range(drawings):
        if number % A_PUPIL == 0:
            tokens.append(store.join(code, f"client {number}").token)
        _put(store, code, tokens[-1], sheets)
    return tokens


def _put(store: Store, code: str, token: str, sheets: Sheets) -> float:
    """When a pupil's next drawing was in the room, sent without a page, on the clock of `time.perf_counter`."""
    view = store.view(code, token)
    kept = sheets.take(view.next_digit).kept
    store.put(code, token, digit=view.next_digit, strokes=kept.strokes, image=kept.image, key=f"bench-{view.sent}")
    return time.perf_counter()


async def _tick_ms(server: Server, member: Screen | Phone, ticks: int) -> float:
    """Processor milliseconds of the server for a question for news where nothing came."""
    await member.tick()
    used = server.cpu_s()
    for _ in range(ticks):
        await member.tick()
    return 1000 * (server.cpu_s() - used) / ticks
