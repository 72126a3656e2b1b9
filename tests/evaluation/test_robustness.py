"""Robustness: its figures against a plain loop over pairs, its sentence's rule, its file against damage."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from siamese import Verifier
from siamese.data.splits import SPLITS
from siamese.errors import EmptyDrawing, InvalidArtefact, NotADigit
from siamese.evaluation import robustness
from siamese.evaluation.report import write_manifest
from siamese.evaluation.robustness import AMOUNTS, Change, Robustness
from siamese.imaging import pens
from siamese.imaging.normalisation import Normalisation
from siamese.imaging.views import IDENTITY, RANGES, transform
from siamese.metrics.distances import embedding_distance
from siamese.serving import catalogue
from siamese.serving.card import read_card, to_json


@pytest.fixture(scope="module")
def verifier():
    """The smallest model."""
    return Verifier.load("baseline")


@pytest.fixture(scope="module")
def tiny():
    """Three pen digits each of 0 to 9, as MNIST's bytes."""
    images, digits = pens.images(3, np.random.default_rng(4))
    return np.round(images * 255).astype(np.uint8), digits


@pytest.fixture
def few(monkeypatch):
    """Three changes of two amounts each."""
    amounts = {"angle": (0, 90), "scale": (0.8, 1), "thickness": (0, 1)}
    monkeypatch.setattr(robustness, "AMOUNTS", amounts)
    return amounts


def accuracy_by_a_loop(verifier, images, digits, members, view) -> float:
    """The mean over pairs of digits of how often a changed image and another, unchanged one are judged right."""
    changed = {}
    for row, image in enumerate(images):
        try:
            changed[row] = verifier.embed(np.round(transform(image, view) * 255).astype(np.uint8)[None])[0]
        except (EmptyDrawing, NotADigit):
            continue
    plain = verifier.embed(images)
    right: dict[tuple[int, int], list[bool]] = {}
    for i in changed:
        for j in changed:
            if i != j:
                is_same = embedding_distance(changed[i], plain[j]) <= verifier.threshold
                right.setdefault((digits[i], digits[j]), []).append(is_same == (digits[i] == digits[j]))
    shares = {pair: np.mean(found) for pair, found in right.items()}
    same = np.mean([shares[a, a] for a in members])
    return (same + np.mean([shares[a, b] for a in members for b in members if a != b])) / 2


def test_each_figure_is_that_of_a_plain_loop(verifier, tiny, few):
    """For each amount and each split, on pairs of a changed and another image."""
    images, digits = tiny
    figures = robustness.measure(verifier.card, images, digits)
    assert (figures["images"], figures["pairs"]) == (30, 30 * 29)
    for name, amounts in few.items():
        change = figures["changes"][name]
        assert change["amounts"] == list(amounts)
        for place, amount in enumerate(amounts):
            for split, members in SPLITS.items():
                expected = accuracy_by_a_loop(verifier, images, digits, members, IDENTITY.at(name, amount))
                assert change["splits"][split][place][0] == pytest.approx(expected, abs=1e-6), (name, amount, split)


def test_where_nothing_is_changed_all_changes_agree(verifier, tiny, few):
    """The unchanged amount of each is the same measurement."""
    changes = robustness.measure(verifier.card, *tiny)["changes"]
    unchanged = [
        found["splits"]["mixed"][found["amounts"].index(RANGES[name].identity)] for name, found in changes.items()
    ]
    assert unchanged == [unchanged[0]] * 3


def test_only_the_first_images_count_and_progress_is_told(verifier, tiny, few, monkeypatch):
    """Twenty of thirty; one call for each amount."""
    monkeypatch.setattr(robustness, "IMAGES", 20)
    order = np.random.default_rng(0).permutation(30)
    calls = []
    images, digits = tiny[0][order], tiny[1][order]
    figures = robustness.measure(verifier.card, images, digits, lambda: calls.append(1))
    assert figures["images"] == 20
    assert len(calls) == 6


@pytest.mark.parametrize("name", AMOUNTS)
def test_the_amounts_are_possible(name):
    """Seven to eleven, increasing, within the range of a view, with the one that changes nothing."""
    amounts, limits = AMOUNTS[name], RANGES[name]
    assert 7 <= len(amounts) <= 11
    assert list(amounts) == sorted(set(amounts))
    assert limits.identity in amounts
    assert limits.low <= amounts[0] < amounts[-1] <= limits.high


def change_of(*accuracies: float) -> Change:
    """A change whose accuracies at -1, 0, 1, … are these, for all splits."""
    figures = np.array([[each, each, each] for each in accuracies])
    amounts = np.arange(len(accuracies)) - 1.0
    return Change(amounts, np.full(len(accuracies), 100), dict.fromkeys(SPLITS, figures))


