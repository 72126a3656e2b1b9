"""`evaluate`: every figure of a model, again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from siamese.cli.output import MNIST_HELP, print_report
from siamese.serving import catalogue
from siamese.serving.card import Card, read_card

HELP = "Measure a model on all pairs of MNIST's test images."
NEEDS = ("tqdm",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a trained model; default: every one")
    parser.add_argument("--mnist", metavar="FILE", help=MNIST_HELP)
    parser.add_argument(
        "--drawings",
        metavar="FILE",
        help="measure on drawings by people, too: an npz file (format: siamese/evaluation/people.py)",
    )
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument(
        "--write",
        action="store_true",
        help="replace the model's histograms, report, map, hardest pairs and robustness",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the report of each model; 1 where one is not the committed report."""
    from tqdm import tqdm

    from siamese.data.mnist import load_mnist
    from siamese.evaluation import robustness
    from siamese.evaluation.people import load_drawings
    from siamese.evaluation.report import equals_committed, write_evaluation
    from siamese.evaluation.report import evaluate as evaluate_model

    cards = _cards(options)
    drawn = load_drawings(Path(options.drawings)) if options.drawings is not None else None
    images, digits = load_mnist("test", options.mnist, progress=True)
    reports = {}
    for card in cards:
        with tqdm(total=55, desc=card.name, unit="pair of digits", leave=False) as bar:
            _, report = evaluate_model(card, images, digits, lambda *_: bar.update(), drawn)
        with tqdm(total=sum(map(len, robustness.AMOUNTS.values())), desc=card.name, unit="view", leave=False) as bar:
            figures = robustness.measure(card, images, digits, bar.update)
        if options.write:
            write_evaluation(card.folder, card.raw, images, digits, drawn, figures)
            card = read_card(card.folder)
        report["equals_committed"] = equals_committed(card, report) and robustness.equals_committed(card, figures)
        reports[card.name] = report
        if not options.json:
            print_report(card.name, report)
            print(
                "equal to the committed report" if report["equals_committed"] else "NOT equal to the committed report"
            )
    if options.json:
        print(json.dumps(reports, indent=1))
    return 0 if all(report["equals_committed"] for report in reports.values()) else 1


def _cards(options: argparse.Namespace) -> list[Card]:
    """The cards of the model named, or of every one; an error that says so when there is none."""
    names = [options.model] if options.model else catalogue.available()
    return [catalogue.load_card(name) for name in names] or [catalogue.load_card()]
