"""The ladder: a tiny one is climbed, its file is checked at the border, its command writes it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from siamese.charts import history
from siamese.cli import main
from siamese.data.splits import SPLITS
from siamese.errors import InvalidArtefact
from siamese.imaging import pens
from siamese.serving import catalogue
from siamese.training import ladder, recipes
from tests.conftest import seen_digits
from tests.training.test_two_part import TINY

TINIER = replace(TINY, epochs=1, steps=8, classes=40, kept_aside=8)


@pytest.fixture(scope="module")
def climbed():
    images, digits = pens.images(8, np.random.default_rng(3))
    test = np.round(images * 255).astype(np.uint8)
    return ladder.climb(TINIER, *seen_digits(16, np.random.default_rng(0)), test, digits)


def test_each_rung_has_its_accuracies(climbed):
    """Six rungs in order, and four ablations a seed; every rate within its interval, and above guessing for seen."""
    assert [rung["idea"] for rung in climbed["rungs"]][:2] == ["convolutions", "even framing"]
    assert len(climbed["rungs"]) == 6
    assert [row["seed"] for row in climbed["ablation"]] == [1] * 4 + [2] * 4
    assert climbed["steps"] == 8
    for rung in climbed["rungs"] + climbed["ablation"]:
        assert set(rung["splits"]) == set(SPLITS)
        for values in rung["splits"].values():
            low, high = values["interval_95"]
            assert 0 <= low <= values["accuracy"] <= high <= 1
    assert climbed["rungs"][-1]["splits"]["seen"]["accuracy"] > 0.6


def test_the_last_rung_is_the_encoder_with_both_parts(climbed):
    """*whitening* and the ablation's *both parts* of the first seed are one and the same."""
    assert climbed["rungs"][-1]["splits"] == climbed["ablation"][0]["splits"]
    assert climbed["rungs"][-2]["splits"] == climbed["ablation"][1]["splits"]
    alone = climbed["ablation"][3]
    assert alone["idea"] == "six questions alone"
    assert alone["splits"] != climbed["ablation"][0]["splits"]


def test_its_file_is_read_and_checked(climbed, tmp_path, monkeypatch):
    """None where there is none; what `ladder --out` writes is read; what is something else is refused by name."""
    monkeypatch.setenv("SIAMESE_MODELS", str(tmp_path))
    assert catalogue.load_ladder() is None
    file = tmp_path / catalogue.LADDER
    good = climbed | {"command": "python -m siamese ladder"}
    file.write_text(json.dumps(good), encoding="utf-8")
    assert catalogue.load_ladder() == good
    rung = good["rungs"][0]
    wrong = rung | {"splits": rung["splits"] | {"seen": {"accuracy": 2.0, "interval_95": [0, 1]}}}
    for bad in ("", "[]", "{}", json.dumps(good | {"rungs": [wrong]}), json.dumps(good | {"steps": "many"})):
        file.write_text(bad, encoding="utf-8")
        with pytest.raises(InvalidArtefact, match="ladder"):
            catalogue.load_ladder()


def test_the_chart_shows_every_rung(climbed):
    """A line for each split, a point for each idea, and intervals."""
    figure = history.ladder(climbed["rungs"])
    assert [trace.name for trace in figure.data] == ["seen pairs", "mixed pairs", "unseen pairs"]
    for trace, split in zip(figure.data, SPLITS):
        assert list(trace.x) == [rung["idea"] for rung in climbed["rungs"]]
        assert list(trace.y) == [rung["splits"][split]["accuracy"] for rung in climbed["rungs"]]
        assert min(trace.error_y.array) >= 0
        assert min(trace.error_y.arrayminus) >= 0


def test_the_command_writes_it(tmp_path, little_mnist, monkeypatch, capsys):
    """`ladder --length --out` trains a share of the recipe's steps and says how the file can be made again."""
    monkeypatch.setitem(recipes.RECIPES, "strokes", replace(TINIER, name="strokes", epochs=2, steps=4, redrawn=0.0))
    out = tmp_path / "ladder.json"
    assert main(["ladder", "--length", "0.5", "--mnist", str(little_mnist), "--out", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["steps"] == 4
    assert found["command"] == "python -m siamese ladder --length 0.5"
    assert "six questions" in capsys.readouterr().out
    assert main(["ladder", "--length", "2"]) == 2
    assert "--length" in capsys.readouterr().err
