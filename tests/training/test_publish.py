"""From a tiny training to a model folder that the verifier serves; damage to it is noticed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil

import keras
import numpy as np
import pytest

from siamese.data import splits
from siamese.data.splits import SEEN_DIGITS
from siamese.errors import InvalidArtefact, UnknownModel
from siamese.evaluation.hardest_pairs import load_hardest
from siamese.evaluation.projection import load_map
from siamese.evaluation.report import evaluate
from siamese.evaluation.robustness import load_robustness
from siamese.imaging import pens
from siamese.serving import catalogue
from siamese.serving.card import FILES, MAX_BYTES, load_histograms, load_json, read_card, sha256
from siamese.serving.verifier import VALUE_TOLERANCE, Verifier
from siamese.training import publish
from siamese.training.recipes import recipe_named
from siamese.training.train import train
from tests.conftest import ROOT

LOADERS = {"histograms.npz": load_histograms, "map.npz": load_map, "hardest.npz": load_hardest}
ALL_LOADERS = LOADERS | {"robustness.json": load_robustness}


@pytest.fixture(scope="module")
def pen_digits():
    """Thirty pen digits each of 0 to 9."""
    return pens.images(30, np.random.default_rng(2))


@pytest.fixture(scope="module")
def models(tmp_path_factory, pen_digits):
    """A folder of models with one small model `tiny` in it, trained and published here."""
    folder = tmp_path_factory.mktemp("models")
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)
    trained = train(recipe_named("baseline", epochs=2, units=(16, 8)), images[kept], digits[kept])
    publish.publish(trained, folder / "tiny", images, digits, command="a test", train_seconds=1.0)
    return folder


@pytest.fixture
def copy(models, tmp_path, monkeypatch):
    """A copy of that folder, set as the folder of models, to be damaged."""
    shutil.copytree(models, tmp_path / "models")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models" / "tiny"


def test_the_folder_holds_what_the_card_says(copy):
    """Every declared file is there with its hash; nothing temporary is left beside the model."""
    card = catalogue.load_card("tiny")
    assert set(card.raw["files"]) == set(FILES)
    for file in FILES:
        assert card.read(file)
    assert [path.name for path in copy.parent.iterdir()] == ["tiny"]
    for key in ("recipe", "seed", "command", "train_seconds", "machine", "libraries", "calibration", "threshold"):
        assert card.raw[key], key


def test_a_card_says_what_was_kept_for_validation(copy, pen_digits):
    """By the card's word alone the images are found that neither batch nor gradient has seen, a tenth of each digit."""
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)
    card = catalogue.load_card("tiny")
    parts = splits.training_data(images[kept], digits[kept], allowed=card.digits, **card.validation)
    assert len(parts.validation_digits) == 3 * 6
    recipe = recipe_named("baseline", epochs=1, units=(16, 8))
    assert card.validation == {"fraction": recipe.validation_fraction, "seed": recipe.seed}
    raw = json.loads((copy / "card.json").read_text())
    del raw["validation"]
    (copy / "card.json").write_text(json.dumps(raw))
    with pytest.raises(InvalidArtefact, match="validated"):
        _ = catalogue.load_card("tiny").validation


@pytest.mark.parametrize("name", ["baseline", "digits", "strokes"])
def test_committed_cards_say_it_too(name):
    """Each model that comes with the project names the seed and the share of its validation images."""
    card = read_card(catalogue.MODELS / name)
    assert card.validation == {"fraction": card.raw["recipe"]["validation_fraction"], "seed": card.raw["seed"]}


def test_litert_agrees_with_keras_on_every_image(copy, pen_digits):
    """The served embeddings differ from Keras' by at most 1e-5."""
    verifier = Verifier.load("tiny")
    encoder = keras.saving.load_model(copy / "encoder.keras", safe_mode=True)
    images = pen_digits[0]
    difference = np.abs(verifier.embed(images) - encoder.predict(verifier.normalise(images), verbose=0)).max()
    assert difference <= VALUE_TOLERANCE


def test_evaluation_again_gives_the_committed_report_and_histograms(copy, pen_digits):
    """A rebuild equals what was written, to the last digit and count."""
    card = catalogue.load_card("tiny")
    histograms, report = evaluate(card, *pen_digits)
    assert report == load_json(card, "report.json")
    committed = load_histograms(card)
    assert np.array_equal(histograms.counts, committed.counts)
    assert np.array_equal(histograms.covariance, committed.covariance)


def test_history_has_all_curves(copy):
    """Each epoch has loss, train, validation and the three splits."""
    history = load_json(catalogue.load_card("tiny"), "history.json")
    assert [entry["epoch"] for entry in history] == [1, 2]
    for entry in history:
        assert all(0 <= entry[key] <= 1 for key in ("train", "validation", "seen", "mixed", "unseen"))


