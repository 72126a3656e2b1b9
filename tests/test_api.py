"""docs/api.md: it says what the docstrings say, names every public name, and its examples run."""

from __future__ import annotations

import doctest
import inspect
import re
from dataclasses import fields, is_dataclass

import nbformat
import pytest

import siamese
from siamese import errors
from tests import api
from tests.conftest import ROOT

ENTRIES = {entry.name: entry for entry in api.every_entry()}


def run(docstring: str, name: str) -> doctest.TestResults:
    """The result of a docstring's examples, in names of their own."""
    test = doctest.DocTestParser().get_doctest(docstring, {}, name, None, 0)
    assert test.examples, f"{name} has no example"
    return doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test)


def test_the_page_is_written_from_the_docstrings():
    """Byte for byte; where it differs, `make docs` writes it anew."""
    assert api.FILE.read_text(encoding="utf-8") == api.page(), "run `make docs`"


@pytest.mark.parametrize("name", ENTRIES)
def test_every_example_runs(name, no_mnist, tmp_path, monkeypatch):
    """As it stands, by itself, from any folder, without MNIST and without a network."""
    monkeypatch.chdir(tmp_path)
    assert run(ENTRIES[name].docstring, name).failed == 0


def test_the_example_of_the_errors_runs():
    """A program that catches `SiameseError` gets a sentence for a person."""
    assert run(inspect.getdoc(errors), "errors").failed == 0


def test_every_public_name_is_there():
    """All of `siamese.__all__`, every public method, every named error."""
    assert {f"siamese.{name}" for name in siamese.__all__} <= set(ENTRIES)
    assert {"siamese.Verifier.compare", "siamese.Verifier.embed", "siamese.Ranking.best"} <= set(ENTRIES)
    assert {error.__name__ for error in api.named_errors()} == set(re.findall(r"^class (\w+)", source(errors), re.M))


def source(module) -> str:
    return inspect.getsource(module)


def test_what_readme_and_notebook_import_is_there():
    """Each function and class that their code takes from the package."""
    notebook = nbformat.read(ROOT / "examples" / "quick_tour.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code += re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    text = "\n".join(code)
    modules = {"pens": "siamese.imaging.pens", "strokes": "siamese.imaging.strokes", "rates": "siamese.metrics.rates"}
    used = {f"{modules[module]}.{name}" for module, name in re.findall(r"\b(pens|strokes|rates)\.(\w+)\(", text)}
    for module, names in re.findall(r"^from (siamese[\w.]*) import (.+)$", text, re.M):
        used |= {f"{module}.{name.strip()}" for name in names.split(",") if name.strip() not in modules}
    constants = {"siamese.charts.palette.LIGHT", "siamese.data.splits.SPLITS"}  # named where they are arguments
    assert len(used) > 8
    assert used - constants <= set(ENTRIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_complete(name):
    """Each field and each argument is described, and errors are those that there are."""
    entry = ENTRIES[name]
    text = entry.docstring.replace(api.section(entry.docstring, "Example"), "")
    if is_dataclass(entry.value) and inspect.isclass(entry.value):
        described = api.section(entry.docstring, "Attributes")
        for field in fields(entry.value):
            assert re.search(rf"\b{field.name}\b[\w, ]*:", described), field.name
    elif entry.function:
        for argument in set(inspect.signature(entry.function).parameters) - {"self", "cls", "rng"}:
            assert re.search(rf"\b{argument}\b", text), argument
    for line in api.section(entry.docstring, "Raises").splitlines()[1:]:
        if re.match(r"    \w", line):
            for error in line.split(":")[0].split(","):
                assert hasattr(errors, error.strip()) or error.strip() in ("ValueError", "KeyError"), error
