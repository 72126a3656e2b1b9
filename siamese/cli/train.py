"""`train`: a recipe -> a folder that can be served."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

from siamese.cli.output import MNIST_HELP, print_report
from siamese.errors import InvalidArgument

HELP = "Train a recipe on MNIST's digits 2 to 7, export and evaluate the model."
NEEDS = ("tensorflow", "keras", "tqdm")
#: Where `train` writes when it is not told: nothing that the app shows by itself.
TRAINED = Path("trained")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("recipe", metavar="RECIPE", help="a recipe's name (see `models`)")
    parser.add_argument("--out", metavar="DIR", help="folder for the model; default: a new one, trained/RECIPE")
    parser.add_argument(
        "--replace", action="store_true", help="replace the model in --out DIR, which stays until the new one is whole"
    )
    parser.add_argument("--mnist", metavar="FILE", help=MNIST_HELP)
    parser.add_argument("--epochs", metavar="N", type=int, help="another number of epochs than the recipe's")
    parser.add_argument("--seed", metavar="N", type=int, help="another seed than the recipe's")


def run(options: argparse.Namespace) -> None:
    """Trains, publishes and prints the report."""
    import numpy as np

    from siamese.data.mnist import load_mnist
    from siamese.training.recipes import recipe_named

    changes = {key: value for key in ("epochs", "seed") if (value := getattr(options, key)) is not None}
    if changes.get("epochs", 1) < 1:
        raise InvalidArgument("--epochs must be at least 1")
    if changes.get("seed", 0) < 0:
        raise InvalidArgument("--seed must be at least 0")
    recipe = recipe_named(options.recipe, **changes)
    folder = folder_for(recipe.name, options.out, options.replace)  # before anything long is begun
    images, digits = load_mnist("train", options.mnist, progress=True)
    allowed = np.isin(digits, recipe.digits)

    from tqdm import tqdm  # pooch's own choice for progress

    from siamese.training.publish import publish
    from siamese.training.train import Epoch, train

    started = time.perf_counter()
    with tqdm(total=recipe.epochs, unit="epoch", desc=recipe.name) as bar:

        def on_epoch(epoch: Epoch) -> None:
            bar.set_postfix(loss=f"{epoch.loss:.4f}", validation=f"{epoch.validation_accuracy:.2%}")
            bar.update()

        trained = train(recipe, images[allowed], digits[allowed], on_epoch)
    seconds = time.perf_counter() - started
    test_images, test_digits = load_mnist("test", options.mnist)
    extra = "".join(f" --{key} {value}" for key, value in changes.items())
    card = publish(
        trained,
        folder,
        test_images,
        test_digits,
        command=f"python -m siamese train {recipe.name}{extra}",
        train_seconds=seconds,
        on_progress=lambda text: print(f"{text} ...", file=sys.stderr),
    )
    from siamese.serving.card import load_json

    print_report(card.name, load_json(card, "report.json"))
    print(f"written to {folder}; the app shows it with SIAMESE_MODELS={folder.parent}")


def folder_for(name: str, out: str | None, replace: bool) -> Path:
    """The folder that a model called `name` is to be written to.

    Raises:
        InvalidArgument: `out` is there already and `replace` is not given, it holds something else than a model, or it
            cannot be written.
    """
    if out is None:
        if replace:
            raise InvalidArgument("--replace needs --out DIR, the model to replace")
        numbers = itertools.count(2)
        folder = TRAINED / name
        while os.path.lexists(folder):
            folder = TRAINED / f"{name}-{next(numbers)}"
    else:
        folder = Path(out).absolute()
    if os.path.lexists(folder):
        if not replace:
            raise InvalidArgument(f"{out} is there already; --replace would write a new model over it")
        if not (folder / "card.json").is_file():
            raise InvalidArgument(f"{out} holds no model that could be replaced")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writable-"):
            pass
    except OSError as error:
        raise InvalidArgument(f"nothing can be written to {folder.parent}: {error.strerror}") from error
    return folder
