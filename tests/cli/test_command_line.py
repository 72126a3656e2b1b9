"""The command line as a person types it: output, exit status, one clear line on errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamese import Verifier
from siamese.cli import main, parser, train
from siamese.errors import InvalidArgument
from siamese.imaging import pens, strokes
from siamese.imaging.photographs.reader import from_picture, from_upload
from siamese.serving import catalogue
from tests.conftest import ROOT
from tests.imaging.photographs import photograph


@pytest.fixture
def pictures(tmp_path):
    """Two PNG files, a 3 and a 7, dark ink on white."""
    names = []
    for digit in (3, 7):
        rgba = strokes.render(pens.draw(digit, np.random.default_rng(digit)))
        page = Image.new("RGBA", (280, 280), "white")
        page.alpha_composite(Image.fromarray(rgba))
        names.append(str(tmp_path / f"{digit}.png"))
        page.convert("RGB").save(names[-1])
    return names


def test_compare_prints_what_the_verifier_says(pictures, capsys):
    """--json gives the numbers of Verifier.compare on the same files."""
    assert main(["compare", *pictures, "--model", "baseline", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    images = [from_upload(Path(name).read_bytes()) for name in pictures]
    expected = Verifier.load("baseline").compare(*images)
    assert shown["distance"] == expected.distance
    assert shown["is_same"] == expected.is_same
    assert shown["model"] == "baseline"


def test_compare_says_a_sentence(pictures, capsys):
    """Without --json: the verdict in words."""
    assert main(["compare", pictures[0], pictures[0]]) == 0
    assert capsys.readouterr().out.startswith("same digit (distance 0.000")


@pytest.fixture
def sheet(tmp_path):
    """A photograph of three digits: 3, 5 and 3 again."""
    name = tmp_path / "sheet.jpg"
    name.write_bytes(photograph("gradient-1.6", (3, 5, 3), np.random.default_rng(4), size=(900, 600)).content)
    return str(name)


def test_digits_of_one_sheet_are_compared_by_their_numbers(sheet, capsys):
    """SHEET#1 and SHEET#3 are its first and third digit."""
    assert main(["compare", f"{sheet}#1", f"{sheet}#3", "--json"]) == 0
    same = json.loads(capsys.readouterr().out)
    digits = [digit.image for digit in from_picture(Path(sheet).read_bytes()).digits]
    assert same["distance"] == Verifier.load().compare(digits[0], digits[2]).distance
    assert same["is_same"]


def test_one_picture_of_two_digits_is_enough(tmp_path, capsys):
    """Both digits of one photograph are compared."""
    name = tmp_path / "two.jpg"
    name.write_bytes(photograph("even", (3, 6), np.random.default_rng(4), size=(900, 600)).content)
    assert main(["compare", str(name)]) == 0
    assert capsys.readouterr().out.startswith("different digits")


@pytest.mark.parametrize("names", [["{}"], ["{}", "{}"], ["{}#4", "{}#1"], ["{}#0", "{}#1"], ["{}#x", "{}#1"]])
def test_pictures_of_another_number_of_digits_are_refused(sheet, names, capsys):
    """In one line, which says how many there are."""
    assert main(["compare", *(name.format(sheet) for name in names)]) == 2
    assert "shows 3" in capsys.readouterr().err


