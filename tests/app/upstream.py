"""The scripts of docs/upstream.md, which show faults of Streamlit without a line of this project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "upstream.md"


def script(heading: str) -> str:
    """The Python block below a heading."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.search(r"```python\n(.*?)```", section, re.S).group(1)


def run(heading: str, folder: Path, before: str = "") -> str:
    """The last line that the script prints, in a process of its own: a process has one Streamlit server at most.

    Args:
        before: a line of Python to run first.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{script(heading)}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def unwrap(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Have a function as Streamlit made it, until the test ends, whatever a test before put around it."""
    function = getattr(owner, name)
    monkeypatch.setattr(owner, name, getattr(function, "__wrapped__", function))
