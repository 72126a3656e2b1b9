"""Drawings by people: the file, checked; the figures, with writers as the sample."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from siamese import Verifier
from siamese.cli import main
from siamese.errors import UnreadableArchive
from siamese.evaluation import people
from siamese.evaluation.report import people_figures, write_manifest
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from siamese.metrics import distances
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.rates import accuracy_at
from siamese.serving import catalogue
from siamese.serving.card import load_json


def arrays(per_digit: int = 3, writers: int = 7) -> dict[str, np.ndarray]:
    """Arrays of such a file: digits of the built-in pen, each moved into the box of 2,000 tenths."""
    rng = np.random.default_rng(3)
    digits = np.repeat(np.arange(10), per_digit)
    drawings = [pens.draw(int(digit), rng) for digit in digits]
    points = []
    for drawing in drawings:
        every = np.concatenate(drawing)
        low, size = every.min(0), np.ptp(every, 0).max()
        points += [np.round((stroke - low) / size * 2000).astype(np.int16) for stroke in drawing]
    return {
        "points": np.concatenate(points),
        "points_per_stroke": np.array([len(stroke) for stroke in points], np.int32),
        "strokes_per_drawing": np.array([len(drawing) for drawing in drawings], np.int32),
        "digits": digits.astype(np.uint8),
        "writers": (np.arange(len(digits)) % writers).astype(np.int32),
    }


@pytest.fixture
def file(tmp_path):
    """A file of thirty drawings by seven writers."""
    np.savez_compressed(tmp_path / "drawings.npz", **arrays())
    return tmp_path / "drawings.npz"


def test_a_file_gives_what_the_canvas_would(file):
    """Each drawing is drawn in the middle of the canvas with its pen, and framed as a page frames it."""
    loaded = people.load_drawings(file)
    given = arrays()
    assert loaded.images.shape == (30, 28, 28)
    assert np.array_equal(loaded.digits, given["digits"])
    assert np.array_equal(loaded.writers, given["writers"])
    assert loaded.refused == 0
    count = given["strokes_per_drawing"][0]
    ends = np.cumsum(given["points_per_stroke"])
    first = np.split(given["points"], ends)[:count]
    # Tenths of a pixel; 280 - 200 = 80 pixels are left over, 40 of them on each side.
    assert np.array_equal(loaded.images[0], from_drawing(strokes.render([stroke / 10 + 40 for stroke in first])))


def test_a_dot_is_left_out_and_counted(tmp_path):
    """What a page would refuse to compare is counted; the others keep their digits and writers."""
    given = arrays()
    given["points"] = np.concatenate([np.full((2, 2), 1000, np.int16), given["points"]])
    given["points_per_stroke"] = np.concatenate([[2], given["points_per_stroke"]]).astype(np.int32)
    given["strokes_per_drawing"] = np.concatenate([[1], given["strokes_per_drawing"]]).astype(np.int32)
    given["digits"] = np.concatenate([[5], given["digits"]]).astype(np.uint8)
    given["writers"] = np.concatenate([[99], given["writers"]]).astype(np.int32)
    np.savez(tmp_path / "dot.npz", **given)
    loaded = people.load_drawings(tmp_path / "dot.npz")
    assert loaded.refused == 1
    assert np.array_equal(loaded.digits, arrays()["digits"])
    assert 99 not in loaded.writers


@pytest.mark.parametrize(
    "change",
    [
        {"points": np.zeros((4, 3), np.int16)},
        {"points": np.zeros((4, 2), np.int16)},
        {"points": np.zeros((4, 2))},
        {"points": np.array([{}], object)},
        {"digits": np.full(30, 11, np.uint8)},
        {"digits": np.full(30, 3, np.uint8)},
        {"digits": np.zeros(0, np.uint8)},
        {"writers": np.zeros(29, np.int32)},
        {"strokes_per_drawing": np.zeros(30, np.int32)},
        {"points_per_stroke": np.array([-5, 10], np.int32)},
        {"points": arrays()["points"] + 1500},
    ],
    ids=lambda change: " ".join(f"{key} {value.dtype}{value.shape}" for key, value in change.items()),
)
def test_another_file_is_a_named_error(tmp_path, change):
    """Wrong shapes, types, sums, places or digits, and too few of a digit: one sentence that names the file."""
    np.savez(tmp_path / "other.npz", **(arrays() | change))
    with pytest.raises(UnreadableArchive, match=r"other\.npz"):
        people.load_drawings(tmp_path / "other.npz")


def test_a_missing_file_is_a_named_error(tmp_path, capsys):
    """No file, and a file that is no archive: one line, exit status 2."""
    (tmp_path / "text.npz").write_text("no archive")
    for name in ("absent.npz", "text.npz", "."):
        assert main(["evaluate", "baseline", "--drawings", str(tmp_path / name)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def random_pairs(rng, writers):
    """Embeddings whose place depends on digit and writer, digits and writers of 240 drawings."""
    digits = np.repeat(np.arange(10), 24)
    writer = rng.integers(0, writers, 240)
    embeddings = np.eye(10)[digits] + rng.normal(0, 0.35, (writers, 10))[writer] + rng.normal(0, 0.1, (240, 10))
    return embeddings.astype(np.float32), digits, writer


def test_the_accuracy_over_writers_is_that_over_pairs(rng):
    """The middle of the interval is what `metrics` counts, every pair of digits weighing the same."""
    embeddings, digits, writers = random_pairs(rng, 20)
    accepted = distances.pairwise_distances(embeddings, embeddings) <= 1.2
    histograms = pair_histograms(embeddings, digits, 4.0)
    for members in ((2, 3, 4, 5, 6, 7), (0, 1, 8, 9)):
        accuracy, low, high = people.accuracy_over_writers(accepted, digits, writers, members)
        assert accuracy == pytest.approx(accuracy_at(histograms, members, 1.2))
        assert low < accuracy < high


def test_the_interval_is_that_of_drawing_writers_anew(rng):
    """Its width agrees with a bootstrap over writers, and is wider than if each drawing were a writer's only one."""
    embeddings, digits, writers = random_pairs(rng, 30)
    accepted = distances.pairwise_distances(embeddings, embeddings) <= 1.2
    members = tuple(range(10))
    _, low, high = people.accuracy_over_writers(accepted, digits, writers, members)
    rows = [np.flatnonzero(writers == name) for name in range(30)]
    resampled = []
    for _ in range(400):
        weight = np.bincount(np.concatenate([rows[name] for name in rng.integers(0, 30, 30)]), minlength=240)
        pairs = np.outer(weight, weight) * (1 - np.eye(240))
        rates = np.array(
            [[(accepted * pairs)[np.ix_(digits == a, digits == b)].sum() for b in members] for a in members]
        )
        counts = np.array([[pairs[np.ix_(digits == a, digits == b)].sum() for b in members] for a in members])
        share = rates / counts
        resampled.append((np.diag(share).mean() + 1 - share[~np.eye(10, dtype=bool)].mean()) / 2)
    expected = np.quantile(resampled, 0.975) - np.quantile(resampled, 0.025)
    assert high - low == pytest.approx(expected, rel=0.3)
    alone = people.accuracy_over_writers(accepted, digits, np.arange(240), members)
    assert high - low > alone[2] - alone[1]


