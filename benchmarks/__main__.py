"""`make bench`, or `python -m benchmarks [PART ...] [--quick]`: measure, and write the page of results.

Absolute times differ from machine to machine; the ratios to the yardsticks, measured in the same run, are what
counts. Parts that are not measured now keep the results of their last time, with the machine of that time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    comparison,
    crowd,
    evaluation,
    growth,
    live,
    photograph,
    room,
    slow_line,
    soak,
    start,
    stroke,
    transfer,
    visits,
)
from benchmarks.floors import summary
from benchmarks.report import page
from siamese import machine
from siamese.serving.card import to_json

HERE = Path(__file__).resolve().parent
PARTS: dict[str, Callable[[bool], dict]] = {
    "comparison": comparison.measure,
    "photograph": photograph.measure,
    "evaluation": evaluation.measure,
    "start": start.measure,
    "stroke": stroke.measure,
    "crowd": crowd.measure,
    "growth": growth.measure,
    "transfer": transfer.measure,
    "slow_line": slow_line.measure,
    "visits": visits.measure,
    "live": live.measure,
    "room": room.measure,
}


def main(arguments: list[str] | None = None) -> None:
    """Measure the parts that are asked for, all but the soak by default, and write what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join([*PARTS, "soak"]))
    parser.add_argument("--quick", action="store_true", help="tiny settings: that it runs, not how fast things are")
    parser.add_argument("--minutes", type=float, default=soak.MINUTES, help="how long the soak lasts (%(default)g)")
    parser.add_argument("--out", type=Path, help="folder for results.json and RESULTS.md (benchmarks; quick: nowhere)")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - {*PARTS, "soak"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    folder = options.out or (None if options.quick else HERE)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    results = read(folder / "results.json") if folder else {}
    for part in options.parts or PARTS:
        print(f"{part} …", file=sys.stderr, flush=True)
        load, began = os.getloadavg()[0], time.perf_counter()
        values = soak.measure(options.quick, options.minutes) if part == "soak" else PARTS[part](options.quick)
        seconds = round(time.perf_counter() - began)
        results[part] = {
            "machine": machine.description(),
            "load": load,
            "quick": options.quick,
            "seconds": seconds,
        } | values
        if folder:  # after each part, so that a run that is broken off keeps what it has
            write(folder / "results.json", to_json(results))
            write(folder / "RESULTS.md", page(results))
    print(summary(results))


def read(path: Path) -> dict:
    """The results so far, or none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write(path: Path, text: str) -> None:
    """Replace a file in one step: whoever reads it sees the old or the new one."""
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
