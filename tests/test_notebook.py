"""In a notebook: results show themselves, and the example notebook runs from top to bottom."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import plotly.graph_objects as go

from siamese import Verifier
from siamese.imaging import pens
from tests.conftest import ROOT

NOTEBOOK = ROOT / "examples" / "quick_tour.ipynb"


def test_a_verification_shows_itself():
    """Its HTML has the verdict, the distance and both images, and no colour that a dark notebook would swallow."""
    rng = np.random.default_rng(1)
    result = Verifier.load().compare(pens.image(3, rng), pens.image(3, rng))
    shown = result._repr_html_()
    assert ("Same digit" if result.is_same else "Different digits") in shown
    assert f"{result.distance:.3f}" in shown
    assert shown.count("data:image/png;base64,") == 2
    assert not re.search(r"color:\s*#", shown)


def test_the_example_notebook_starts_where_jupyter_starts_it():
    """Its first cells find the package from the notebook's own folder, too, though it is not installed."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    first, second = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"][:2]
    for folder in (ROOT, NOTEBOOK.parent):
        subprocess.run([sys.executable, "-P", "-c", f"{first}\n{second}"], cwd=folder, check=True)


def test_the_example_notebook_runs():
    """Every cell runs; comparisons, accuracies and a Plotly figure come out; none is stored in the file."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict = {}
    results = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == []
        *body, last = "".join(cell["source"]).rstrip().split("\n")
        exec("\n".join(body), names)
        try:
            results.append(eval(last, names))
        except SyntaxError:
            exec(last, names)
    assert sum(hasattr(result, "_repr_html_") and hasattr(result, "distance") for result in results) == 2
    assert any(isinstance(result, go.Figure) for result in results)
    assert any(isinstance(result, dict) and set(result) == {"seen", "mixed", "unseen"} for result in results)
