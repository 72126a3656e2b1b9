"""`crossvalidate`: the unseen case imitated among the digits 2 to 7."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from siamese.cli.output import MNIST_HELP, output_file
from siamese.errors import InvalidArgument

HELP = "Train a recipe on four of the digits 2 to 7, measure the two held out."
NEEDS = ("tensorflow", "keras")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("recipe", metavar="RECIPE", help="a recipe's name (see `models`)")
    parser.add_argument("--held", metavar="DIGITS", nargs="+", default=["45", "67"], help="folds; default: 45 67")
    parser.add_argument(
        "--length", metavar="SHARE", type=float, default=0.5, help="of the recipe's steps; default: %(default)s"
    )
    parser.add_argument("--mnist", metavar="FILE", help=MNIST_HELP)
    parser.add_argument("--out", metavar="FILE", help="a JSON list to add the results to")


def run(options: argparse.Namespace) -> None:
    """Trains and prints each fold."""
    import numpy as np

    from siamese.data.mnist import load_mnist
    from siamese.training.recipes import recipe_named

    recipe = recipe_named(options.recipe)
    if not 0 < options.length <= 1:
        raise InvalidArgument("--length must be above 0 and at most 1")
    folds = []
    for word in options.held:
        held_out = tuple(sorted(int(digit) for digit in set(word) if digit in "0123456789"))
        if not set(word) <= set(map(str, recipe.digits)) or not 2 <= len(held_out) <= len(recipe.digits) - 2:
            known = "".join(map(str, recipe.digits))
            raise InvalidArgument(f"--held takes two or more of {known} and leaves two, such as 45, not {word!r}")
        folds.append(held_out)
    out = output_file(options.out)
    results = _results_in(out) if out else []
    images, digits = load_mnist("train", options.mnist, progress=True)
    allowed = np.isin(digits, recipe.digits)

    from siamese.training.cross_validation import fold

    for held_out in folds:
        result = fold(recipe, images[allowed], digits[allowed], held_out, options.length)
        print(f"{recipe.name} without {' and '.join(map(str, held_out))}: {_rates(result['splits'])}")
        same = ("recipe", "held_out", "length", "seed")
        results = [old for old in results if any(old.get(key) != result[key] for key in same)] + [result]
        if out:
            out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _results_in(file: Path) -> list[dict[str, Any]]:
    """The results that `file` holds already; none where it is not there.

    Raises:
        InvalidArgument: it holds something else.
    """
    if not file.exists():
        return []
    try:
        results = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidArgument(f"{file} holds no results to add to") from error
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise InvalidArgument(f"{file} holds no results to add to")
    return results


def _rates(splits: dict[str, Any]) -> str:
    return "  ".join(
        f"{name.replace('_', ' ')} {values['accuracy']:.2%} (best {values['best']:.2%})"
        for name, values in splits.items()
    )
