"""The command line, `siamese COMMAND` or `python -m siamese COMMAND`: a module for each command.

A module's `NEEDS` names what the command imports beside the core; see `siamese.extras`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from siamese import extras
from siamese.cli import app, compare, crossvalidate, evaluate, ladder, models, train
from siamese.errors import SiameseError

COMMANDS = {
    "compare": compare,
    "app": app,
    "train": train,
    "evaluate": evaluate,
    "crossvalidate": crossvalidate,
    "ladder": ladder,
    "models": models,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0; 1 when `evaluate` finds another report than the committed one; 2 when an input is bad.

    Of a bad input, or a package that is missing (2, too), one line on stderr says what is wrong. Any other error is a
    fault of ours and keeps its traceback.
    """
    options = parser().parse_args(arguments)
    try:
        extras.require(*options.needs)
        return options.run(options) or 0
    except SiameseError as error:
        print(f"siamese: {str(error).splitlines()[0] if str(error) else type(error).__name__}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("siamese: stopped", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; of what it returns, `run` is the chosen command and `needs` what it imports."""
    parser = argparse.ArgumentParser(
        prog="python -m siamese" if Path(sys.argv[0]).name == "__main__.py" else "siamese",
        description="A Siamese network for handwritten digits: compare, train, evaluate.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        sub.set_defaults(run=command.run, needs=command.NEEDS)
        command.add_arguments(sub)
    return parser
