"""`models`: the trained models and the recipes."""

from __future__ import annotations

import argparse
import json
from typing import Any

from siamese.data.splits import SPLITS
from siamese.serving import catalogue
from siamese.serving.card import load_json

HELP = "List the trained models and the recipes."
NEEDS: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--markdown", action="store_true", help="print the README's table of results")


def run(options: argparse.Namespace) -> None:
    """Prints a table of the models, and the names of the recipes."""
    from siamese.training.recipes import RECIPES

    if options.markdown:
        print(markdown())
        return
    entries: list[dict[str, Any]] = []
    for name in catalogue.available():
        card = catalogue.load_card(name)
        splits = load_json(card, "report.json")["splits"]
        accuracy = {split: values["accuracy"] for split, values in splits.items()}
        entries.append({"name": name, "title": card.title, "threshold": card.threshold, "accuracy": accuracy})
    if options.json:
        print(json.dumps({"models": entries, "recipes": list(RECIPES)}, indent=1))
        return
    for entry in entries:
        rates = "  ".join(f"{split} {value:.2%}" for split, value in entry["accuracy"].items())
        print(f"{entry['name']:10} {rates}  {entry['title']}")
    print(f"recipes: {', '.join(RECIPES)}")


def markdown() -> str:
    """The README's table of results, from the committed reports and the published figures."""
    published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
    splits = ("seen", "mixed", "unseen")
    lines = ["| model | seen | mixed | unseen | trained in |", "|---|---|---|---|---|"]
    lines.append("| published start | " + " | ".join(f"{published[split]:.2%}" for split in splits) + " | |")
    for name in reversed(catalogue.available()):
        card = catalogue.load_card(name)
        report = load_json(card, "report.json")["splits"]
        cells = _cells(report)
        minutes = card.raw["train_seconds"] / 60
        lines.append(f"| `{name}` | " + " | ".join(cells) + f" | {minutes:.0f} min, {card.raw['machine']} |")
        if people := load_json(card, "report.json").get("people"):
            lines.append(f"| `{name}`, drawn by people | " + " | ".join(_cells(people["splits"])) + " | |")
    return "\n".join(lines)


def _cells(splits: dict[str, Any]) -> list[str]:
    """The accuracies of a report with their intervals."""
    rates = [(splits[split]["accuracy"], *splits[split]["interval_95"]) for split in SPLITS]
    return [f"{accuracy:.2%} ({low:.2%} – {high:.2%})" for accuracy, low, high in rates]