def test_changes_are_sorted_by_what_takes_them_away_and_what_they_cost():
    """From the accuracy of nothing changed to the least: 5 points or more are not borne, whatever the kind."""
    changes = {
        "angle": change_of(0.93, 0.9, 0.89, 0.4),
        "shear": change_of(0.895, 0.9, 0.91),
        "tilt": change_of(0.86, 0.9, 0.88),
        "across": change_of(0.95, 0.9),
        "thickness": change_of(0.87, 0.9),
    }
    found = Robustness(100, 9900, 0.5, changes)
    plain = (["across"], ["shear", "tilt", "thickness"], ["angle"])
    assert found.by_cause(Normalisation()) == plain
    evened = (["shear", "across", "thickness"], ["tilt"], ["angle"])
    assert found.by_cause(Normalisation(slant=True, thickness=3.6)) == evened
    shifted = Robustness(100, 9900, 0.5, {"across": change_of(0.8, 0.9)})
    assert shifted.by_cause(Normalisation()) == ([], [], ["across"])
    assert changes["angle"].lost("seen", 0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("accuracies", "borne"),
    [
        ((0.9, 0.9, 0.9), (-1, 1)),
        ((0.8, 0.9, 0.86, 0.9), (0, 2)),
        ((0.9, 0.9, 0.8, 0.9), (-1, 0)),  # what comes after a loss does not count
        ((0.84, 0.9), (0, 0)),
    ],
)
def test_what_is_borne_reaches_from_the_unchanged_one_to_the_first_loss(accuracies, borne):
    assert change_of(*accuracies).borne("mixed", 0.0) == borne


@pytest.fixture
def folder(tmp_path, tiny, few):
    """A copy of the baseline with its robustness on a few digits."""
    copy = shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "baseline")
    (copy / robustness.FILE).write_text(to_json(robustness.measure(read_card(copy), *tiny)), encoding="utf-8")
    write_manifest(copy, read_card(copy).raw)
    return copy


def test_what_was_written_is_read(folder, tiny):
    """The same figures, and equal to a second measurement; another figure is not."""
    card = read_card(folder)
    figures = robustness.measure(card, *tiny)
    found = robustness.load_robustness(card)
    assert (found.images, found.pairs, found.threshold) == (30, 870, card.threshold)
    assert found.changes["angle"].splits["seen"].tolist() == figures["changes"]["angle"]["splits"]["seen"]
    assert found.changes["thickness"].kept.tolist() == figures["changes"]["thickness"]["kept"]
    assert robustness.equals_committed(card, figures)
    figures["changes"]["angle"]["splits"]["seen"][0][0] += 0.001
    assert not robustness.equals_committed(card, figures)
    figures.pop("changes")
    assert not robustness.equals_committed(card, figures)


def test_a_model_without_the_file_is_not_equal_and_says_so(folder):
    """Older models have none."""
    card = read_card(folder)
    raw = {**card.raw, "files": {name: value for name, value in card.raw["files"].items() if name != robustness.FILE}}
    without = replace(card, raw=raw)
    assert not robustness.has_robustness(without)
    assert not robustness.equals_committed(without, {})
    with pytest.raises(InvalidArtefact, match="declares no file"):
        robustness.load_robustness(without)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("images",), 0),
        (("pairs",), "many"),
        (("threshold",), None),
        (("changes",), {}),
        (("changes",), []),
        (("changes", "colour"), {}),
        (("changes", "angle", "amounts"), [0, 0]),
        (("changes", "angle", "amounts"), [0, 181]),
        (("changes", "angle", "amounts"), [1, 2]),
        (("changes", "angle", "amounts"), [0]),
        (("changes", "angle", "kept"), [30, -1]),
        (("changes", "angle", "splits", "seen"), [[0.5, 0.4, 0.6]]),
        (("changes", "angle", "splits", "seen"), [[0.5, 0.4, 0.6], [0.5, 0.6, 0.7]]),
        (("changes", "angle", "splits", "seen"), [[0.5, 0.4, 0.6], [1.5, 0.4, 1.6]]),
        (("changes", "angle", "splits", "seen"), [[0.5, 0.4, 0.6], [float("nan")] * 3]),
        (("changes", "angle", "splits"), {}),
    ],
)
def test_impossible_figures_are_refused(folder, path, value):
    """Each is a named error."""
    values = json.loads((folder / robustness.FILE).read_text(encoding="utf-8"))
    place = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (folder / robustness.FILE).write_text(json.dumps(values), encoding="utf-8")
    write_manifest(folder, read_card(folder).raw)
    with pytest.raises(InvalidArtefact, match=r"robustness\.json"):
        robustness.load_robustness(read_card(folder))


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b"[]", b"3"])
def test_bytes_that_are_no_figures_are_refused(folder, content):
    """Under the right SHA-256."""
    (folder / robustness.FILE).write_bytes(content)
    write_manifest(folder, read_card(folder).raw)
    with pytest.raises(InvalidArtefact, match=r"robustness\.json"):
        robustness.load_robustness(read_card(folder))


@pytest.mark.parametrize("model", Verifier.available())
def test_the_committed_figures_are_those_of_the_model(model):
    """Of every served model: all changes, the model's own threshold, and where nothing is changed nothing is lost."""
    card = catalogue.load_card(model)
    found = robustness.load_robustness(card)
    assert (found.images, found.pairs, found.threshold) == (2000, 2000 * 1999, card.threshold)
    assert {name: tuple(change.amounts) for name, change in found.changes.items()} == AMOUNTS
    report = json.loads(card.read("report.json"))
    for split in SPLITS:
        at_rest = {
            float(change.splits[split][change.amounts == RANGES[name].identity][0, 0])
            for name, change in found.changes.items()
        }
        assert len(at_rest) == 1
        assert at_rest.pop() == pytest.approx(report["splits"][split]["accuracy"], abs=0.03)
