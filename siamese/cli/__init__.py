"""The command line, `python -m siamese COMMAND`: a module for each command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from siamese.cli import compare, crossvalidate, evaluate, ladder, models, train
from siamese.errors import SiameseError

COMMANDS = {
    "compare": compare,
    "train": train,
    "evaluate": evaluate,
    "crossvalidate": crossvalidate,
    "ladder": ladder,
    "models": models,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0; 1 when `evaluate` finds another report than the committed one; 2 when an input is bad.

    Of a bad input one line on stderr says what is wrong. Any other error is a fault of ours and keeps its traceback.
    """
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except SiameseError as error:
        print(f"siamese: {str(error).splitlines()[0] if str(error) else type(error).__name__}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("siamese: stopped", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; `run` of what it returns is the chosen command."""
    parser = argparse.ArgumentParser(
        prog="python -m siamese", description="A Siamese network for handwritten digits: compare, train, evaluate."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        sub.set_defaults(run=command.run)
        command.add_arguments(sub)
    return parser
