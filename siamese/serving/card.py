"""A trained model's card and the files that it lists; every one of them is checked before it is used.

Each model is a folder `assets/models/NAME/` with `card.json` and the files that the card lists with their SHA-256.
Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siamese.data.archives import read_arrays
from siamese.data.splits import ALL_DIGITS, SPLITS, splits_of
from siamese.errors import InvalidArtefact, UnreadableArchive
from siamese.imaging.normalisation import Normalisation
from siamese.metrics.calibration import Calibration
from siamese.metrics.histograms import PairHistograms

FILES = (
    "encoder.keras",
    "encoder.tflite",
    "hardest.npz",
    "history.json",
    "histograms.npz",
    "map.npz",
    "report.json",
    "robustness.json",
)
CARD_VERSION = 1
MAX_EMBEDDING = 4096
MAX_BYTES = 64 * 1024 * 1024  # far more than any file of a model has; a larger one is refused unread
_MAX_CARD_BYTES = 1_000_000


@dataclass(frozen=True)
class Card:
    """What a model declares about itself.

    Attributes:
        folder: where its files lie.
        digits: those that it was trained on.
        embedding: the length of its embeddings.
        threshold: distance up to which a pair is called same.
        calibration: the probability of *same* at each distance; its midpoint is the threshold.
        upper: end of the distance grid of its histograms.
        raw: the whole JSON.
    """

    name: str
    folder: Path
    title: str
    digits: tuple[int, ...]
    embedding: int
    normalisation: Normalisation
    threshold: float
    calibration: Calibration
    upper: float
    raw: dict[str, Any]

    @property
    def splits(self) -> dict[str, tuple[int, ...]]:
        """The pair splits: the digits that it was trained on, all digits, the other digits."""
        return splits_of(self.digits)

    @property
    def validation(self) -> dict[str, Any]:
        """`fraction` and `seed` of `data.splits.validation_split`, which held out the validation images.

        Threshold and calibration were fixed on them.

        Raises:
            InvalidArtefact: the card does not say.
        """
        try:
            validation = self.raw["validation"]
            return {"fraction": float(validation["fraction"]), "seed": int(validation["seed"])}
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidArtefact(f"the card of {self.name!r} does not say what it was validated on") from error

    def probability_same(self, distance: np.ndarray | float) -> np.ndarray:
        """Calibrated probability that a pair at `distance` is of one digit, same shape."""
        return self.calibration.probability_same(distance)

    def read(self, file: str) -> bytes:
        """The bytes of one of the card's files, checked against the card's SHA-256.

        Raises:
            InvalidArtefact: missing, too large, or with another hash.
        """
        declared = self.raw["files"].get(file)
        if file not in FILES or not isinstance(declared, str):
            raise InvalidArtefact(f"the card of {self.name!r} declares no file {file!r}")
        path = self.folder / file
        try:
            if path.stat().st_size > MAX_BYTES:
                raise InvalidArtefact(f"{file} of model {self.name!r} is larger than {MAX_BYTES} bytes")
            content = path.read_bytes()
        except OSError as error:
            raise InvalidArtefact(f"{file} of model {self.name!r} cannot be read ({type(error).__name__})") from error
        if hashlib.sha256(content).hexdigest() != declared:
            raise InvalidArtefact(f"{file} of model {self.name!r} is damaged: its SHA-256 is not the card's")
        return content

    def arrays(self, file: str, names: Sequence[str]) -> list[np.ndarray]:
        """The arrays of these names in one of the card's npz files.

        Raises:
            InvalidArtefact: as `read`; or the file is no archive that holds them.
        """
        try:
            return read_arrays(self.read(file), names, MAX_BYTES)
        except UnreadableArchive as error:
            raise InvalidArtefact(f"{file} of model {self.name!r} cannot be read ({error})") from error


def read_card(folder: Path) -> Card:
    """The card in `folder`.

    Raises:
        InvalidArtefact: it cannot be read, lacks something, or holds impossible numbers.
    """
    path = folder / "card.json"
    try:
        if path.stat().st_size > _MAX_CARD_BYTES:
            raise InvalidArtefact(f"the card of {folder.name!r} is too large")
        raw = json.loads(path.read_text(encoding="utf-8"))
        card = _parsed(folder, raw)
        described = isinstance(raw["recipe"], dict) and int(raw["parameters"]) > 0 and int(raw["epoch"]) > 0
    except InvalidArtefact:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidArtefact(
            f"the card of {folder.name!r} cannot be read ({type(error).__name__}: {error})"
        ) from error
    if not described or not _is_possible(card):
        raise InvalidArtefact(f"the card of {folder.name!r} holds impossible numbers")
    return card


def _parsed(folder: Path, raw: Any) -> Card:
    """The card from its JSON; raises InvalidArtefact, or what a wrong type or a missing key raises."""
    if raw.get("version") != CARD_VERSION:
        raise InvalidArtefact(f"the card of {folder.name!r} has version {raw.get('version')!r}, not {CARD_VERSION}")
    card = Card(
        name=folder.name,
        folder=folder,
        title=str(raw["title"]),
        digits=tuple(int(digit) for digit in raw["digits"]),
        embedding=int(raw["embedding"]),
        normalisation=Normalisation.from_json(raw["normalisation"]),
        threshold=float(raw["threshold"]),
        calibration=Calibration(
            slope=float(raw["calibration"]["slope"]),
            midpoint=float(raw["calibration"]["midpoint"]),
            lapse=float(raw["calibration"].get("lapse", 0)),  # older models have none
        ),
        upper=float(raw["upper"]),
        raw=raw,
    )
    if not isinstance(raw["files"], dict) or set(raw["files"]) - set(FILES):
        raise InvalidArtefact(f"the card of {folder.name!r} names files that no model has")
    return card


def _is_possible(card: Card) -> bool:
    """Whether all numbers of a card are within their ranges."""
    calibration = card.calibration
    numbers = (card.threshold, calibration.slope, calibration.midpoint, calibration.lapse, card.upper)
    return (
        all(map(math.isfinite, numbers))
        and calibration.slope > 0
        and 0 <= calibration.lapse < 0.5
        and 0 < card.threshold <= card.upper
        and set(card.digits) <= set(ALL_DIGITS)
        and 0 < card.embedding <= MAX_EMBEDDING
    )


def load_histograms(card: Card) -> PairHistograms:
    """The histograms of the distances of all pairs of test images, as committed.

    Raises:
        InvalidArtefact: as `Card.read`; or of the wrong shapes or values.
    """
    counts, images, covariance, upper = card.arrays("histograms.npz", ("counts", "images", "covariance", "upper"))
    bins, knots = counts.shape[-1] if counts.ndim else 0, covariance.shape[1] if covariance.ndim == 4 else 0
    if (
        "".join(array.dtype.kind for array in (counts, images, covariance, upper)) != "iiff"
        or (counts.shape, images.shape, upper.shape) != ((10, 10, bins), (10,), ())
        or covariance.shape != (10, knots, 10, 10)
        or bins < 1
        or knots < 2
        or bins % (knots - 1)
        or min(counts.min(), images.min()) < 0
        or not np.isfinite(covariance).all()
        or not (math.isfinite(upper) and upper > 0)
    ):
        raise InvalidArtefact(f"the histograms of {card.name!r} have the wrong shape or values")
    return PairHistograms(counts.astype(np.int64), float(upper), images.astype(np.int64), covariance.astype(np.float32))


def histograms_bytes(histograms: PairHistograms) -> bytes:
    """The bytes of the npz file of `histograms`; the same values give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        counts=histograms.counts.astype(np.int32),
        images=histograms.images.astype(np.int32),
        covariance=histograms.covariance.astype(np.float32),
        upper=np.float64(histograms.upper),
    )
    return buffer.getvalue()


