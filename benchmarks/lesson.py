"""A class in a room: phones that send a digit every few seconds, a big screen that follows, others on Compare.

The phones are seats: whoever has drawn all the digits of a pupil makes room for another pupil.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from benchmarks.crowd import EVERY_S, QUERY, Tally, make
from benchmarks.drawings import Stroke, fabric
from benchmarks.members import Phone, Screen
from benchmarks.protocol import Lost, Visitor
from siamese.classroom.records import Drawing
from siamese.classroom.store import Store
from siamese.classroom.submissions import Submission, submission
from siamese.errors import SiameseError
from siamese.imaging import pens, strokes

STROKE_S = 0.8  # between two strokes of a digit
HURRIED_S = 1.5  # a pupil who is behind needs so long for a digit
LAST_LOOK_S = 10.0  # for how long the screen follows after the last drawing at most


@dataclass(frozen=True)
class Sheet:
    """A digit as a phone draws it: what the canvas sends after each stroke, and what the room must keep of it."""

    strokes: tuple[str, ...]
    kept: Submission


class Sheets:
    """Digits by our pen, no two of them alike."""

    def __init__(self, ready: int, seed: int = 0) -> None:
        """So many of each digit made at once, which costs nothing when they are needed; more as they are needed."""
        rng = np.random.default_rng(seed)
        self._made = {digit: _sheets(digit, rng) for digit in range(10)}
        self._ready = {digit: deque(islice(made, ready)) for digit, made in self._made.items()}

    def take(self, digit: int) -> Sheet:
        """One that nobody has had."""
        return self._ready[digit].popleft() if self._ready[digit] else next(self._made[digit])


def _sheets(digit: int, rng: np.random.Generator) -> Iterator[Sheet]:
    had: set[bytes] = set()
    while True:
        drawn = pens.draw(digit, rng)
        raws = [fabric(drawn[:last]) for last in range(1, len(drawn) + 1)]
        try:
            kept = submission(strokes.from_canvas(raws[-1]))
        except SiameseError:  # a scrawl, which a pupil would draw again
            continue
        if kept.strokes not in had:
            had.add(kept.strokes)
            yield Sheet(tuple(json.dumps({"drawing": {"raw": raw, "data": None}}) for raw in raws), kept)


@dataclass
class Report:
    """What came of a lesson; times on the clock of `time.perf_counter`.

    Attributes:
        sent: when *Send* was pressed for each drawing that was acknowledged, by digit and strokes.
        acknowledged: seconds from then until the phone was asked for the next one.
        back: seconds that whoever was cut off took until they were back in the room.
        broken: why somebody was cut off. errors: what pages complained of.
        others: what came of the strokes on Compare.
    """

    sent: dict[tuple[int, bytes], float] = field(default_factory=dict)
    acknowledged: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    others: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class Plan:
    """How a lesson goes: so many phones, each of which sends so many digits, one every so many seconds."""

    phones: int
    digits: int
    every_s: float


async def hold(
    port: int,
    screen: Screen,
    plan: Plan,
    sheets: Sheets,
    others: list[list[Stroke]],
    fault: Callable[[], object] | None = None,
) -> Report:
    """What came of a lesson in the screen's room.

    Args:
        others: the strokes of each visitor on Compare.
        fault: called in a thread of its own in the middle.
    """
    report, code = Report(), screen.place["code"]
    phones = [await Phone.join(port, code) for _ in range(plan.phones)]
    visitors = [await Visitor.arrive(port, QUERY) for _ in others]
    start = time.perf_counter() + plan.every_s
    for phone in phones:  # their clocks run since each of them joined
        phone.due = time.perf_counter() + phone.EVERY_S * random.random()
    async with asyncio.TaskGroup() as group:
        seats = [
            group.create_task(_seat(phone, plan, start + plan.every_s * number / plan.phones, sheets, report, code))
            for number, phone in enumerate(phones)
        ]
        group.create_task(_watch(screen, seats, report))
        for visitor, strokes_ in zip(visitors, others):
            group.create_task(_draw(visitor, strokes_, start, report.others))
        if fault:
            await asyncio.sleep(start + plan.digits * plan.every_s / 2 - time.perf_counter())
            await asyncio.to_thread(fault)
    for visitor in visitors:
        report.errors += visitor.errors
        await visitor.leave()
    report.errors += report.others.errors
    return report


async def _seat(phone: Phone, plan: Plan, start: float, sheets: Sheets, report: Report, code: str) -> None:
    """Send a digit every few seconds."""
    for number in range(plan.digits):
        if phone.asked is None:  # another pupil takes the seat
            await _left(phone, report)
            phone = await Phone.join(phone.port, code)
        due = max(start + number * plan.every_s, phone.acknowledged + HURRIED_S)
        await _send(phone, sheets.take(phone.asked), due, report)
    await _left(phone, report)


async def _left(phone: Phone, report: Report) -> None:
    report.errors += phone.errors
    await phone.leave()


async def _send(phone: Phone, sheet: Sheet, due: float, report: Report) -> None:
    """Draw a digit and press *Send* when it is due; where the connection breaks, come back and do what is left."""
    digit, place = phone.asked, phone.at
    while phone.at == place:
        try:
            for left, drawing in zip(range(len(sheet.strokes), 0, -1), sheet.strokes):
                await phone.follow(due - left * STROKE_S)
                await phone.draw(drawing)
            await phone.follow(due)
            await phone.submit()
            report.acknowledged.append(phone.acknowledged - due)
        except Lost as error:
            await _back(phone, error, report)
            due = time.perf_counter() if phone.at == place else due
    report.sent[digit, sheet.kept.strokes] = due


async def _back(member: Phone | Screen, error: Lost, report: Report) -> None:
    report.broken.append(str(error))
    cut = time.perf_counter()
    await member.restore()
    report.back.append(time.perf_counter() - cut)


async def _watch(screen: Screen, seats: list[asyncio.Task], report: Report) -> None:
    """Follow until all drawings have come, at most for a while after the last phone has gone."""
    end = float("inf")
    while len(screen.seen) < len(report.sent) or end == float("inf"):
        if end == float("inf") and all(seat.done() for seat in seats):
            end = time.perf_counter() + LAST_LOOK_S
        if time.perf_counter() > end:
            break
        try:
            await screen.follow(time.perf_counter() + screen.EVERY_S / 3)
        except Lost as error:
            await _back(screen, error, report)
    report.errors += screen.errors


async def _draw(visitor: Visitor, plan: list[Stroke], start: float, tally: Tally) -> None:
    """Draw on Compare, a stroke every two seconds."""
    for number, stroke in enumerate(plan):
        await asyncio.sleep(max(0, start + number * EVERY_S - time.perf_counter()))
        await make(visitor, stroke, tally)


def kept_in(store: Store, screen: Screen) -> dict[int, tuple[Drawing, bytes]]:
    """What the room keeps: each drawing with its strokes, by its number."""
    code, secret = screen.place["code"], screen.place["token"]
    changes, packed = store.since(code, secret), store.strokes(code, secret)
    return {drawing.number: (drawing, packed[drawing.number]) for drawing in changes.drawings}


def compared(report: Report, kept: dict[int, tuple[Drawing, bytes]], seen: dict[int, float]) -> dict:
    """What was sent against what the room keeps and what a screen showed when, see `Screen.seen`; milliseconds."""
    found = Counter((drawing.asked, packed) for drawing, packed in kept.values())
    places = {(drawing.asked, packed): number for number, (drawing, packed) in kept.items()}
    shown = [seen[places[what]] - sent for what, sent in report.sent.items() if what in places and places[what] in seen]
    return {
        "sent": len(report.sent),
        "lost": len(report.sent.keys() - found.keys()),
        "doubled": (found - Counter(report.sent.keys())).total(),
        "not_shown": len(report.sent) - len(shown),
        "acknowledged_ms": quantiles(report.acknowledged),
        "shown_ms": quantiles(shown),
    }


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile and largest of times, in ms."""
    if not seconds:
        return {}
    values = 1000 * np.array(seconds)
    return {name: float(np.quantile(values, share)) for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1))}
