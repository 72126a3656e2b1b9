"""The command line: `python -m siamese compare | train | evaluate | crossvalidate | models`."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from siamese.errors import InvalidArgument, InvalidImage, SeveralDigits, SiameseError
from siamese.serving import catalogue

if TYPE_CHECKING:
    import numpy as np

    from siamese.serving.card import Card

_MNIST = "mnist.npz, or a folder of the four IDX files; default: $SIAMESE_MNIST, Keras' cache, a download"


#: Where `train` writes when it is not told: nothing that the app shows by itself.
TRAINED = Path("trained")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0; 1 when `evaluate` finds another report than the committed one; 2 when an input is bad.

    Of a bad input one line on stderr says what is wrong. Any other error is a fault of ours and keeps its traceback.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except SiameseError as error:
        print(f"siamese: {str(error).splitlines()[0] if str(error) else type(error).__name__}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("siamese: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m siamese", description="A Siamese network for handwritten digits: compare, train, evaluate."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    compare = command("compare", _compare, "Say whether two pictures show the same digit.")
    compare.add_argument(
        "left", metavar="PICTURE", help="a photograph or picture of a digit, or of two; PICTURE#2 is its second digit"
    )
    compare.add_argument("right", metavar="PICTURE", nargs="?", help="another one, where the first shows one digit")
    compare.add_argument("--model", metavar="NAME", help="a trained model (see `models`); default: the best one")
    compare.add_argument("--json", action="store_true", help="print JSON instead of a sentence")

    train = command("train", _train, "Train a recipe on MNIST's digits 2 to 7, export and evaluate the model.")
    train.add_argument("recipe", metavar="RECIPE", help="a recipe's name (see `models`)")
    train.add_argument("--out", metavar="DIR", help="folder for the model; default: a new one, trained/RECIPE")
    train.add_argument(
        "--replace", action="store_true", help="replace the model in --out DIR, which stays until the new one is whole"
    )
    train.add_argument("--mnist", metavar="FILE", help=_MNIST)
    train.add_argument("--epochs", metavar="N", type=int, help="another number of epochs than the recipe's")
    train.add_argument("--seed", metavar="N", type=int, help="another seed than the recipe's")

    evaluate = command("evaluate", _evaluate, "Measure a model on all pairs of MNIST's test images.")
    evaluate.add_argument("model", metavar="MODEL", nargs="?", help="a trained model; default: every one")
    evaluate.add_argument("--mnist", metavar="FILE", help=_MNIST)
    evaluate.add_argument(
        "--drawings", metavar="FILE", help="measure on drawings by people, too: an npz file (format: siamese/people.py)"
    )
    evaluate.add_argument("--json", action="store_true", help="print the whole report as JSON")
    evaluate.add_argument(
        "--write", action="store_true", help="replace the model's histograms, report, map and hardest pairs"
    )

    folds = command(
        "crossvalidate", _crossvalidate, "Train a recipe on four of the digits 2 to 7, measure the two held out."
    )
    folds.add_argument("recipe", metavar="RECIPE", help="a recipe's name (see `models`)")
    folds.add_argument("--held", metavar="DIGITS", nargs="+", default=["45", "67"], help="folds; default: 45 67")
    folds.add_argument("--length", metavar="SHARE", type=float, default=0.5, help="of the recipe's steps; default: 0.5")
    folds.add_argument("--mnist", metavar="FILE", help=_MNIST)
    folds.add_argument("--out", metavar="FILE", help="a JSON list to add the results to")

    ladder = command("ladder", _ladder, "Measure what each idea is worth, and the encoder without each of its parts.")
    ladder.add_argument(
        "--length", metavar="SHARE", type=float, default=0.1, help="of the recipe's steps; default: %(default)s"
    )
    ladder.add_argument("--mnist", metavar="FILE", help=_MNIST)
    ladder.add_argument("--out", metavar="FILE", help="a JSON file to write the results to")

    models = command("models", _models, "List the trained models and the recipes.")
    models.add_argument("--json", action="store_true", help="print JSON instead of a table")
    models.add_argument("--markdown", action="store_true", help="print the README's table of results")
    return parser


def _compare(options: argparse.Namespace) -> None:
    from siamese.serving.verifier import Verifier

    verifier = Verifier.load(options.model)
    images = _two_images([options.left, options.right] if options.right else [options.left])
    verification = verifier.compare(images[0], images[1])
    if options.json:
        print(
            json.dumps(
                {
                    "model": verifier.name,
                    "distance": verification.distance,
                    "threshold": verification.threshold,
                    "is_same": verification.is_same,
                    "probability_same": verification.probability_same,
                }
            )
        )
        return
    verdict = "same digit" if verification.is_same else "different digits"
    print(
        f"{verdict} (distance {verification.distance:.3f}, threshold {verification.threshold:.3f}, "
        f"probability of same {verification.probability_same:.1%}, model {verifier.name})"
    )


def _two_images(names: list[str]) -> list[np.ndarray]:
    """The two digits of one picture, or one of each of two; `FILE#N` names the N-th digit of a picture of several."""
    images = []
    for name in names:
        file, _, number = name.rpartition("#") if not Path(name).exists() and "#" in name else (name, "", "")
        digits = _digits_of(file)
        if number:
            if not number.isdecimal() or not 1 <= int(number) <= len(digits):
                raise InvalidImage(f"{file}: there is no digit {number}; it shows {len(digits)}")
            digits = [digits[int(number) - 1]]
        if len(digits) != (2 if len(names) == 1 else 1):
            raise SeveralDigits(
                f"{file} shows {len(digits)} digit{'s' if len(digits) > 1 else ''}: name one picture of two digits, or "
                f"two of one each; {file}#2, say, is the second digit of a picture"
            )
        images += digits
    return images


def _digits_of(name: str) -> list[np.ndarray]:
    """The digits (28, 28) of a picture file, in reading order."""
    from siamese.imaging.photographs.reader import from_picture

    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        raise InvalidImage(f"{name}: {getattr(error, 'strerror', None) or 'cannot be read'}") from error
    try:
        return [digit.image for digit in from_picture(content).digits]
    except SiameseError as error:
        raise InvalidImage(f"{name}: {error}") from error


def _train(options: argparse.Namespace) -> None:
    import numpy as np

    from siamese.data.mnist import load_mnist
    from siamese.training.recipes import recipe_named

    changes = {key: value for key in ("epochs", "seed") if (value := getattr(options, key)) is not None}
    if changes.get("epochs", 1) < 1:
        raise InvalidArgument("--epochs must be at least 1")
    if changes.get("seed", 0) < 0:
        raise InvalidArgument("--seed must be at least 0")
    recipe = recipe_named(options.recipe, **changes)
    folder = _folder_for(recipe.name, options.out, options.replace)  # before anything long is begun
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

    _print_report(card.name, load_json(card, "report.json"))
    print(f"written to {folder}; the app shows it with SIAMESE_MODELS={folder.parent}")


def _folder_for(name: str, out: str | None, replace: bool) -> Path:
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


def _cards(options: argparse.Namespace) -> list[Card]:
    """The cards of the model named, or of every one; an error that says so when there is none."""

    names = [options.model] if options.model else catalogue.available()
    return [catalogue.load_card(name) for name in names] or [catalogue.load_card()]


def _evaluate(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from siamese.data.mnist import load_mnist
    from siamese.evaluation import report as reporting
    from siamese.evaluation.people import load_drawings
    from siamese.serving import card as artefacts

    cards = _cards(options)
    drawn = load_drawings(Path(options.drawings)) if options.drawings is not None else None
    images, digits = load_mnist("test", options.mnist, progress=True)
    reports = {}
    for card in cards:
        with tqdm(total=55, desc=card.name, unit="pair of digits", leave=False) as bar:
            _, report = reporting.evaluate(card, images, digits, lambda *_: bar.update(), drawn)
        if options.write:
            reporting.write_evaluation(card.folder, card.raw, images, digits, drawn)
            card = artefacts.read_card(card.folder)
        report["equals_committed"] = reporting.equals_committed(card, report)
        reports[card.name] = report
        if not options.json:
            _print_report(card.name, report)
            print(
                "equal to the committed report" if report["equals_committed"] else "NOT equal to the committed report"
            )
    if options.json:
        print(json.dumps(reports, indent=1))
    return 0 if all(report["equals_committed"] for report in reports.values()) else 1


def _crossvalidate(options: argparse.Namespace) -> None:
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
    out = _file_for(options.out)
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


def _ladder(options: argparse.Namespace) -> None:
    import numpy as np

    from siamese import machine
    from siamese.data.mnist import load_mnist
    from siamese.training.ladder import climb
    from siamese.training.recipes import TwoPartRecipe, recipe_named

    if not 0 < options.length <= 1:
        raise InvalidArgument("--length must be above 0 and at most 1")
    out = _file_for(options.out)
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


def _file_for(out: str | None) -> Path | None:
    """The file to write results to, or None.

    Raises:
        InvalidArgument: it is a folder, or lies in none.
    """
    if out is None:
        return None
    if Path(out).is_dir() or not Path(out).absolute().parent.is_dir():
        raise InvalidArgument(f"{out} is no file that could be written")
    return Path(out)


def _results_in(file: Path) -> list:
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


def _rates(splits: dict) -> str:
    return "  ".join(
        f"{name.replace('_', ' ')} {values['accuracy']:.2%} (best {values['best']:.2%})"
        for name, values in splits.items()
    )


def _models(options: argparse.Namespace) -> None:
    from siamese.serving import card as artefacts
    from siamese.training.recipes import RECIPES

    if options.markdown:
        print(_markdown())
        return
    entries: list[dict[str, Any]] = []
    for name in catalogue.available():
        card = catalogue.load_card(name)
        splits = artefacts.load_json(card, "report.json")["splits"]
        accuracy = {split: values["accuracy"] for split, values in splits.items()}
        entries.append({"name": name, "title": card.title, "threshold": card.threshold, "accuracy": accuracy})
    if options.json:
        print(json.dumps({"models": entries, "recipes": list(RECIPES)}, indent=1))
        return
    for entry in entries:
        rates = "  ".join(f"{split} {value:.2%}" for split, value in entry["accuracy"].items())
        print(f"{entry['name']:10} {rates}  {entry['title']}")
    print(f"recipes: {', '.join(RECIPES)}")


def _markdown() -> str:
    """The README's table of results, from the committed reports and the published figures."""
    from siamese.serving import card as artefacts

    published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
    splits = ("seen", "mixed", "unseen")
    lines = ["| model | seen | mixed | unseen | trained in |", "|---|---|---|---|---|"]
    lines.append("| published start | " + " | ".join(f"{published[split]:.2%}" for split in splits) + " | |")
    for name in reversed(catalogue.available()):
        card = catalogue.load_card(name)
        report = artefacts.load_json(card, "report.json")["splits"]
        cells = _cells(report)
        minutes = card.raw["train_seconds"] / 60
        lines.append(f"| `{name}` | " + " | ".join(cells) + f" | {minutes:.0f} min, {card.raw['machine']} |")
        if people := artefacts.load_json(card, "report.json").get("people"):
            lines.append(f"| `{name}`, drawn by people | " + " | ".join(_cells(people["splits"])) + " | |")
    return "\n".join(lines)


def _cells(splits: dict) -> list[str]:
    """The accuracies of a report with their intervals."""
    from siamese.data.splits import SPLITS

    rates = [(splits[split]["accuracy"], *splits[split]["interval_95"]) for split in SPLITS]
    return [f"{accuracy:.2%} ({low:.2%} – {high:.2%})" for accuracy, low, high in rates]


def _print_report(name: str, report: dict) -> None:
    print(f"{name}, threshold {report['threshold']:.3f}, {report['pairs']:,} pairs of {report['images']:,} images")
    _print_splits(report["splits"])
    if people := report.get("people"):
        print(f"on {people['drawings']:,} drawings by {people['writers']} people (intervals over people)")
        _print_splits(people["splits"])


def _print_splits(splits: dict) -> None:
    for split, values in splits.items():
        low, high = values["interval_95"]
        print(
            f"  {split:7} accuracy {values['accuracy']:.2%} (95% {low:.2%} to {high:.2%})  "
            f"AUC {values['roc_auc']:.4f}  EER {values['equal_error_rate']:.2%}"
        )