def test_models_lists_models_and_recipes(capsys):
    """The JSON names every trained model with its accuracies."""
    assert main(["models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [model["name"] for model in listed["models"]] == Verifier.available()
    assert all(set(model["accuracy"]) == {"seen", "mixed", "unseen"} for model in listed["models"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "absent.png", "absent.png"],
        ["compare", "README.md", "README.md"],
        ["compare", "A", "B", "--model", "../baseline"],
        ["evaluate", "nonsense"],
        ["evaluate", "baseline", "--mnist", "absent.npz"],
        ["evaluate", "baseline", "--mnist", "README.md"],
        ["train", "nonsense"],
        ["train", "baseline", "--epochs", "0"],
        ["train", "baseline", "--seed", "-1"],
        ["train", "baseline", "--mnist", "absent.npz"],
        ["train", "baseline", "--replace"],
        ["train", "baseline", "--out", "assets/models/baseline"],
        ["train", "baseline", "--out", "assets", "--replace"],
        ["train", "baseline", "--out", "README.md/model"],
        ["crossvalidate", "baseline", "--held", "4"],
        ["crossvalidate", "baseline", "--held", "48"],
        ["crossvalidate", "baseline", "--held", "4²"],
        ["crossvalidate", "baseline", "--held", "23456"],
        ["crossvalidate", "baseline", "--length", "0"],
        ["crossvalidate", "baseline", "--out", "assets"],
        ["crossvalidate", "baseline", "--out", "README.md"],
        ["crossvalidate", "baseline", "--out", "absent/results.json"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_and_status_2(arguments, capsys, monkeypatch):
    """Bad input: nothing on stdout, exactly one line on stderr, exit status 2."""
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("siamese: ")


@pytest.mark.parametrize("fault", [ValueError("x"), OSError(5, "Input/output error"), RuntimeError("x"), KeyError("x")])
def test_a_fault_of_ours_keeps_its_traceback(fault, monkeypatch):
    """An error that is neither ours by name nor an argument's is not made one line of: it comes through whole."""

    def faulty(*_):
        raise fault

    monkeypatch.setattr(catalogue, "available", faulty)
    with pytest.raises(type(fault)):
        main(["models"])


def test_training_writes_a_new_folder_unless_told(tmp_path, monkeypatch):
    """By default `trained/NAME`, then the next number; a folder that is there only with --replace, and only a model."""
    monkeypatch.chdir(tmp_path)
    assert train.folder_for("strokes", None, False) == Path("trained/strokes")
    Path("trained/strokes").mkdir()
    Path("trained/strokes-2").mkdir()
    assert train.folder_for("strokes", None, False) == Path("trained/strokes-3")
    assert [path.name for path in Path("trained").iterdir() if path.name.startswith(".")] == []
    with pytest.raises(InvalidArgument, match="--replace"):
        train.folder_for("strokes", "trained/strokes", False)
    with pytest.raises(InvalidArgument, match="no model"):
        train.folder_for("strokes", "trained/strokes", True)
    Path("trained/strokes/card.json").write_text("{}")
    assert train.folder_for("strokes", "trained/strokes", True) == tmp_path / "trained" / "strokes"


@pytest.fixture
def tiny_models(tmp_path, monkeypatch):
    """A folder of models with a copy of `baseline` in it, and pen digits in the place of MNIST's test file."""
    from siamese.data import mnist
    from siamese.evaluation.report import write_evaluation

    shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "models" / "baseline")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path / "models"))
    test = pens.images(12, np.random.default_rng(1))
    monkeypatch.setattr(mnist, "load_mnist", lambda *_, **__: test)
    card = catalogue.load_card("baseline")
    write_evaluation(card.folder, card.raw, *test)
    return tmp_path / "models"


def test_evaluate_exits_with_1_where_reports_differ(tiny_models, capsys):
    """Equal: 0. A figure of the committed report changed: 1, and the words; the same with --json."""
    from siamese.evaluation.report import write_manifest
    from siamese.serving.card import load_json, to_json

    assert main(["evaluate", "baseline"]) == 0
    assert "equal to the committed report" in capsys.readouterr().out
    card = catalogue.load_card("baseline")
    report = load_json(card, "report.json")
    report["splits"]["seen"]["accuracy"] += 0.001
    (card.folder / "report.json").write_text(to_json(report), encoding="utf-8")
    write_manifest(card.folder, card.raw)
    assert main(["evaluate", "baseline"]) == 1
    assert "NOT equal to the committed report" in capsys.readouterr().out
    assert main(["evaluate", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["baseline"]["equals_committed"] is False


def test_evaluate_exits_with_1_where_the_robustness_differs(tiny_models, capsys):
    """One accuracy of a turned image changed: 1, and the words; written anew it is equal again."""
    from siamese.evaluation.report import write_manifest
    from siamese.evaluation.robustness import FILE
    from siamese.serving.card import to_json

    card = catalogue.load_card("baseline")
    figures = json.loads(card.read(FILE))
    figures["changes"]["angle"]["splits"]["unseen"][3][0] += 0.001
    (card.folder / FILE).write_text(to_json(figures), encoding="utf-8")
    write_manifest(card.folder, card.raw)
    assert main(["evaluate", "baseline"]) == 1
    assert "NOT equal to the committed report" in capsys.readouterr().out
    assert main(["evaluate", "baseline", "--write"]) == 0
    assert main(["evaluate", "baseline"]) == 0


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["compare"], ["train"]])
def test_bad_usage_is_status_2(arguments):
    """Wrong words on the command line exit with 2, as argparse does."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize("command", ["compare", "app", "train", "evaluate", "crossvalidate", "ladder", "models"])
def test_help_is_complete(command):
    """--help of every command explains each of its arguments."""
    wide = {**os.environ, "COLUMNS": "300"}  # one line for each argument
    done = subprocess.run(
        [sys.executable, "-m", "siamese", command, "--help"],
        cwd=ROOT,
        env=wide,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "usage" in done.stdout
    for line in done.stdout.split("options:")[1].strip().splitlines():
        assert len(line.split()) > 1, f"{command}: {line!r} explains nothing"


def test_training_from_the_command_line(tmp_path, little_mnist, capsys):
    """`train baseline --epochs 1 --out DIR` leaves a model that the verifier serves, and prints its figures."""
    from siamese.serving.card import read_card

    where = ["--out", str(tmp_path / "model"), "--mnist", str(little_mnist)]
    assert main(["train", "baseline", "--epochs", "1", *where]) == 0
    assert "unseen" in capsys.readouterr().out
    card = read_card(tmp_path / "model")
    assert card.raw["command"] == "python -m siamese train baseline --epochs 1"
    assert Verifier(card).compare(np.eye(28), np.eye(28)).is_same


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_the_page_is_started_on_a_port_that_there_is(port, capsys):
    """Any other is refused before Streamlit is asked."""
    assert main(["app", "--port", port]) == 2
    assert capsys.readouterr().err == "siamese: --port must be from 1 to 65535\n"


def test_the_page_gets_the_flags_of_streamlit(monkeypatch):
    """`--port`, and what stands after --; without them Streamlit's own settings count."""
    started = []
    monkeypatch.setattr("runpy.run_module", lambda name, **_: started.append((name, sys.argv)))
    monkeypatch.setattr(sys, "argv", ["siamese"])
    assert main(["app", "--port", "8600", "--", "--server.address", "127.0.0.1"]) == 0
    assert main(["app"]) == 0
    run = ["streamlit", "run", str(ROOT / "app.py")]
    assert started == [
        ("streamlit", [*run, "--server.port", "8600", "--server.address", "127.0.0.1"]),
        ("streamlit", run),
    ]


@pytest.mark.parametrize(
    ("program", "shown"), [("/usr/bin/siamese", "siamese"), ("/x/__main__.py", "python -m siamese")]
)
def test_help_names_the_command_that_was_typed(program, shown, monkeypatch):
    """The console script, or the module."""
    monkeypatch.setattr(sys, "argv", [program])
    assert parser().format_usage().startswith(f"usage: {shown} ")
