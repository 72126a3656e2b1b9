"""In a notebook: results show themselves, and the example notebook runs from top to bottom."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from siamese import Verifier, evaluate_encoder, from_picture, rank
from siamese.charts.palette import LIGHT
from siamese.imaging import pens
from tests.conftest import ROOT
from tests.imaging.photographs import photograph

NOTEBOOK = ROOT / "examples" / "quick_tour.ipynb"


def results() -> dict[str, Any]:
    """One of each kind that shows itself."""
    rng = np.random.default_rng(1)
    verifier = Verifier.load()
    images, digits = pens.images(4, rng)
    embeddings = verifier.embed(images[:12])
    picture = from_picture(photograph("gradient-1.6", (3, 5), rng, size=(900, 600)).content)
    return {
        "Verification": verifier.compare(images[0], images[1]),
        "Ranking": rank(embeddings[0], [embeddings[1:4], embeddings[4:8]], verifier.threshold),
        "Picture": picture,
        "FoundDigit": picture.digits[0],
        "EncoderEvaluation": evaluate_encoder(verifier.embed, images, digits, threshold=verifier.threshold),
    }


@pytest.fixture(scope="module")
def shown() -> dict[str, tuple[Any, str]]:
    """By the name of its class, each result and its HTML."""
    return {name: (result, result._repr_html_()) for name, result in results().items()}


def test_every_result_is_readable_on_light_and_on_dark(shown):
    """No colour and no background is set, but for frames, which have the colour of the text; tags are closed."""
    for name, (result, html) in shown.items():
        assert type(result).__name__ == name
        for style in re.findall(r'style="([^"]*)"', html):
            assert not re.search("color|background|#|rgb", style.replace("currentColor", "")), name
        assert html.count("<img") == html.count("1px solid currentColor") == html.count('alt="'), name
        for tag in ("div", "table", "tr", "td", "th", "b"):
            assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), (name, tag)
        assert "<script" not in html
        assert "<style" not in html


def test_a_verification_shows_itself(shown):
    """Its HTML has the verdict, the distance and both images."""
    result, html = shown["Verification"]
    assert ("Same digit" if result.is_same else "Different digits") in html
    assert f"{result.distance:.3f}" in html
    assert html.count("data:image/png;base64,") == 2


def test_a_ranking_shows_itself(shown):
    """The nearest symbol, or that there is none, and the distance of each."""
    result, html = shown["Ranking"]
    assert ("Symbol 0" if result.is_known else "None of the symbols") in html
    for candidate in result.candidates:
        assert f"{candidate.distance:.3f}" in html
    unknown = replace(result, threshold=result.best.distance / 2)
    assert "None of the symbols" in unknown._repr_html_()


def test_a_picture_shows_itself(shown):
    """The photograph, reduced, and each of its digits, and what was left out."""
    picture, html = shown["Picture"]
    assert html.count("<img") == 1 + len(picture.digits)
    assert len(html) < 400_000
    assert "Left out" in replace(picture, left_out=("table", "specks"))._repr_html_()
    assert "Nothing was left out" in replace(picture, left_out=())._repr_html_()


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
    assert sum("text/html" in kind for kind in kinds) == 5, "two comparisons and three encoders show themselves"
    plotly = "application/vnd.plotly.v1+json"
    (chart,) = [output.data[plotly] for output in outputs if plotly in output.data]
    assert chart["layout"]["paper_bgcolor"] == LIGHT.background, "its dark letters are readable in a dark notebook, too"
    texts = [output.data.get("text/plain", "") for output in outputs]
    assert any(all(f"'{split}'" in text for split in ("seen", "mixed", "unseen")) for text in texts)
    pixels, components, ours = (accuracies(text) for text in texts if "EncoderEvaluation" in text)
    assert ours["unseen"] > max(pixels["unseen"], components["unseen"]) + 0.1, "what the section is there to show"


def accuracies(text: str) -> dict[str, float]:
    """The accuracy of each split in an evaluation's `repr`."""
    return {name: float(value) for name, value in re.findall(r"'(\w+)': SplitEvaluation\(.*?accuracy=([\d.]+)", text)}
