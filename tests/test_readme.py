"""What the README says is true: its table, its commands, its files."""

from __future__ import annotations

import json
import re

import pytest

from benchmarks.__main__ import PARTS
from benchmarks.report import page, summary
from siamese import Verifier, artefacts
from siamese.__main__ import _markdown, main
from siamese.data import SPLITS
from siamese.recipes import RECIPES
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODELS = ROOT / "assets" / "models"


def marked(text: str, name: str) -> str:
    """What stands between the marks of this name."""
    return text.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0].strip()


def logged(name: str) -> list[str]:
    """The rows of a table in the log of the models, without its head."""
    return marked((MODELS / "README.md").read_text(encoding="utf-8"), name).splitlines()[2:]


def artefact(name: str):
    """A JSON file beside the models."""
    return json.loads((MODELS / name).read_text(encoding="utf-8"))


def test_the_table_is_that_of_the_committed_reports():
    """The table between the marks is what `models --markdown` prints."""
    shown = marked(README, "table")
    assert shown == _markdown()


def test_the_table_of_seeds_is_that_of_the_reports():
    """In the log of the models, both seeds' accuracies are those of the committed files."""
    shown = logged("seeds")
    second = artefact("second-seed.json")
    expected = []
    for name in ("strokes", "digits"):
        first = artefacts.load_json(artefacts.load_card(name), "report.json")["splits"]
        seeds = [(1, first)] + ([(2, second[name]["splits"])] if name in second else [])
        for seed, splits in seeds:
            rates = " | ".join(f"{splits[split]['accuracy']:.2%}" for split in SPLITS)
            expected.append(f"| `{name}` | {seed} | {rates} |")
    assert shown == expected


def test_the_table_of_turned_digits_is_that_of_the_artefact():
    """In the log of the models: what `turned --out` wrote, for the models as they are."""
    shown = logged("turned")
    expected = []
    for result in artefact("turned.json"):
        assert result["threshold"] == pytest.approx(artefacts.load_card(result["model"]).threshold)
        splits = [result["splits"][name] for name in ("seen", "mixed", "strangers")]
        rates = " | ".join(f"{split['accuracy']:.2%} ({split['best']:.2%})" for split in splits)
        expected.append(f"| `{result['model']}` | {rates} | {splits[2]['roc_auc']:.3f} |")
    assert len(shown) == len(artefacts.available())
    assert shown == expected


def test_the_table_of_folds_is_that_of_the_artefact():
    """In the log of the models: what `crossvalidate --out` wrote, for recipes and a judge that there are."""
    shown = logged("folds")
    expected = []
    for fold in artefact("crossvalidation.json"):
        assert fold["recipe"] in RECIPES
        assert fold["unlike"] in artefacts.available()
        splits = [fold["splits"][name] for name in ("seen", "mixed", "held_out")]
        rates = " | ".join(f"{split['accuracy']:.2%} ({split['best']:.2%})" for split in splits)
        held_out = " and ".join(map(str, fold["held_out"]))
        expected.append(f"| `{fold['recipe']}` | {held_out} | {rates} | {fold['threshold']:.3f} |")
    assert len(shown) >= 3
    assert shown == expected


def test_the_table_of_floors_is_that_of_the_committed_results():
    """Below *Fast, small, and for a whole class* stands what `make bench` printed, every part of it, at full length."""
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    assert set(results) == {*PARTS, "soak"}
    assert not any(part["quick"] for part in results.values())
    assert marked(README, "bench") == summary(results)
    assert (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8") == page(results)


def test_links_and_pictures_exist():
    """Every relative link of the README and of its companions leads to a file."""
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / target).is_file(), f"{name} links to {target}"


def test_commands_of_the_readme_are_commands():
    """Every `python -m siamese X` in the README is a command that answers --help."""
    import pytest

    for command in set(re.findall(r"python -m siamese (\w+)", README)):
        with pytest.raises(SystemExit) as stopped:
            main([command, "--help"])
        assert stopped.value.code == 0


def test_the_python_example_runs():
    """The example under *In your own code* runs as it stands."""
    code = re.search(r"```python\n(.*?)```", README, re.S).group(1)
    names: dict = {}
    exec(code, names)
    assert names["result"].threshold == Verifier.load().threshold


def test_architecture_names_every_module():
    """ARCHITECTURE.md's map mentions every module of the package."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in (ROOT / "siamese").glob("*.py"):
        if path.stem != "__init__":
            assert f"`{path.stem}`" in text, path.stem
