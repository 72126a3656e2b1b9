"""A trained model -> its folder: encoder, LiteRT export, history, histograms, report and card.

This is the only stage that shows a model MNIST's test file, after all choices are made.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import keras
import numpy as np

from siamese import machine
from siamese.constants import SIDE
from siamese.data.splits import SPLITS
from siamese.errors import InvalidArtefact
from siamese.evaluation import summary
from siamese.evaluation.report import write_evaluation, write_manifest
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import normalise
from siamese.metrics import rates
from siamese.metrics.histograms import PairHistograms, pair_histograms
from siamese.serving.card import CARD_VERSION, Card, read_card, to_json
from siamese.serving.verifier import VALUE_TOLERANCE, Verifier
from siamese.training.swap import put_in_place, recover
from siamese.training.train import Epoch, Trained

CALIBRATION = (
    "logistic in distance with its middle at the threshold and a lapse rate, fitted on all pairs of validation images "
    "of the digits, and of synthetic classes kept aside where the recipe has any (Platt 1999; Wichmann and Hill 2001)"
)
_LIBRARIES = ("tensorflow", "keras", "ai-edge-litert", "numpy")


def export_litert(encoder: keras.Model) -> bytes:
    """The LiteRT file (float32, input (1, 28, 28)) of `encoder`."""
    signature = [keras.InputSpec(shape=(1, SIDE, SIDE), dtype="float32")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encoder.tflite"
        # Keras' own export freezes the weights; a plain concrete function of a Keras 3 model does not.
        encoder.export(path, format="litert", input_signature=signature, verbose=False)
        return path.read_bytes()


def publish(
    trained: Trained,
    folder: Path,
    test_images: np.ndarray,
    test_digits: np.ndarray,
    *,
    command: str,
    train_seconds: float,
    on_progress: Callable[[str], None] | None = None,
) -> Card:
    """Write the model's folder and return its card.

    Files appear all at once: they are made beside the folder, which is replaced at the end in one step.

    Raises:
        InvalidArtefact: the LiteRT export differs from Keras by more than `VALUE_TOLERANCE`.
    """
    say = on_progress or (lambda text: None)
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".publishing-") as temporary:
        work = Path(temporary) / folder.name
        work.mkdir()
        say("exporting")
        trained.encoder.save(work / "encoder.keras")
        (work / "encoder.tflite").write_bytes(export_litert(trained.encoder))
        say("measuring every epoch")
        started = time.perf_counter()
        (work / "history.json").write_text(to_json(history(trained, test_images, test_digits)), encoding="utf-8")
        values = card_values(trained, command, train_seconds)
        write_manifest(work, values)
        say("comparing LiteRT with Keras")
        values["largest_export_difference"] = check_export(trained.encoder, read_card(work), test_images)
        write_manifest(work, values)
        say("evaluating all pairs")
        write_evaluation(work, values, test_images, test_digits)
        values["evaluate_seconds"] = round(time.perf_counter() - started, 1)
        write_manifest(work, values)
        put_in_place(work, folder)
    return read_card(folder)


def card_values(trained: Trained, command: str, train_seconds: float) -> dict:
    """What the card of a trained model says, but for its files."""
    recipe = trained.recipe
    return {
        "version": CARD_VERSION,
        "name": recipe.name,
        "title": recipe.title,
        "recipe": recipe.to_json(),
        "digits": list(recipe.digits),
        "embedding": int(trained.encoder.output_shape[-1]),
        "parameters": int(trained.encoder.count_params()),
        "normalisation": recipe.normalisation.to_json(),
        "upper": recipe.upper,
        "threshold": trained.threshold,
        "calibration": {
            "method": CALIBRATION,
            **asdict(trained.calibration),
        },
        "validation": {"fraction": recipe.validation_fraction, "seed": recipe.seed},
        "epoch": trained.chosen,
        "seed": recipe.seed,
        "command": command,
        "train_seconds": round(train_seconds, 1),
        "machine": machine.description(),
        "libraries": _versions(),
        "files": {},
    }


def history(trained: Trained, test_images: np.ndarray, test_digits: np.ndarray) -> list[dict]:
    """One entry an epoch: loss, train and validation accuracy, and that of each pair split on test images.

    The splits are measured here, after training and choosing, with the weights of each epoch.
    """
    final = trained.encoder.get_weights()
    images = normalise(as_images(test_images), trained.recipe.normalisation)
    entries = []
    for epoch in trained.epochs:
        trained.encoder.set_weights(epoch.weights)
        embeddings = trained.encoder.predict(images, batch_size=512, verbose=0)
        histograms = pair_histograms(embeddings, test_digits, trained.recipe.upper)
        entries.append(history_entry(epoch, histograms))
    trained.encoder.set_weights(final)
    return entries


def history_entry(epoch: Epoch, histograms: PairHistograms, splits: Mapping[str, Iterable[int]] = SPLITS) -> dict:
    """An epoch's loss, threshold and accuracies, those of the pair splits from the histograms of test images."""
    values = {
        "loss": epoch.loss,
        "threshold": epoch.threshold,
        "train": epoch.train_accuracy,
        "validation": epoch.validation_accuracy,
        **{name: rates.accuracy_at(histograms, members, epoch.threshold) for name, members in splits.items()},
    }
    return {"epoch": epoch.number, **summary.rounded(values)}


def check_export(encoder: keras.Model, card: Card, images: np.ndarray) -> float:
    """The largest difference between the Keras and the LiteRT embeddings of `images` (n, 28, 28).

    Raises:
        InvalidArtefact: it is above `VALUE_TOLERANCE`.
    """
    verifier = Verifier(card)
    expected = encoder.predict(verifier.normalise(images), batch_size=512, verbose=0)
    difference = float(np.abs(verifier.embed(images) - expected).max())
    if difference > VALUE_TOLERANCE:
        raise InvalidArtefact(f"the LiteRT export differs from Keras by {difference:.2e}")
    return difference


def _versions() -> dict[str, str]:
    found = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
