"""What the README says is true: its table, its commands, its files."""

from __future__ import annotations

import json
import re
import shlex
import tomllib

import numpy as np
import pytest

from benchmarks.__main__ import PARTS
from benchmarks.floors import highlights
from benchmarks.report import page
from siamese import Verifier, from_drawing
from siamese.cli import main, parser
from siamese.cli.models import markdown
from siamese.data.splits import SPLITS
from siamese.serving import card, catalogue
from siamese.training.recipes import RECIPES
from siamese.training.threshold import LEAST_LAPSE, LEAST_LAPSE_OF_OTHERS
from tests.conftest import ROOT
from tests.imaging.photographs import photograph

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODELS = ROOT / "assets" / "models"
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "assets/models/README.md"]


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
    assert shown == markdown()


def test_the_table_of_folds_is_that_of_the_artefact():
    """In the log of the models: what `crossvalidate --out` wrote, for recipes that there are."""
    shown = logged("folds")
    assert len(shown) >= 2
    assert shown == fold_rows(artefact("crossvalidation.json"))


def fold_rows(folds) -> list[str]:
    rows = []
    for fold in folds:
        assert fold["recipe"] in RECIPES
        splits = [fold["splits"][name] for name in ("seen", "mixed", "held_out")]
        rates = " | ".join(f"{split['accuracy']:.2%} ({split['best']:.2%})" for split in splits)
        held_out = ", ".join(map(str, fold["held_out"]))
        sure = fold["splits"]["held_out"]["right_where_sure"]
        rows.append(f"| `{fold['recipe']}` | {held_out} | {rates} | {sure:.2%} |")
    return rows


def test_the_tables_of_the_ladder_are_those_of_the_artefact():
    """In the log of the models: the published figures, then each rung; and the encoder without each of its parts."""
    climbed = artefact("ladder.json")
    assert logged("ladder") == ladder_rows(climbed)
    assert logged("ablation") == ablation_rows(climbed)


def rates_of(splits: dict) -> str:
    return " | ".join(f"{splits[split]['accuracy']:.2%}" for split in SPLITS)


def ladder_rows(climbed: dict) -> list[str]:
    published = json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
    start = "| published recipe | " + " | ".join(f"{published[split]:.2%}" for split in SPLITS) + " |"
    return [start] + [f"| {rung['idea']} | {rates_of(rung['splits'])} |" for rung in climbed["rungs"]]


def ablation_rows(climbed: dict) -> list[str]:
    seeds = sorted({row["seed"] for row in climbed["ablation"]})
    by_seed = [[row for row in climbed["ablation"] if row["seed"] == seed] for seed in seeds]
    return [
        f"| {rows[0]['idea']} | " + " | ".join(rates_of(row["splits"]) for row in rows) + " |"
        for rows in zip(*by_seed, strict=True)
    ]


def test_the_table_of_seeds_is_that_of_the_reports():
    """In the log of the models: both recipes of each seed, the served one from its report."""
    assert logged("seeds") == seed_rows()


def seed_rows() -> list[str]:
    second = artefact("second-seed.json")
    rows = []
    for name in second:
        served = card.load_json(catalogue.load_card(name), "report.json")
        rows.append(f"| `{name}` | 1 | {rates_of(served['splits'])} |")
        rows.append(f"| `{name}` | {second[name]['seed']} | {rates_of(second[name]['splits'])} |")
    return rows


def test_the_table_of_peoples_drawings_is_that_of_the_reports():
    """In the log of the models: every model on the same drawings, with the number of writers."""
    assert logged("people") == people_rows()


def people_rows() -> list[str]:
    rows, files = [], set()
    for name in catalogue.available():
        people = card.load_json(catalogue.load_card(name), "report.json")["people"]
        files.add(people["sha256"])
        rates = [(people["splits"][split]["accuracy"], *people["splits"][split]["interval_95"]) for split in SPLITS]
        cells = " | ".join(f"{accuracy:.2%} ({low:.2%} – {high:.2%})" for accuracy, low, high in rates)
        rows.append(f"| `{name}` | {cells} |")
    assert len(files) == 1
    return rows


def test_what_the_lesson_says_to_expect_is_what_the_reports_say():
    """Its figures on people's digits, and the number of the people."""
    lesson = " ".join((ROOT / "docs" / "lesson.md").read_text(encoding="utf-8").split())
    for name in ("strokes", "baseline"):
        people = card.load_json(catalogue.load_card(name), "report.json")["people"]
        said = re.search(rf"`{name}` (?:was right )?on ([^`:]+)", lesson)
        rates = [f"{people['splits'][split]['accuracy']:.1%}" for split in SPLITS]
        assert re.findall(r"[0-9.]+%", said[1]) == rates
        assert f"digits that {people['writers']} adults drew" in lesson


