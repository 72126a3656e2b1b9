"""`ladder`: what each idea is worth."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import cast

from siamese.cli.output import MNIST_HELP, output_file
from siamese.errors import InvalidArgument

HELP = "Measure what each idea is worth, and the encoder without each of its parts."
NEEDS = ("tensorflow", "keras")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument(
        "--length", metavar="SHARE", type=float, default=0.1, help="of the recipe's steps; default: %(default)s"
    )
    parser.add_argument("--mnist", metavar="FILE", help=MNIST_HELP)
    parser.add_argument("--out", metavar="FILE", help="a JSON file to write the results to")


def run(options: argparse.Namespace) -> None:
    """Trains and prints each rung."""
    import numpy as np

    from siamese import machine
    from siamese.data.mnist import load_mnist
    from siamese.training.ladder import climb
    from siamese.training.recipes import TwoPartRecipe, recipe_named

    if not 0 < options.length <= 1:
        raise InvalidArgument("--length must be above 0 and at most 1")
    out = output_file(options.out)
    recipe = cast(TwoPartRecipe, recipe_named("strokes")).shortened(options.length)
    images, digits = load_mnist("train", options.mnist, progress=True)
    allowed = np.isin(digits, recipe.digits)
    started = time.perf_counter()
    results = climb(
        recipe,
        images[allowed],
        digits[allowed],
        *load_mnist("test", options.mnist),
        say=lambda text: print(f"{text} ...", file=sys.stderr),
    )
    results |= {
        "command": f"python -m siamese ladder --length {options.length:g}",
        "seconds": round(time.perf_counter() - started, 1),
        "machine": machine.description(),
    }
    for rung in results["rungs"] + results["ablation"]:
        rates = "  ".join(f"{name} {values['accuracy']:.2%}" for name, values in rung["splits"].items())
        print(f"{rung['idea']:20} {rates}" + (f"  seed {rung['seed']}" if "seed" in rung else ""))
    if out:
        out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
