"""What each part of the benchmarks has promised, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks import slow_line
from benchmarks.comparison import LIMIT
from benchmarks.crowd import BEARABLE_MS

WAYS = {
    "litert": "ours: `Verifier.compare`",
    "tf_function": "`tf.function` of the Keras encoder",
    "call": "`model(x)` of the Keras encoder",
    "predict": "`keras.Model.predict`",
}

SLOWER = {"tf_function": 3, "call": 12, "predict": 80}

SMALLER_CROWDS = {30: 150, 60: 300}  # people -> ms

SLOWER_FRAMED = {"predict": 80}  # from images that are framed already


def median_s(starts: list[dict], what: str) -> float:
    return float(np.median([start[what] for start in starts]))


def pairs_a_second(values: dict) -> float:
    return values["pairs"] / values["seconds"]


def percentiles(values: list[float]) -> list[float]:
    return np.percentile(values, [5, 50, 95, 100]).tolist()


@dataclass(frozen=True)
class Floor:
    """One promise: what, how much is asked, what was measured, whether it holds."""

    what: str
    asked: str
    measured: str
    met: bool


def summary(results: dict) -> str:
    """The table of floors."""
    lines = ["| what | floor | measured | |", "|---|---|--:|---|"]
    for floor in floors(results):
        lines.append(f"| {floor.what} | {floor.asked} | {floor.measured} | {'met' if floor.met else '**missed**'} |")
    return "\n".join(lines)


def highlights(results: dict) -> str:
    """The lines for the README."""
    ours, predict = results["comparison"]["litert"], results["comparison"]["predict"]
    every = list(floors(results))
    where = "two replicas" if "two replicas" in results["crowd"]["crowd"] else "one process"
    crowd = results["crowd"]["crowd"][where]
    memory = median_s(results["start"]["app"], "memory_mb") / median_s(results["start"]["echo"], "memory_mb")
    lost = "none" if not crowd["lost"] else str(crowd["lost"])
    lesson = results["room"]["lesson"]
    gone = lesson["lost"] + lesson["doubled"]
    return "\n".join(
        (
            f"- From two drawings to a verdict: {ours['median_ms']:.1f} ms, "
            f"{predict['median_ms'] / ours['median_ms']:.0f} times faster than `keras.Model.predict`. A photograph "
            f"of {results['photograph']['pixels'] / 1e6:.0f} megapixels: {results['photograph']['median_s']:.2f} s.",
            f"- {crowd['people']} people at once before {where}, a stroke every two seconds: 95 of 100 verdicts within "
            f"{crowd['p95_ms']:.0f} ms, {lost} lost.",
            f"- {lesson['pupils']} pupils in a room, each with a digit every {lesson['every_s']:g} seconds: 95 of 100 "
            f"digits are on the big screen within {lesson['shown_ms']['p95'] / 1000:.1f} s; of {lesson['sent']:,} "
            f"{gone or 'none'} is lost or doubled.",
            f"- The server takes {memory:.2f} times the memory of a page with two empty canvases. Of "
            f"{len(every)} floors {sum(floor.met for floor in every)} are met.",
        )
    )


def floors(results: dict) -> Iterator[Floor]:
    """Every promise that follows from the parts that were measured."""
    for part, floors_of in PROMISES.items():
        if part in results:
            yield from floors_of(results[part])


def _at_least(what: str, value: float, floor: float) -> Floor:
    return Floor(what, f"≥ {floor:g}×", f"{value:,.1f}×", value >= floor)


def _at_most(what: str, value: float, floor: float, unit: str = "×", digits: int = 2) -> Floor:
    return Floor(what, f"≤ {round(floor, 2):g}{unit}", f"{value:.{digits}f}{unit}", value <= floor)


def _none(what: str, value: int) -> Floor:
    return Floor(what, "none", str(value), value == 0)


def comparison_floors(part: dict) -> Iterator[Floor]:
    for way, floor in SLOWER.items():
        if way in part:
            ratio = part[way]["median_ms"] / part["litert"]["median_ms"]
            yield _at_least(f"one comparison, faster than {WAYS[way]}", ratio, floor)
    for way, floor in SLOWER_FRAMED.items():
        if way in part:
            ratio = part[way]["framed_ms"] / part["litert"]["framed_ms"]
            yield _at_least(f"one comparison of framed images, faster than {WAYS[way]}", ratio, floor)

    if LIMIT in part:
        ratio = part["litert"]["median_ms"] / part[LIMIT]["median_ms"]
        yield _at_most("one comparison, against a matrix product of as many multiply-adds", ratio, 3)


def _evaluation_floors(part: dict) -> Iterator[Floor]:
    if "predict" in part:
        ratio = pairs_a_second(part["litert"]) / pairs_a_second(part["predict"])
        yield _at_least("exact evaluation, pairs a second against a loop of `model.predict`", ratio, 20)


def _start_floors(part: dict) -> Iterator[Floor]:
    for what, words in (("canvas_s", "first canvas"), ("verdict_s", "first verdict")):
        ours = median_s(part["app"], what)
        yield _at_most(f"server start to the {words}, against the peer page", ours / median_s(part["peer"], what), 0.5)
        yield _at_most(f"server start to the {words}, against the echo page", ours / median_s(part["echo"], what), 1.3)
    ours = median_s(part["app"], "memory_mb")
    yield _at_most(
        "memory after the first verdict, against the peer page", ours / median_s(part["peer"], "memory_mb"), 1 / 3
    )
    yield _at_most(
        "memory after the first verdict, against the echo page", ours / median_s(part["echo"], "memory_mb"), 1.5
    )


def _stroke_floors(part: dict) -> Iterator[Floor]:
    ours, echo = (percentiles(part["pages"][name]["shown_ms"]) for name in ("app", "echo"))
    yield _at_most("stroke end to verdict on the screen, median against the echo page", ours[1] / echo[1], 0.3)
    yield _at_most("stroke end to verdict on the screen, p95 against the echo page", ours[2] / echo[2], 0.3)


def _crowd_floors(part: dict) -> Iterator[Floor]:
    for where, crowd in part["crowd"].items():
        who = f"{crowd['people']} people at once before {where}, a stroke every 2 s for {part['seconds']} s"
        if where == "two replicas":
            yield _at_most(f"{who}: p95", crowd["p95_ms"], 500, " ms", 0)
        yield _none(f"{who}: lost strokes", crowd["lost"])
        yield _none(f"{who}: verdicts other than a single user's", crowd["other_verdicts"])
        yield _none(f"{who}: errors", crowd["errors"])
    pages = part["pages"]
    for rung in pages["app"]:
        if rung["people"] in SMALLER_CROWDS:
            floor = SMALLER_CROWDS[rung["people"]]
            yield _at_most(f"{rung['people']} people at once: p95", rung["p95_ms"], floor, " ms", 0)
    ratio = pages["app"][0]["cpu_ms"] / pages["minimal"][0]["cpu_ms"]
    yield _at_most("processor time of a stroke, against the minimal page", ratio, 1.2, "×", 2)
    if len(pages["app"]) > 1:
        share = largest_class(pages["app"]) / max(largest_class(pages["minimal"]), 1)
        yield _at_least("largest class that one process bears, against the minimal page", share, 0.75)


def largest_class(rungs: list[dict]) -> int:
    """How many people the largest class has that a page answers bearably, 0 where none is."""
    borne = [rung["people"] for rung in rungs if rung["p95_ms"] <= BEARABLE_MS and not rung["lost"]]
    return max(borne, default=0)


def _growth_floors(part: dict) -> Iterator[Floor]:
    who = f"{part['strokes']:,} strokes in {part['sessions']} sessions that come and go"
    yield _at_most(f"{who}: growth of memory", part["drift_mb"], 5, " MB", 1)
    left = sum(max(0, part["after"][what] - part["before"][what]) for what in ("processes", "threads", "files"))
    yield _none(f"{who}: processes, threads and open files left", left)


def _visits_floors(part: dict) -> Iterator[Floor]:
    who = f"{part['visits']:,} visits, {part['at_once']} at once"
    yield _none(f"{who}: lost strokes, other verdicts, errors", part["lost"] + part["other_verdicts"] + part["errors"])
    yield _at_most(f"{who}: growth of memory over the second half", part["drift_mb"], 5, " MB", 1)
    left = sum(max(0, part["points"][-1][what] - part["points"][0][what]) for what in ("threads", "files"))
    yield _none(f"{who}: threads and open files more at the end than after the first tenth", left)


def _live_floors(part: dict) -> Iterator[Floor]:
    first = float(np.median(part["first_epoch_s"]))
    yield _at_most("*Train live*, *Start* to the first epoch in the chart", first, 6, " s", 1)


def _slow_line_floors(part: dict) -> Iterator[Floor]:
    app, echo = part["pages"]["app"], part["pages"]["echo"]
    for what, words in (("verdict_s", "seconds"), ("bytes", "bytes")):
        ratio = slow_line.median(app, what) / slow_line.median(echo, what)
        yield _at_most(
            f"first visit on a slow phone line, {words} to the first verdict against the echo page", ratio, 1.1
        )


def _photograph_floors(part: dict) -> Iterator[Floor]:
    megapixels = part["pixels"] / 1e6
    yield _at_most(f"a photograph of {megapixels:.0f} megapixels, on one core", part["median_s"], 0.5, " s")
    yield _at_most("the same: memory above an idle server's", part["above_idle_mb"], 150, " MB", 0)


def _room_floors(part: dict) -> Iterator[Floor]:
    lesson, full, killed, large = (part[name] for name in ("lesson", "full", "killed", "large"))
    who = f"a room of {lesson['pupils']} pupils, a digit every {lesson['every_s']:g} s for {lesson['seconds']:.0f} s"
    yield _none(f"{who}: drawings lost, doubled, not on the screen", _astray(lesson))
    yield _none(f"{who}: errors", lesson["errors"] + lesson["broken"])
    yield _at_most(f"{who}: *Send* to acknowledged, p95", lesson["acknowledged_ms"]["p95"], 1000, " ms", 0)
    yield _at_most(f"{who}: *Send* to the big screen, p95", lesson["shown_ms"]["p95"], 3000, " ms", 0)
    if lesson["strokes_ms"]:
        yield _at_most(f"{who}: a stroke of others on Compare, p95", lesson["strokes_ms"]["p95"], 1000, " ms", 0)
    yield _none(f"{who}: others' lost strokes, other verdicts", lesson["lost_strokes"] + lesson["other_verdicts"])
    who = f"a room of {full['pupils']} pupils, a digit every {full['every_s']:g} s"
    yield _none(f"{who}: errors", full["errors"] + full["broken"])
    yield _none(f"{who}: drawings lost, doubled, not on the screen", _astray(full))
    who = "a server killed in the middle of a lesson, and another started"
    yield _none(f"{who}: drawings lost, doubled, not on the screen", _astray(killed))
    yield _none(f"{who}: errors", killed["errors"])
    who = f"a room of {large['drawings']} drawings"
    yield _none(f"{who}: errors", large["errors"])
    yield _at_most(f"{who}: figures on the screen after a new one, p95", large["from_new_ms"]["p95"], 1000, " ms", 0)
    yield _at_most(f"{who}: memory above an empty room's", large["above_idle_mb"], 60, " MB", 0)


def _astray(lesson: dict) -> int:
    """How many drawings are not in the room and on the screen exactly once."""
    return int(lesson["lost"] + lesson["doubled"] + lesson["not_shown"])


def _soak_floors(part: dict) -> Iterator[Floor]:
    who = f"soak of {part['seconds'] / 60:.0f} minutes with faults"
    yield _none(f"{who}: lost strokes", part["lost"])
    yield _none(f"{who}: verdicts other than a single user's", part["other_verdicts"])
    yield _none(f"{who}: errors", part["errors"])


PROMISES = {
    "comparison": comparison_floors,
    "photograph": _photograph_floors,
    "evaluation": _evaluation_floors,
    "start": _start_floors,
    "stroke": _stroke_floors,
    "crowd": _crowd_floors,
    "growth": _growth_floors,
    "slow_line": _slow_line_floors,
    "visits": _visits_floors,
    "live": _live_floors,
    "room": _room_floors,
    "soak": _soak_floors,
}