def test_the_log_is_read_in_ten_minutes():
    """At most a hundred lines."""
    assert len((MODELS / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


def test_how_sure_it_may_be_follows_from_the_folds():
    """The least lapse rates keep the app from saying more of new digits than the worst folds bear out."""
    folds = artefact("crossvalidation.json")

    def worst(name: str) -> float:
        return min(fold["splits"]["held_out"]["right_where_sure"] for fold in folds if fold["recipe"] == name)

    assert pytest.approx(1 - worst("strokes"), abs=5e-4) == LEAST_LAPSE
    assert worst("baseline") < 0.99
    assert 1 - LEAST_LAPSE_OF_OTHERS <= 0.99


def test_the_table_of_floors_is_that_of_the_committed_results():
    """The lines of the README and all of RESULTS.md follow from measurements, each part at full length."""
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    assert set(results) == {*PARTS, "soak"}
    assert not any(part["quick"] for part in results.values())
    assert marked(README, "bench") == highlights(results)
    assert (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8") == page(results)


def test_links_and_pictures_exist():
    """Every relative link of the README and of its companions leads to a file; a badge's leads to GitHub's pages."""
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"(?:\]\(|src=\")(?!https?:|\.\./\.\./actions/)([^)#\"]+)", text):
            assert (ROOT / target).is_file(), f"{name} links to {target}"


def commands(text: str) -> list[list[str]]:
    """The arguments of each `python -m siamese ...`, in a block of commands or between backticks, and `siamese ...`."""
    lines = re.findall(r"(?:python -m |^)siamese ([^\n`]+)", text, re.M)
    return [shlex.split(re.split(r"\s+#", line)[0]) for line in lines]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_is_understood(name):
    """The program's own parser takes all options and arguments, as they stand there."""
    for arguments in commands((ROOT / name).read_text(encoding="utf-8")):
        assert callable(parser().parse_args(arguments).run), arguments


def test_the_quick_commands_of_the_readme_run(tmp_path, monkeypatch, capsys):
    """`compare` and `models`, with pictures of the names that stand there."""
    rng = np.random.default_rng(4)
    (tmp_path / "sheet.jpg").write_bytes(photograph("gradient-1.6", (3, 5, 3), rng, size=(900, 600)).content)
    for side, digit in (("left", 3), ("right", 7)):
        (tmp_path / f"{side}.png").write_bytes(photograph("gradient-1.6", (digit,), rng, size=(400, 400)).content)
    monkeypatch.chdir(tmp_path)
    quick = [arguments for arguments in commands(README) if arguments[0] in ("compare", "models")]
    assert {arguments[0] for arguments in quick} == {"compare", "models"}
    for arguments in quick:
        assert main(arguments) == 0, arguments
        assert capsys.readouterr().out.strip(), arguments


def test_the_python_examples_run():
    """Three lines under *In your own code* compare what the second example draws."""
    three, drawings = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(three.splitlines()) == 3
    names: dict = {"from_drawing": from_drawing, "Verifier": Verifier}
    exec(drawings, names)
    assert names["embeddings"].shape[0] == 2
    exec(three, names)
    assert names["result"].threshold == Verifier.load().threshold


def test_the_extras_of_the_readme_are_there():
    """Each name in square brackets, in the commands that install the package, is an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"\[([a-z]+)\]", README.split("## In your own code")[1].split("```")[1])
    assert {"app", "photo", "train"} == set(named)
    assert set(named) <= set(project["optional-dependencies"])


def test_the_readme_is_short():
    """At most 150 lines: what it is, two commands, results, pages, where to read on."""
    assert len(README.splitlines()) <= 150


def test_architecture_draws_every_room():
    """The picture has every folder of the package, and what the text names is there."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    picture = text.split("```mermaid")[1].split("```")[0]
    for room in (ROOT / "siamese").glob("*/__init__.py"):
        assert f"<b>{room.parent.name}</b>" in picture or f"{room.parent.name}[" in picture, room.parent.name
    for name in re.findall(
        r"`((?:app|charts|data|evaluation|imaging|live|metrics|serving|training)/[\w/]+(?:\.py)?/?)`", text
    ):
        assert (ROOT / "siamese" / name).exists(), name
