"""The page of results, from the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.crowd import BEARABLE_MS

WAYS = {
    "litert": "ours: `Verifier.compare`",
    "tf_function": "`tf.function` of the Keras encoder",
    "call": "`model(x)` of the Keras encoder",
    "predict": "`keras.Model.predict`",
}
SLOWER = {"tf_function": 2, "call": 12, "predict": 60}
SLOWER_FRAMED = {"predict": 80}  # from images that are framed already
EVALUATIONS = {
    "litert": "ours: all pairs, counted",
    "predict": "pairs in a loop of `model.predict`, scikit-learn for the area",
}
OURS = ("the canvas", "Plotly", "pictures")  # the files of a page that are not Streamlit's; see `transfer`
PAGES = {
    "app": "the app",
    "echo": "echo: only the canvases and a count of strokes",
    "peer": "peer: Keras model in the page, two canvases, `predict` for each",
}


@dataclass(frozen=True)
class Floor:
    """One promise: what, how much is asked, what was measured, whether it holds."""

    what: str
    asked: str
    measured: str
    met: bool


def page(results: dict) -> str:
    """RESULTS.md."""
    parts = [
        "# Benchmarks",
        "`make bench` measured this (the soak: `python -m benchmarks soak`). Ratios count, not times: they come from "
        "one run on one machine, which each part names. The yardsticks are a page as [peers write it](pages/peer.py), "
        "and the limit, a page that only [echoes](pages/echo.py) how many strokes its canvases hold.",
        summary(results),
    ]
    for part, describe in DESCRIPTIONS.items():
        if part in results:
            parts += [describe(results[part]), _measured_on(results[part])]
    return "\n\n".join(parts) + "\n"


def summary(results: dict) -> str:
    """The table of floors."""
    lines = ["| what | floor | measured | |", "|---|---|--:|---|"]
    for floor in floors(results):
        lines.append(f"| {floor.what} | {floor.asked} | {floor.measured} | {'met' if floor.met else '**missed**'} |")
    return "\n".join(lines)


def floors(results: dict) -> Iterator[Floor]:
    """Every promise that can be judged by the parts that were measured."""
    for part, judge in JUDGES.items():
        if part in results:
            yield from judge(results[part])


def _at_least(what: str, value: float, floor: float) -> Floor:
    return Floor(what, f"≥ {floor:g}×", f"{value:,.1f}×", value >= floor)


def _at_most(what: str, value: float, floor: float, unit: str = "×", digits: int = 2) -> Floor:
    return Floor(what, f"≤ {round(floor, 2):g}{unit}", f"{value:.{digits}f}{unit}", value <= floor)


def _none(what: str, value: int) -> Floor:
    return Floor(what, "none", str(value), value == 0)


def _comparison_floors(part: dict) -> Iterator[Floor]:
    for way, floor in SLOWER.items():
        if way in part:
            ratio = part[way]["median_ms"] / part["litert"]["median_ms"]
            yield _at_least(f"one comparison, faster than {WAYS[way]}", ratio, floor)
    for way, floor in SLOWER_FRAMED.items():
        if way in part:
            ratio = part[way]["framed_ms"] / part["litert"]["framed_ms"]
            yield _at_least(f"one comparison of framed images, faster than {WAYS[way]}", ratio, floor)


def _comparison(part: dict) -> str:
    lines = ["## One comparison: two drawings (280 × 280 RGBA) in, verdict out", ""]
    lines += ["| way | median ms | 95th percentile ms | of framed images ms | memory of the process MB |"]
    lines += ["|---|--:|--:|--:|--:|"]
    for way, words in WAYS.items():
        if way in part:
            value = part[way]
            cells = " | ".join(f"{value[name]:.2f}" for name in ("median_ms", "p95_ms", "framed_ms"))
            lines.append(f"| {words} | {cells} | {value['memory_mb']:.0f} |")
    profile = part["litert"]["profile_ms"]
    lines += ["", "Where our time goes (medians, ms): " + ", ".join(f"{k} {v:.3f}" for k, v in profile.items()) + "."]
    if any(not floor.met for floor in _comparison_floors(part)):
        lines.append(_why_slow(part))
    return "\n".join(lines)


def _why_slow(part: dict) -> str:
    """What the encoder would have to take for every floor to be met."""
    ours, encoder = part["litert"]["median_ms"], part["litert"]["profile_ms"]["encoder and the rest"]
    allowed = min(part[way]["median_ms"] / floor for way, floor in SLOWER.items() if way in part)
    return (
        f"The floor that is missed allows {allowed:.2f} ms; {ours - encoder:.2f} pass before the encoder begins. "
        f"The rest is the encoder's arithmetic ({encoder:.2f} ms for two images, on one core), which every way "
        "has to do."
    )


def _rate(values: dict) -> float:
    return values["pairs"] / values["seconds"]


def _evaluation_floors(part: dict) -> Iterator[Floor]:
    if "predict" in part:
        ratio = _rate(part["litert"]) / _rate(part["predict"])
        yield _at_least("exact evaluation, pairs a second against a loop of `model.predict`", ratio, 20)


def _evaluation(part: dict) -> str:
    lines = ["## Exact evaluation on MNIST's test file", ""]
    lines += ["| way | pairs | seconds | pairs a second |", "|---|--:|--:|--:|"]
    for way, words in EVALUATIONS.items():
        if way in part:
            value = part[way]
            lines.append(f"| {words} | {value['pairs']:,} | {value['seconds']:.1f} | {_rate(value):,.0f} |")
    return "\n".join(lines)


def _median(starts: list[dict], what: str) -> float:
    return float(np.median([start[what] for start in starts]))


def _start_floors(part: dict) -> Iterator[Floor]:
    for what, words in (("canvas_s", "first canvas"), ("verdict_s", "first verdict")):
        ours = _median(part["app"], what)
        yield _at_most(f"server start to the {words}, against the peer page", ours / _median(part["peer"], what), 0.5)
        yield _at_most(f"server start to the {words}, against the echo page", ours / _median(part["echo"], what), 1.3)
    ours = _median(part["app"], "memory_mb")
    yield _at_most(
        "memory after the first verdict, against the peer page", ours / _median(part["peer"], "memory_mb"), 1 / 3
    )
    yield _at_most(
        "memory after the first verdict, against the echo page", ours / _median(part["echo"], "memory_mb"), 1.5
    )


def _start(part: dict) -> str:
    lines = [f"## From the start of the server, in a real browser (medians of {len(part['app'])} starts)", ""]
    lines += ["| page | first canvas s | first verdict s | memory then MB |", "|---|--:|--:|--:|"]
    for name, words in PAGES.items():
        values = [_median(part[name], what) for what in ("canvas_s", "verdict_s", "memory_mb")]
        lines.append(f"| {words} | {values[0]:.2f} | {values[1]:.2f} | {values[2]:.0f} |")
    example, memory = _median(part["visitor"], "verdict_s"), _median(part["visitor"], "memory_mb")
    lines.append(f"| the app as a visitor opens it, with an example pair | | {example:.2f} | {memory:.0f} |")
    lines += [
        "",
        "Up to the first verdict a digit is drawn on each canvas; the peer page and the echo page answer that.",
    ]
    return "\n".join(lines)


def _spread(values: list[float]) -> list[float]:
    return np.percentile(values, [5, 50, 95, 100]).tolist()


def _stroke_floors(part: dict) -> Iterator[Floor]:
    ours, echo = (_spread(part["pages"][name]["shown_ms"]) for name in ("app", "echo"))
    yield _at_most("stroke end to verdict on the screen, median against the echo page", ours[1] / echo[1], 1.2)
    yield _at_most("stroke end to verdict on the screen, p95 against the echo page", ours[2] / echo[2], 1.2)


def _stroke(part: dict) -> str:
    pages = part["pages"]
    lines = [
        f"## From the end of a stroke to its verdict on the screen ({len(pages['app']['shown_ms'])} strokes each)",
        "",
    ]
    lines += ["| page | p5 ms | median | p95 | longest | of the median: until sent | answered | painted |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|--:|"]
    for name, words in PAGES.items():
        sent, answered, shown = (np.array(pages[name][mark]) for mark in ("sent_ms", "answered_ms", "shown_ms"))
        steps = [float(np.median(step)) for step in (sent, answered - sent, shown - answered)]
        cells = " | ".join(f"{value:.0f}" for value in [*_spread(shown), *steps])
        lines.append(f"| {words} | {cells} |")
    own = part["own_ms"]
    lines += [
        "",
        "The canvas waits 200 ms before it sends a stroke; the app sends it when the pen is lifted. Of the time until "
        f"the answer, the app's own work is {sum(own.values()):.1f} ms ("
        + ", ".join(f"{name} {value:.2f}" for name, value in own.items())
        + "); the rest is Streamlit's: the message, a fragment, the message back.",
    ]
    return "\n".join(lines)


def _crowd_floors(part: dict) -> Iterator[Floor]:
    who = f"{part['people']} people at once, a stroke every 2 s for {part['seconds']} s"
    yield _at_most(f"{who}: p95", _spread(part["times_ms"])[2], 150, " ms", 0)
    yield _none(f"{who}: lost strokes", part["lost"])
    yield _none(f"{who}: verdicts other than a single user's", part["other_verdicts"])
    yield _none(f"{who}: errors", part["errors"])
    app, minimal = part["pages"]["app"], part["pages"]["minimal"]
    if len(app) > 1:
        yield _at_most(f"{app[1]['people']} people at once: p95", app[1]["p95_ms"], 300, " ms", 0)
    ratio = app[0]["cpu_ms"] / minimal[0]["cpu_ms"]
    yield _at_most("processor time of a stroke, against the minimal page", ratio, 1.5, "×", 2)


def _crowd(part: dict) -> str:
    low, median, high, longest = _spread(part["times_ms"])
    rows = [
        f"| {page} | {first['cpu_ms']:.0f} ms | {first['p50_ms']:.0f} ms | {first['p95_ms']:.0f} ms | {_class(rungs)} |"
        for page, rungs in part["pages"].items()
        for first in rungs[:1]
    ]
    return (
        f"## {part['people']} people at once\n\n"
        "Sessions of Streamlit's own WebSocket protocol, with the protobuf messages of the installed package; no "
        f"browsers, so the times end when the verdict has arrived. {part['strokes']:,} strokes, each verdict compared "
        f"with that of a verifier of the benchmark's own: p5 {low:.0f} ms, median {median:.0f} ms, p95 {high:.0f} ms, "
        f"longest {longest:.0f} ms. The server used {100 * part['cpu']:.0f}% of one core and held "
        f"{part['memory_mb']:.0f} MB; {part['late']} strokes began late. "
        "The people ran on the same machine." + _examples(part) + "\n\n"
        f"The same class of {part['pages']['app'][0]['people']} on three pages in turn, and the largest of the classes "
        "tried whose p95 stays within a second. *Minimal* is a page with nothing but a fragment of two canvases, the "
        "comparison and one piece of HTML, *echo* one that runs whole at each stroke and compares nothing:\n\n"
        "| page | processor time a stroke | p50 | p95 | largest class (its p95) |\n|---|--:|--:|--:|--:|\n"
        + "\n".join(rows)
    )


def _class(rungs: list[dict]) -> str:
    """The largest class that a page bore, and where it did not."""
    borne = [rung for rung in rungs if rung["p95_ms"] <= BEARABLE_MS and not rung["lost"]]
    broke = [rung for rung in rungs if rung not in borne]
    held = f"{borne[-1]['people']} ({borne[-1]['p95_ms']:,.0f} ms)" if borne else f"fewer than {rungs[0]['people']}"
    return held + (f"; {broke[0]['people']}: {broke[0]['p95_ms']:,.0f} ms" if broke else "")


def _growth_floors(part: dict) -> Iterator[Floor]:
    who = f"{part['strokes']:,} strokes in {part['sessions']} sessions that come and go"
    yield _at_most(f"{who}: growth of memory", part["drift_mb"], 5, " MB", 1)
    left = sum(max(0, part["after"][what] - part["before"][what]) for what in ("processes", "threads", "files"))
    yield _none(f"{who}: processes, threads and open files left", left)


def _growth(part: dict) -> str:
    before, after = part["before"], part["after"]
    return (
        "## What sessions leave behind\n\n"
        f"After as many sessions for warm-up: {before['memory_mb']:.1f} MB; after {part['sessions']} more: "
        f"{after['memory_mb']:.1f} MB. Processes, threads, open files: {before['processes']}, {before['threads']}, "
        f"{before['files']}; then {after['processes']}, {after['threads']}, {after['files']}. Streamlit keeps a "
        f"session that left for two minutes, should it come back, so both were counted {part['waited_s']:.0f} s "
        "after the last one left."
    )


def _transfer(part: dict) -> str:
    def kilo(counts: dict, what: str) -> str:
        return f"{counts[what] / 1000:,.1f}"

    lines = ["## Bytes", "", "| page | opened with empty caches: kB on the wire | messages, unpacked "]
    lines[-1] += "| come back to | messages, unpacked |"
    lines += ["|---|--:|--:|--:|--:|"]
    for name, first in part["open"].items():
        again = part["again"][name]
        cells = [kilo(first, what) for what in ("wire_down", "received")]
        cells += [kilo(again, what) for what in ("wire_down", "received")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += _owners(part)
    strokes = part["strokes"]
    counted = ("wire_down", "wire_up", "received", "sent")
    middle = {what: float(np.median([stroke[what] for stroke in strokes])) for what in counted}
    lines += [
        "",
        "Coming back to a page, figures that have not changed are not sent again. A stroke on Compare brings "
        f"{kilo(middle, 'wire_down')} kB on the wire ({kilo(middle, 'received')} unpacked) and sends "
        f"{kilo(middle, 'wire_up')} kB ({kilo(middle, 'sent')}). The canvas sends all of its strokes "
        f"each time: the first sends {kilo(strokes[0], 'wire_up')} kB, the {len(strokes)}th "
        f"{kilo(strokes[-1], 'wire_up')} kB.",
    ]
    return "\n".join(lines)


def _owners(part: dict) -> list[str]:
    """The lines that say whose the bytes are: a table, and a sentence on it; none for results of older times."""
    if "later" not in part:
        return []

    def cells(first: dict) -> list[float]:
        files = first["owners"]
        told = first["wire_down"] - first["files"]  # what else came: messages, compressed
        return [files.get("Streamlit", 0), *(files.get(owner, 0) for owner in OURS), max(0, told)]

    lines = ["", "Of the bytes of a first visit, kB on the wire:", ""]
    lines += [f"| page | Streamlit's front end | {' | '.join(OURS)} | messages | ours, all | ours on a later visit |"]
    lines += ["|---|" + "--:|" * (len(OURS) + 4)]
    for name, first in part["open"].items():
        theirs, *ours = cells(first)
        later = sum(cells(part["later"][name])[1:])
        values = [theirs, *ours, sum(ours), later]
        lines.append(f"| {name} | {' | '.join(f'{value / 1000:,.1f}' for value in values)} |")
    return [
        *lines,
        "",
        "Streamlit serves its front end uncompressed, by intention, and has it kept for a year; a proxy can compress "
        "it (docs/elsewhere.md). What is ours comes compressed. Plotly is kept; the canvas comes anew with each visit.",
    ]


def _live_floors(part: dict) -> Iterator[Floor]:
    first = float(np.median(part["first_epoch_s"]))
    yield _at_most("*Train live*, *Start* to the first epoch in the chart", first, 6, " s", 1)


def _live(part: dict) -> str:
    low, high = min(part["first_epoch_s"]), max(part["first_epoch_s"])
    images = {"mnist": "MNIST", "pens": "the built-in digits"}[part["images"]]
    return (
        f"## *Train live*: from *Start* to the first epoch ({len(part['first_epoch_s'])} starts)\n\n"
        f"With {images}: median {np.median(part['first_epoch_s']):.1f} s, from {low:.1f} to {high:.1f} s, by someone "
        f"who has had the page open for {part['reading_s']:.0f} s, to read it and to predict. Meanwhile a process "
        "loads the learning library."
    )


def _photograph_floors(part: dict) -> Iterator[Floor]:
    megapixels = part["pixels"] / 1e6
    yield _at_most(f"a photograph of {megapixels:.0f} megapixels, on one core", part["median_s"], 0.5, " s")
    yield _at_most("the same: memory above an idle server's", part["above_idle_mb"], 150, " MB", 0)


def _photograph(part: dict) -> str:
    return (
        f"## A photograph of {part['pixels'] / 1e6:.0f} megapixels\n\n"
        f"A JPEG of {part['bytes'] / 1e6:.1f} MB, squared paper on a table in a shadow: {part['digits']} digits found "
        f"in {part['median_s']:.2f} s on one core; the first photograph of a server, with the import of OpenCV, "
        f"{part['first_s']:.2f} s. Memory at most {part['above_idle_mb']:.0f} MB above a process that compares "
        "drawings."
    )


def _soak_floors(part: dict) -> Iterator[Floor]:
    who = f"soak of {part['seconds'] / 60:.0f} minutes with faults"
    yield _none(f"{who}: lost strokes", part["lost"])
    yield _none(f"{who}: verdicts other than a single user's", part["other_verdicts"])
    yield _none(f"{who}: errors", part["errors"])


def _soak(part: dict) -> str:
    faults = ", ".join(f"{count} × {name}" for name, count in sorted(part["faults"].items()))
    _, median, high, longest = _spread(part["times_ms"])
    return (
        f"## Soak: {part['people']} people draw while things go wrong\n\n"
        f"{part['strokes']:,} strokes in {part['seconds'] / 60:.0f} minutes; {faults}; the download of MNIST hung all "
        "the while. "
        f"Answers: median {median:.0f} ms, p95 {high:.0f} ms, longest {longest:.0f} ms." + _examples(part)
    )


def _examples(part: dict) -> str:
    return "".join(f"\n- `{line}`" for line in part["examples"])


def _measured_on(part: dict[str, Any]) -> str:
    quick = " Quick settings: it only shows that this runs." if part["quick"] else ""
    return f"*{part['machine']}; load {part['load']:.1f} before; took {part['seconds']} s.{quick}*"


JUDGES = {
    "comparison": _comparison_floors,
    "photograph": _photograph_floors,
    "evaluation": _evaluation_floors,
    "start": _start_floors,
    "stroke": _stroke_floors,
    "crowd": _crowd_floors,
    "growth": _growth_floors,
    "live": _live_floors,
    "soak": _soak_floors,
}
DESCRIPTIONS = {
    "comparison": _comparison,
    "photograph": _photograph,
    "evaluation": _evaluation,
    "start": _start,
    "stroke": _stroke,
    "crowd": _crowd,
    "growth": _growth,
    "transfer": _transfer,
    "live": _live,
    "soak": _soak,
}