def test_a_calibrated_probability_falls_with_distance(copy):
    """Nearer is more probably same, within 0..1."""
    card = catalogue.load_card("tiny")
    probabilities = card.probability_same(np.linspace(0, card.upper, 50))
    assert (np.diff(probabilities) <= 0).all()
    assert 0 <= probabilities.min() <= probabilities.max() <= 1


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        flip_a_bit,
        lambda path: path.write_bytes(b""),
    ],
    ids=["missing", "truncated", "bit flipped", "empty"],
)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_noticed(copy, file, damage):
    """Missing, shortened or changed by one bit: reading it is InvalidArtefact."""
    damage(copy / file)
    with pytest.raises(InvalidArtefact, match="tiny"):
        catalogue.load_card("tiny").read(file)
    if file == "encoder.tflite":
        with pytest.raises(InvalidArtefact):
            Verifier.load("tiny")


def test_a_huge_file_is_refused_unread(copy):
    """A file larger than any of ours is refused by its size."""
    with (copy / "encoder.tflite").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InvalidArtefact, match="larger"):
        Verifier.load("tiny")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 99},
        {"threshold": "much"},
        {"threshold": float("nan")},
        {"threshold": -1},
        {"upper": 0},
        {"calibration": {}},
        {"calibration": {"slope": -3, "midpoint": 1}},
        {"calibration": {"slope": 3, "midpoint": 1, "lapse": 0.5}},
        {"calibration": {"slope": 3, "midpoint": 1, "lapse": float("nan")}},
        {"normalisation": {"magic": True}},
        {"normalisation": {"slant": "no"}},
        {"normalisation": None},
        {"files": {"../../secret": "0"}},
        {"files": []},
        {"digits": None},
        {"digits": [2, 10]},
        {"embedding": 10**9},
        {"embedding": float("inf")},
        {"recipe": []},
        {"epoch": "last"},
        {"parameters": None},
        {"embedding": "x"},
    ],
    ids=str,
)
def test_an_impossible_card_is_refused(copy, change):
    """Another version, numbers that cannot be, unknown normalisation, files that no model has."""
    card = json.loads((copy / "card.json").read_text())
    (copy / "card.json").write_text(json.dumps({**card, **change}))
    with pytest.raises(InvalidArtefact):
        catalogue.load_card("tiny")


def forge(folder, file, content):
    """Put other content under a file's name and its SHA-256 into the card, as a clever attacker would."""
    (folder / file).write_bytes(content)
    card = json.loads((folder / "card.json").read_text())
    card["files"][file] = sha256(content)
    (folder / "card.json").write_text(json.dumps(card))


class Exploit:
    """Unpickled, it would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize("file", LOADERS)
def test_no_archive_is_ever_unpickled(copy, file, tmp_path):
    """An npz with a pickle in the place of each array is refused, and what it would do is not done."""
    trap = tmp_path / "sprung"
    with np.load(copy / file) as archive:
        names = archive.files
    forge(copy, file, npz(**{name: np.array([Exploit(trap)], object) for name in names}))
    with pytest.raises(InvalidArtefact):
        LOADERS[file](catalogue.load_card("tiny"))
    assert not trap.exists()


def test_a_keras_file_with_code_in_it_is_refused(tmp_path):
    """A .keras file with a Lambda layer is not run in safe mode; nothing here unpickles or loads in another mode."""
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Lambda(lambda images: images * 2)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(ValueError, match="safe"):
        keras.saving.load_model(tmp_path / "lambda.keras", safe_mode=True)
    for path in (*(ROOT / "siamese").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py"), ROOT / "app.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"import pickle|pickle\.loads?\(|allow_pickle=True|safe_mode=False|unsafe", code), path
        # `load_model` is in safe mode by default.
        assert not re.search(r"enable_unsafe_deserialization|custom_objects", code), path


@pytest.mark.parametrize("file", ALL_LOADERS)
def test_bits_flipped_under_a_right_hash_are_a_named_error_or_harmless(copy, file, rng):
    """Whatever bit of an archive is changed, with the card's hash made to fit, nothing but InvalidArtefact comes."""
    content = (copy / file).read_bytes()
    for place in rng.integers(0, len(content), 150):
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.integers(8)
        forge(copy, file, bytes(damaged))
        with contextlib.suppress(InvalidArtefact):
            ALL_LOADERS[file](catalogue.load_card("tiny"))


