"""In a notebook: results show themselves, and the example notebook runs from top to bottom."""

from __future__ import annotations

import re

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

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


@pytest.mark.parametrize("folder", [ROOT, NOTEBOOK.parent], ids=["root", "examples"])
def test_the_example_notebook_runs(folder, monkeypatch):
    """In a kernel of Jupyter, from the project's folder and from its own: results and a Plotly figure come out."""
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # of the kernel's debugger, which says so on its output
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in code), "no output is stored in the file"
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    outputs = [output for cell in code for output in cell.outputs if output.output_type != "stream"]
    kinds = [set(output.data) for output in outputs]
    assert sum("text/html" in kind for kind in kinds) == 2, "two comparisons show themselves"
    assert sum("application/vnd.plotly.v1+json" in kind for kind in kinds) == 1
    texts = [output.data.get("text/plain", "") for output in outputs]
    assert any(all(f"'{split}'" in text for split in ("seen", "mixed", "unseen")) for text in texts)
