"""`make bench`: how fast one comparison and one evaluation are, beside the ways peers take.

Absolute times differ from machine to machine; the ratios are what counts. Every way runs in a fresh
process of its own kind, on one and the same encoder, and gives medians of many repetitions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from siamese.artefacts import to_json
from siamese.machine import machine

HERE = Path(__file__).resolve().parent
#: name -> (script, what it does, floor of the ratio "this way / ours")
COMPARISONS = {
    "litert": ("ours: `Verifier.compare`", None),
    "tf_function": ("`tf.function` of the Keras encoder", 2),
    "call": ("`model(x)` of the Keras encoder", 12),
    "predict": ("`keras.Model.predict`", 50),
}
EVALUATIONS = {
    "litert": ("ours: all pairs, counted", None),
    "predict": ("pairs in a loop of `model.predict`, scikit-learn for the area", 20),
}


def measured(script: str, way: str) -> dict:
    """What a fresh process that runs `script` in this way prints as JSON."""
    command = [sys.executable, "-m", f"benchmarks.{script}", way]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def page(results: dict) -> str:
    """The page of results, from the numbers."""
    lines = ["# Benchmarks", "", f"`make bench` measured this on: {results['machine']}.", ""]
    lines += ["## One comparison: two drawings (280 × 280 RGBA) in, verdict out", ""]
    lines += ["| way | median ms | 95th percentile ms | slower than ours | floor | memory of the process MB |"]
    lines += ["|---|--:|--:|--:|--:|--:|"]
    ours = results["comparison"]["litert"]["median_ms"]
    for way, (words, floor) in COMPARISONS.items():
        values = results["comparison"][way]
        ratio = "" if floor is None else f"{values['median_ms'] / ours:.1f}×"
        lines.append(
            f"| {words} | {values['median_ms']:.2f} | {values['p95_ms']:.2f} | {ratio} "
            f"| {'' if floor is None else f'{floor}×'} | {values['memory_mb']:.0f} |"
        )
    profile = results["comparison"]["litert"]["profile_ms"]
    lines += ["", "Where our time goes (medians, ms): " + ", ".join(f"{k} {v:.3f}" for k, v in profile.items()) + "."]
    lines += ["", "## Exact evaluation on MNIST's test file", ""]
    lines += ["| way | pairs | seconds | pairs a second | fewer than ours | floor |", "|---|--:|--:|--:|--:|--:|"]
    ours = results["evaluation"]["litert"]
    for way, (words, floor) in EVALUATIONS.items():
        values = results["evaluation"][way]
        rate = values["pairs"] / values["seconds"]
        ratio = "" if floor is None else f"{ours['pairs'] / ours['seconds'] / rate:,.0f}×"
        lines.append(
            f"| {words} | {values['pairs']:,} | {values['seconds']:.1f} | {rate:,.0f} | {ratio} "
            f"| {'' if floor is None else f'{floor}×'} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure everything and write `results.json` and `RESULTS.md`."""
    results: dict = {"machine": machine(), "comparison": {}, "evaluation": {}}
    for way in COMPARISONS:
        print(f"comparison: {way}", file=sys.stderr)
        results["comparison"][way] = measured("comparison", way)
    for way in EVALUATIONS:
        print(f"evaluation: {way}", file=sys.stderr)
        results["evaluation"][way] = measured("evaluation", way)
    (HERE / "results.json").write_text(to_json(results), encoding="utf-8")
    (HERE / "RESULTS.md").write_text(page(results), encoding="utf-8")
    print(page(results))


if __name__ == "__main__":
    main()
