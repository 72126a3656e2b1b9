"""What several commands share: where results go, and how a report is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siamese.errors import InvalidArgument

MNIST_HELP = "mnist.npz, or a folder of the four IDX files; default: $SIAMESE_MNIST, Keras' cache, a download"


def output_file(out: str | None) -> Path | None:
    """The file to write results to, or None.

    Raises:
        InvalidArgument: it is a folder, or lies in none.
    """
    if out is None:
        return None
    if Path(out).is_dir() or not Path(out).absolute().parent.is_dir():
        raise InvalidArgument(f"{out} is no file that could be written")
    return Path(out)


def print_report(name: str, report: dict[str, Any]) -> None:
    """Prints the accuracies of a report with their intervals, and those on drawings by people."""
    print(f"{name}, threshold {report['threshold']:.3f}, {report['pairs']:,} pairs of {report['images']:,} images")
    _print_splits(report["splits"])
    if people := report.get("people"):
        print(f"on {people['drawings']:,} drawings by {people['writers']} people (intervals over people)")
        _print_splits(people["splits"])


def _print_splits(splits: dict[str, Any]) -> None:
    for split, values in splits.items():
        low, high = values["interval_95"]
        print(
            f"  {split:7} accuracy {values['accuracy']:.2%} (95% {low:.2%} to {high:.2%})  "
            f"AUC {values['roc_auc']:.4f}  EER {values['equal_error_rate']:.2%}"
        )