def test_evaluate_reports_drawings_and_keeps_them(file, tmp_path, monkeypatch, capsys):
    """--drawings --write puts the figures into the report; without --drawings they stay, and nothing is NOT equal."""
    from siamese.data import mnist

    shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "models" / "baseline")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path / "models"))
    test = pens.images(8, np.random.default_rng(1))
    monkeypatch.setattr(mnist, "load_mnist", lambda *_, **__: test)
    assert main(["evaluate", "baseline", "--write", "--drawings", str(file)]) == 0
    assert "30 drawings by 7 people" in capsys.readouterr().out
    report = load_json(catalogue.load_card("baseline"), "report.json")
    assert report["people"]["writers"] == 7
    assert set(report["people"]["splits"]) == {"seen", "mixed", "unseen"}
    loaded = people.load_drawings(file)
    again = people_figures(Verifier.load("baseline"), loaded)
    assert again == report["people"]
    assert main(["evaluate", "baseline"]) == 0
    assert main(["evaluate", "baseline", "--write"]) == 0
    assert load_json(catalogue.load_card("baseline"), "report.json")["people"] == again
    # A figure on the same drawings that differs is told; figures on other drawings are another matter.
    card = catalogue.load_card("baseline")
    for sha256, status in ((loaded.sha256, 1), ("another", 0)):
        changed = report | {"people": report["people"] | {"drawings": 29, "sha256": sha256}}
        (card.folder / "report.json").write_text(json.dumps(changed), encoding="utf-8")
        write_manifest(card.folder, card.raw)
        assert main(["evaluate", "baseline", "--drawings", str(file)]) == status
