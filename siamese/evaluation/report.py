"""The evaluation of a served model on test images: its histograms, its report, and the files that hold them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from siamese.data.splits import ALL_DIGITS, SPLITS, UNSEEN_DIGITS
from siamese.evaluation import people, robustness, summary
from siamese.evaluation.hardest_pairs import FILE, publish_hardest
from siamese.evaluation.projection import publish_map
from siamese.imaging import pens
from siamese.metrics import rates
from siamese.metrics.histograms import PairHistograms, pair_histograms, pairs_near
from siamese.serving.card import FILES, Card, histograms_bytes, load_json, read_card, sha256, to_json
from siamese.serving.verifier import VALUE_TOLERANCE, Verifier

ONE_SHOT_TRIALS = 200
ONE_SHOT_SEED = 1
PEN_IMAGES_PER_DIGIT = 60
PEN_SEED = 5


def evaluate(
    card: Card,
    images: np.ndarray,
    digits: np.ndarray,
    on_progress: Callable[[int, int], object] | None = None,
    drawings: people.Drawings | None = None,
) -> tuple[PairHistograms, dict[str, Any]]:
    """Histograms and report of the served (LiteRT) encoder on test images (n, 28, 28) with digits (n,).

    The report holds the figures of all pairs by split, the number of pairs whose verdict rounding could change,
    one-shot accuracies, and accuracies on drawings of the built-in pen.

    Args:
        on_progress: called with (done, all) pairs of digits.
        drawings: by people; the report holds the figures on them under "people".
    """
    verifier = Verifier(card)
    embeddings = verifier.embed(images)
    histograms = pair_histograms(embeddings, digits, card.upper, on_progress=on_progress)
    report = summary.pair_report(histograms, card.threshold, card.probability_same)
    return histograms, summary.rounded(
        {
            **report,
            "near_threshold": near_threshold(card, embeddings),
            "one_shot": one_shot_figures(embeddings, digits),
            "drawings": pen_figures(verifier),
            **({"people": people_figures(verifier, drawings)} if drawings else {}),
        }
    )


def people_figures(verifier: Verifier, drawings: people.Drawings) -> dict[str, Any]:
    """The figures on drawings by people, as `people.measure` gives them."""
    card = verifier.card
    return people.measure(verifier.embed(drawings.images), drawings, card.threshold, card.upper, card.probability_same)


def equals_committed(card: Card, report: dict[str, Any]) -> bool:
    """Whether `report` is the committed one; figures on people's drawings count only if both are on the same file."""
    committed = load_json(card, "report.json")
    new, old = report.get("people"), committed.get("people")
    if new and old and new["sha256"] == old["sha256"] and new != old:
        return False
    return {**report, "people": None} == {**committed, "people": None}


def write_evaluation(
    folder: Path,
    values: dict[str, Any],
    images: np.ndarray,
    digits: np.ndarray,
    drawings: people.Drawings | None = None,
    robust: dict[str, Any] | None = None,
) -> None:
    """Evaluates the model in `folder` and writes its histograms, report, map, hardest pairs, robustness and card.

    Without `drawings`, the figures on people's drawings that its report has already stay in it.

    Args:
        values: the JSON of the card.
        robust: what `robustness.measure` gave, where it was measured already.
    """
    card = read_card(folder)
    histograms, report = evaluate(card, images, digits, drawings=drawings)
    if not drawings and "report.json" in card.raw["files"]:
        report |= {"people": kept} if (kept := load_json(card, "report.json").get("people")) else {}
    (folder / "histograms.npz").write_bytes(histograms_bytes(histograms))
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    (folder / "map.npz").write_bytes(publish_map(read_card(folder), images, digits))
    (folder / FILE).write_bytes(publish_hardest(read_card(folder), images, digits))
    robust = robust or robustness.measure(read_card(folder), images, digits)
    (folder / robustness.FILE).write_text(to_json(robust), encoding="utf-8")
    write_manifest(folder, values)


def write_manifest(folder: Path, values: dict[str, Any]) -> None:
    """Writes the card from its JSON `values`, with the SHA-256 of each of the model's files."""
    present = [folder / file for file in FILES if (folder / file).is_file()]
    values["files"] = {path.name: sha256(path.read_bytes()) for path in present}
    (folder / "card.json").write_text(to_json(values), encoding="utf-8")


def near_threshold(card: Card, embeddings: np.ndarray) -> dict[str, Any]:
    """The number of pairs of embeddings (n, d) whose verdict rounding could change on another machine.

    If no value of an embedding (d,) differs by more than v, no distance does by more than 2 · sqrt(d) · v.
    """
    tolerance = 2 * math.sqrt(card.embedding) * VALUE_TOLERANCE
    return {"tolerance": tolerance, "pairs": pairs_near(embeddings, card.threshold, tolerance)}


def one_shot_figures(
    embeddings: np.ndarray, digits: np.ndarray, unseen: tuple[int, ...] = UNSEEN_DIGITS
) -> dict[str, Any]:
    """Accuracy of one-shot recognition among the unseen digits and among all ten."""
    figures = {}
    for name, ways in (("unseen", unseen), ("all", ALL_DIGITS)):
        rng = np.random.default_rng(ONE_SHOT_SEED)
        accuracy, low, high = summary.one_shot_accuracy(embeddings, digits, ways, ONE_SHOT_TRIALS, rng)
        figures[name] = {
            "ways": len(ways),
            "accuracy": accuracy,
            "interval_95": [low, high],
            "example_sets": ONE_SHOT_TRIALS,
        }
    return figures


def pen_figures(verifier: Verifier) -> dict[str, Any]:
    """Accuracy by split on digits of the built-in pen, rendered and framed as a person's drawings are."""
    images, digits = pens.images(PEN_IMAGES_PER_DIGIT, np.random.default_rng(PEN_SEED))
    card = verifier.card
    histograms = pair_histograms(verifier.embed(images), digits, card.upper)
    splits = {
        split: {
            "accuracy": rates.accuracy_at(histograms, members, card.threshold),
            "interval_95": list(rates.accuracy_interval(histograms, members, card.threshold)),
        }
        for split, members in SPLITS.items()
    }
    return {"images": len(images), "splits": splits}
