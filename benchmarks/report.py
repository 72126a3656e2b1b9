"""The page of results, from the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import room_report, slow_line
from benchmarks.comparison import LIMIT
from benchmarks.floors import (
    SLOWER,
    WAYS,
    comparison_floors,
    largest_class,
    median_s,
    pairs_a_second,
    percentiles,
    summary,
)

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


def _comparison(part: dict) -> str:
    lines = ["## One comparison: two drawings (280 × 280 RGBA) in, verdict out", ""]
    lines += ["| way | median ms | 95th percentile ms | of framed images ms | memory of the process MB |"]
    lines += ["|---|--:|--:|--:|--:|"]
    for way, words in WAYS.items():
        if way in part:
            value = part[way]
            cells = " | ".join(f"{value[name]:.2f}" for name in ("median_ms", "p95_ms", "framed_ms"))
            lines.append(f"| {words} | {cells} | {value['memory_mb']:.0f} |")
    if LIMIT in part:
        limit = part[LIMIT]
        lines += [
            "",
            f"The encoder takes {limit['multiply_adds'] / 1e6:.1f} million multiply-adds for two images; a matrix "
            f"product of as many, on one core, takes {limit['median_ms']:.2f} ms.",
        ]
    profile = part["litert"]["profile_ms"]
    lines += ["", "Where our time goes (medians, ms): " + ", ".join(f"{k} {v:.3f}" for k, v in profile.items()) + "."]
    if any(not floor.met for floor in comparison_floors(part)):
        lines.append(_why_slow(part))
    return "\n".join(lines)


def _why_slow(part: dict) -> str:
    """What the encoder would have to take for every floor to be met."""
    ours, encoder = part["litert"]["median_ms"], part["litert"]["profile_ms"]["encoder and the rest"]
    allowed = min(part[way]["median_ms"] / floor for way, floor in SLOWER.items() if way in part)
    return (
        f"The strictest floor against another way allows {allowed:.2f} ms; {ours - encoder:.2f} pass before the "
        "encoder begins, in which every way does the same. The rest is the encoder's arithmetic "
        f"({encoder:.2f} ms for two images, on one core)."
    )


def _evaluation(part: dict) -> str:
    lines = ["## Exact evaluation on MNIST's test file", ""]
    lines += ["| way | pairs | seconds | pairs a second |", "|---|--:|--:|--:|"]
    for way, words in EVALUATIONS.items():
        if way in part:
            value = part[way]
            lines.append(f"| {words} | {value['pairs']:,} | {value['seconds']:.1f} | {pairs_a_second(value):,.0f} |")
    return "\n".join(lines)


def _start(part: dict) -> str:
    lines = [f"## From the start of the server, in a real browser (medians of {len(part['app'])} starts)", ""]
    lines += ["| page | first canvas s | first verdict s | memory then MB |", "|---|--:|--:|--:|"]
    for name, words in PAGES.items():
        values = [median_s(part[name], what) for what in ("canvas_s", "verdict_s", "memory_mb")]
        lines.append(f"| {words} | {values[0]:.2f} | {values[1]:.2f} | {values[2]:.0f} |")
    example, memory = median_s(part["visitor"], "verdict_s"), median_s(part["visitor"], "memory_mb")
    lines.append(f"| the app as a visitor opens it, with an example pair | | {example:.2f} | {memory:.0f} |")
    lines += [
        "",
        "Up to the first verdict a digit is drawn on each canvas; the peer page and the echo page answer that.",
    ]
    return "\n".join(lines)


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
        cells = " | ".join(f"{value:.0f}" for value in [*percentiles(shown), *steps])
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


def _crowd(part: dict) -> str:
    crowds, smallest = part["crowd"].values(), part["pages"]["app"][0]
    lines = [
        f"## {part['people']} people at once, each with a stroke every two seconds for {part['seconds']} s",
        "",
        "Sessions of Streamlit's own WebSocket protocol, with the protobuf messages of the installed package; no "
        "browsers, so the times end when the verdict has arrived. Each verdict is compared with that of a verifier of "
        "the benchmark's own. The people run on the same machine, and what they take from it stands beside.",
        "",
        "| before | strokes | p50 | p95 | longest | began late | servers' processor time, of one core | the people's "
        "| memory |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {where} | {crowd['strokes']:,} | {crowd['p50_ms']:.0f} ms | {crowd['p95_ms']:.0f} ms "
            f"| {crowd['longest_ms']:.0f} ms | {crowd['late']} | {100 * crowd['cpu']:.0f}% "
            f"| {100 * crowd['people_cpu']:.0f}% | {crowd['memory_mb']:.0f} MB |"
            for where, crowd in part["crowd"].items()
        ),
        *("".join(map(_examples, crowds)).splitlines()),
        "",
        f"Classes on three pages in turn, {smallest['seconds']:.0f} s each, and the largest of the classes tried whose "
        f"p95 stays within a second. The columns before it are of {smallest['people']} people. *Minimal* is a page "
        "with nothing but a fragment of two canvases, the comparison and one piece of HTML, *echo* one that runs "
        "whole at each stroke and compares nothing:",
        "",
        "| page | processor time a stroke | p50 | p95 | largest class (its p95) |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {page} | {rungs[0]['cpu_ms']:.1f} ms | {rungs[0]['p50_ms']:.0f} ms | {rungs[0]['p95_ms']:.0f} ms "
            f"| {_class(rungs)} |"
            for page, rungs in part["pages"].items()
        ),
        *_profile(part),
    ]
    return "\n".join(lines)


def _profile(part: dict) -> list[str]:
    """What the processor time of a stroke is made of; nothing where it was not sampled."""
    if not part.get("profile"):
        return []
    whole = part["pages"]["app"][0]["cpu_ms"]
    shares = ", ".join(f"{step} {whole * share:.1f} ms ({share:.0%})" for step, share in part["profile"].items())
    return ["", f"What the app's {whole:.1f} ms are made of, by samples of its stacks under that load: {shares}."]


def _class(rungs: list[dict]) -> str:
    """The largest class that a page bore, and where it did not."""
    largest, by_size = largest_class(rungs), {rung["people"]: rung["p95_ms"] for rung in rungs}
    held = f"{largest} ({by_size[largest]:,.0f} ms)" if largest else f"fewer than {rungs[0]['people']}"
    above = [people for people in by_size if people > largest]
    return held + (f"; {above[0]}: {by_size[above[0]]:,.0f} ms" if above else "")


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


def _slow_line(part: dict) -> str:
    lines = [
        f"## A first visit on a slow phone line: {part['bits_a_second'] / 1e6:g} Mbit/s, "
        f"{1000 * part['round_trip_s']:.0f} ms to the server and back",
        "",
        "| page | s to the first verdict | kB on the wire until then | of which Streamlit's front end |",
        "|---|--:|--:|--:|",
    ]
    for page, visits in part["pages"].items():
        seconds, whole, theirs = (slow_line.median(visits, what) for what in ("verdict_s", "bytes", "streamlit_bytes"))
        lines.append(f"| {slow_line.PAGES[page]} | {seconds:.1f} | {whole / 1000:,.0f} | {theirs / 1000:,.0f} |")
    lines += ["", f"Medians of {len(part['pages']['app'])} visits with empty caches."]
    return "\n".join(lines)


def _visits(part: dict) -> str:
    rows = [
        f"| {point['visits']:,} | {point['memory_mb']:.1f} MB | {point['threads']} | {point['files']} |"
        for point in part["points"]
    ]
    return "\n".join(
        (
            f"## {part['visits']:,} visits, {part['at_once']} at once, in fast motion",
            "",
            f"Each opens Compare, draws {part['strokes_a_visit']} strokes and leaves. Streamlit keeps a session that "
            "left for two minutes, so that many more than are open are held at any time; the first tenth brings the "
            "server to that number.",
            "",
            "| visits | memory | threads | open files |",
            "|--:|--:|--:|--:|",
            *rows,
        )
    ) + _examples(part)


def _live(part: dict) -> str:
    low, high = min(part["first_epoch_s"]), max(part["first_epoch_s"])
    images = {"mnist": "MNIST", "pens": "the built-in digits"}[part["images"]]
    return (
        f"## *Train live*: from *Start* to the first epoch ({len(part['first_epoch_s'])} starts)\n\n"
        f"With {images}: median {np.median(part['first_epoch_s']):.1f} s, from {low:.1f} to {high:.1f} s, by someone "
        f"who has had the page open for {part['reading_s']:.0f} s, to read it and to predict. Meanwhile a process "
        "loads the learning library."
    )


def _room(part: dict) -> str:
    return room_report.text(part) + "".join(_examples(part[name]) for name in ("lesson", "full", "killed", "large"))


def _photograph(part: dict) -> str:
    return (
        f"## A photograph of {part['pixels'] / 1e6:.0f} megapixels\n\n"
        f"A JPEG of {part['bytes'] / 1e6:.1f} MB, squared paper on a table in a shadow: {part['digits']} digits found "
        f"in {part['median_s']:.2f} s on one core; the first photograph of a server, with the import of OpenCV, "
        f"{part['first_s']:.2f} s. Memory at most {part['above_idle_mb']:.0f} MB above a process that compares "
        "drawings."
    )


def _soak(part: dict) -> str:
    faults = ", ".join(f"{count} × {name}" for name, count in sorted(part["faults"].items()))
    _, median, high, longest = percentiles(part["times_ms"])
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


DESCRIPTIONS = {
    "comparison": _comparison,
    "photograph": _photograph,
    "evaluation": _evaluation,
    "start": _start,
    "stroke": _stroke,
    "crowd": _crowd,
    "growth": _growth,
    "transfer": _transfer,
    "slow_line": _slow_line,
    "visits": _visits,
    "live": _live,
    "room": _room,
    "soak": _soak,
}