def test_an_archive_that_unpacks_to_too_much_is_refused(copy):
    """The size that the archive declares is looked at before anything is unpacked."""
    forge(copy, "histograms.npz", npz(counts=np.zeros((10, 10, 200_000), np.int32)))
    with pytest.raises(InvalidArtefact, match="too large"):
        load_histograms(catalogue.load_card("tiny"))


@pytest.mark.parametrize(
    "change",
    [
        {"counts": np.full((10, 10, 1000), -1)},
        {"counts": np.zeros((10, 10, 0), int)},
        {"counts": np.zeros((10, 10, 1000))},
        {"counts": np.zeros((10, 10, 999), int)},
        {"images": np.zeros(9, int)},
        {"covariance": np.full((10, 101, 10, 10), np.nan, np.float32)},
        {"covariance": np.zeros((10, 1, 10, 10), np.float32)},
        {"covariance": np.zeros(3, np.float32)},
        {"upper": np.float64(np.inf)},
        {"upper": np.float64(0)},
        {"upper": np.ones(2)},
        {"upper": np.array("2")},
    ],
    ids=lambda change: " ".join(f"{key} {value.dtype}{value.shape}" for key, value in change.items()),
)
def test_impossible_histograms_are_refused(copy, change):
    """Negative or no counts, other shapes and types, values that are not finite."""
    with np.load(copy / "histograms.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    forge(copy, "histograms.npz", npz(**(arrays | change)))
    with pytest.raises(InvalidArtefact, match="histograms"):
        load_histograms(catalogue.load_card("tiny"))


@pytest.mark.parametrize("file", ["report.json", "history.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", "7", '"text"', "[7]", "[{}]", "[" * 100_000])
def test_figures_that_are_none_are_refused(copy, file, content):
    """No JSON, or JSON of another kind, under the right hash."""
    forge(copy, file, content.encode())
    with pytest.raises(InvalidArtefact, match=file):
        load_json(catalogue.load_card("tiny"), file)


@pytest.mark.parametrize(
    "value", [None, "0.9", [], float("nan"), float("inf"), 10**400], ids=lambda value: str(value)[:9]
)
def test_figures_that_are_no_numbers_are_refused(copy, value):
    """An accuracy that is no finite number, in the report or in the history."""
    report = json.loads((copy / "report.json").read_text())
    report["splits"]["mixed"]["accuracy"] = value
    history = json.loads((copy / "history.json").read_text())
    history[1]["unseen"] = value
    for file, changed in (("report.json", report), ("history.json", history)):
        forge(copy, file, json.dumps(changed).encode())
        with pytest.raises(InvalidArtefact, match=file):
            load_json(catalogue.load_card("tiny"), file)


def test_an_encoder_that_gives_no_numbers_is_noticed(copy):
    """Weights that are not finite: the model is refused when it is loaded, so nobody gets such a verdict."""
    encoder = keras.saving.load_model(copy / "encoder.keras", safe_mode=True)
    encoder.set_weights([np.full_like(weights, np.nan) for weights in encoder.get_weights()])
    forge(copy, "encoder.tflite", publish.export_litert(encoder))
    with pytest.raises(InvalidArtefact, match="finite"):
        Verifier.load("tiny")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100_000])
def test_a_card_that_is_no_card_is_refused(copy, text):
    """Not JSON, or JSON of another kind."""
    (copy / "card.json").write_text(text)
    with pytest.raises(InvalidArtefact):
        catalogue.load_card("tiny")


def test_an_encoder_of_another_shape_is_refused(copy):
    """A card that declares another embedding than the encoder gives is refused at load."""
    card = json.loads((copy / "card.json").read_text())
    (copy / "card.json").write_text(json.dumps({**card, "embedding": 9}))
    with pytest.raises(InvalidArtefact, match="shapes"):
        Verifier.load("tiny")


@pytest.mark.parametrize("content", [b"not a model", b"\0" * 4096])
def test_an_encoder_that_is_none_is_refused(copy, content):
    """A file with the right hash that is no LiteRT model is InvalidArtefact, not a crash."""
    forge(copy, "encoder.tflite", content)
    with pytest.raises(InvalidArtefact):
        Verifier.load("tiny")


@pytest.mark.parametrize("name", ["absent", "../tiny", "/etc", "TINY", "", "tiny/../tiny", ".", "tiny\0"])
def test_only_names_of_models_are_names(copy, name):
    """Paths and other tricks are UnknownModel, and the message names the models there are."""
    with pytest.raises(UnknownModel, match="tiny"):
        Verifier.load(name)
    assert Verifier.available() == ["tiny"]


def test_no_models_at_all(tmp_path, monkeypatch):
    """An empty folder of models is a clear error."""
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path))
    assert Verifier.available() == []
    with pytest.raises(UnknownModel, match="no trained model"):
        Verifier.load()
