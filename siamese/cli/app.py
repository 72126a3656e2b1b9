"""`app`: the page, served by Streamlit."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

import siamese
from siamese.errors import InvalidArgument

HELP = "Start the page, at http://localhost:8501 where nothing else is chosen."
NEEDS = ("streamlit", "streamlit_drawable_canvas", "plotly")
LARGEST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("--port", metavar="N", type=int, help="the port to listen on; default: 8501")
    parser.add_argument(
        "flags", metavar="-- FLAG", nargs="*", help="flags of `streamlit run`, such as -- --server.address 127.0.0.1"
    )


def run(options: argparse.Namespace) -> None:
    """Serves the page in this process until it is stopped; Streamlit's own exit status follows."""
    if options.port is not None and not 1 <= options.port <= LARGEST_PORT:
        raise InvalidArgument(f"--port must be from 1 to {LARGEST_PORT}")
    port = [] if options.port is None else ["--server.port", str(options.port)]
    sys.argv = ["streamlit", "run", str(script()), *port, *options.flags]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def script() -> Path:
    """The script that Streamlit runs, with its settings in `.streamlit/` beside it.

    Inside an installed package (see setup.py), at the top of the project in a checkout.
    """
    package = Path(siamese.__file__).resolve().parent
    installed = package / "entry" / "app.py"
    return installed if installed.is_file() else package.parent / "app.py"