def load_json(card: Card, file: str) -> Any:
    """The JSON of `history.json`, a list with one entry an epoch, or of `report.json`; what the pages show is checked.

    Raises:
        InvalidArtefact: as `Card.read`; no JSON, or not what the file should hold.
    """
    try:
        value = json.loads(card.read(file))
        numbers = _report_numbers(value) if file == "report.json" else _history_numbers(value, card)
        if not all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers):
            raise ValueError("not finite")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidArtefact(
            f"{file} of {card.name!r} does not hold what it should ({type(error).__name__})"
        ) from error
    return value


def _report_numbers(report: Any) -> list[Any]:
    """Every number that the pages show of a report."""
    rates = [report["splits"][split] for split in SPLITS]
    numbers = [report["threshold"]]
    if "people" in report:
        rates += [report["people"]["splits"][split] for split in SPLITS]
        numbers += [report["people"]["drawings"], report["people"]["writers"]]
    single = ("accuracy", "roc_auc", "equal_error_rate", "expected_calibration_error")
    numbers += [rate[name] for rate in rates for name in single]
    for figures in (*rates, *(report["one_shot"][name] for name in ("unseen", "all"))):
        low, high = figures["interval_95"]
        numbers += [figures["accuracy"], low, high]
    return numbers


def _history_numbers(history: Any, card: Card) -> list[Any]:
    """Every number that the pages show of a history; raises ValueError where the card's epoch is not in it."""
    if not 1 <= card.raw["epoch"] <= len(history):
        raise ValueError("the chosen epoch is missing")
    names = ("epoch", "loss", "train", "validation", *SPLITS)
    return [entry[name] for entry in history for name in names]


def to_json(value: Any) -> str:
    """JSON text as it is committed: indented, ending in a newline."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def sha256(content: bytes) -> str:
    """The hexadecimal SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()
