"""A served model and test images -> its histograms and its report, without TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from siamese.data.splits import ALL_DIGITS, SPLITS, UNSEEN_DIGITS
from siamese.evaluation import people, summary
from siamese.evaluation.hardest_pairs import FILE, publish_hardest
from siamese.evaluation.projection import publish_map
from siamese.imaging import pens
from siamese.metrics import rates
from siamese.metrics.histograms import PairHistograms, pair_histograms, pairs_near
from siamese.serving.card import FILES, Card, histograms_bytes, load_json, read_card, sha256, to_json
from siamese.serving.verifier import VALUE_TOLERANCE, Verifier

ONE_SHOT_TRIALS = 200
ONE_SHOT_SEED = 1
DRAWINGS_PER_DIGIT = 60
DRAWINGS_SEED = 5


def evaluate(
    card: Card,
    images: np.ndarray,
    digits: np.ndarray,
    on_progress: Callable[[int, int], object] | None = None,
    drawn: people.Drawings | None = None,
) -> tuple[PairHistograms, dict]:
    """Histograms and report of the served (LiteRT) encoder on test images (n, 28, 28) with digits (n,).

    The report holds the figures of all pairs by split, how many pairs lie as near to the threshold as
    rounding reaches, one-shot recognition, and the accuracy on digits of our own pen, which stand for drawings. With
    `drawn`, drawings by people, "people" in it holds the figures on those.
    """
    verifier = Verifier(card)
    embeddings = verifier.embed(images)
    histograms = pair_histograms(embeddings, digits, card.upper, on_progress=on_progress)
    report = summary.report(histograms, card.threshold, card.probability_same)
    return histograms, summary.rounded(
        {
            **report,
            "near_threshold": near_threshold(card, embeddings),
            "one_shot": one_shot(embeddings, digits),
            "drawings": drawings(verifier),
            **({"people": of_people(verifier, drawn)} if drawn else {}),
        }
    )


def of_people(verifier: Verifier, drawn: people.Drawings) -> dict:
    """The figures on drawings by people."""
    card = verifier.card
    return people.measure(verifier.embed(drawn.images), drawn, card.threshold, card.upper, card.probability_same)


def equals_committed(card: Card, report: dict) -> bool:
    """Whether `report` is the committed one; figures on people's drawings count only if both are on the same file."""
    committed = load_json(card, "report.json")
    ours, theirs = report.get("people"), committed.get("people")
    if ours and theirs and ours["sha256"] == theirs["sha256"] and ours != theirs:
        return False
    return {**report, "people": None} == {**committed, "people": None}


def write_evaluation(
    folder: Path, values: dict, images: np.ndarray, digits: np.ndarray, drawn: people.Drawings | None = None
) -> None:
    """Evaluate the model in `folder` and write its histograms, its report, its map and its hardest pairs.

    Without `drawn`, the figures on people's drawings that its report has already stay in it.
    """
    card = read_card(folder)
    histograms, report = evaluate(card, images, digits, drawn=drawn)
    if not drawn and "report.json" in card.raw["files"]:
        report |= {"people": kept} if (kept := load_json(card, "report.json").get("people")) else {}
    (folder / "histograms.npz").write_bytes(histograms_bytes(histograms))
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    (folder / "map.npz").write_bytes(publish_map(read_card(folder), images, digits))
    (folder / FILE).write_bytes(publish_hardest(read_card(folder), images, digits))
    seal(folder, values)


def seal(folder: Path, values: dict) -> None:
    """Write the card with the SHA-256 of each of the model's files."""
    present = [folder / file for file in FILES if (folder / file).is_file()]
    values["files"] = {path.name: sha256(path.read_bytes()) for path in present}
    (folder / "card.json").write_text(to_json(values), encoding="utf-8")


def near_threshold(card: Card, embeddings: np.ndarray) -> dict:
    """How many pairs could get another verdict on another machine: those as near to the threshold as rounding reaches.

    If no value of an embedding (d,) differs by more than v, no distance does by more than 2 · sqrt(d) · v.
    """
    tolerance = 2 * math.sqrt(card.embedding) * VALUE_TOLERANCE
    return {"tolerance": tolerance, "pairs": pairs_near(embeddings, card.threshold, tolerance)}


def one_shot(embeddings: np.ndarray, digits: np.ndarray, unseen: tuple[int, ...] = UNSEEN_DIGITS) -> dict:
    """Accuracy of one-shot recognition among the unseen digits and among all ten."""
    results = {}
    for name, ways in (("unseen", unseen), ("all", ALL_DIGITS)):
        rng = np.random.default_rng(ONE_SHOT_SEED)
        accuracy, low, high = summary.one_shot(embeddings, digits, ways, ONE_SHOT_TRIALS, rng)
        results[name] = {
            "ways": len(ways),
            "accuracy": accuracy,
            "interval_95": [low, high],
            "example_sets": ONE_SHOT_TRIALS,
        }
    return results


def drawings(verifier: Verifier) -> dict:
    """Accuracy by split on digits of our own pen, drawn on the canvas's scale and preprocessed like drawings."""
    images, digits = pens.images(DRAWINGS_PER_DIGIT, np.random.default_rng(DRAWINGS_SEED))
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
