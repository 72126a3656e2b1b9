"""Robustness to a change of view: accuracy of pairs of which one image is turned, scaled, shifted and so on.

For each change and each amount of it all pairs of a changed image and another, unchanged one are counted, at the
model's own threshold. The changed image is framed again, as a drawing is, see `imaging.views`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from siamese.errors import InvalidArtefact
from siamese.evaluation.summary import rounded
from siamese.imaging.framing import as_images
from siamese.imaging.normalisation import Normalisation
from siamese.imaging.views import IDENTITY, RANGES, transform_along
from siamese.metrics import rates
from siamese.metrics.histograms import changed_pair_histograms
from siamese.serving.card import Card
from siamese.serving.verifier import Verifier

FILE = "robustness.json"
IMAGES = 2000  # the first ones of MNIST's test file
#: For each change its amounts, the one that changes nothing among them.
AMOUNTS: dict[str, tuple[float, ...]] = {
    "angle": (0, 10, 20, 30, 45, 60, 90, 135, 180),
    "scale": (0.5, 0.65, 0.8, 1, 1.2, 1.35, 1.5),
    "across": (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
    "shear": (-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8),
    "tilt": (-60, -45, -30, -15, 0, 15, 30, 45, 60),
    "thickness": (-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3),
    "blur": (0, 0.5, 1, 1.5, 2, 2.5, 3),
}
BEARABLE = 0.05  # of accuracy; what loses less is borne


@dataclass(frozen=True)
class Change:
    """The figures of one change.

    Attributes:
        amounts: (m,) float64, increasing, in the unit of `imaging.views.RANGES`.
        kept: (m,) int64, the images in which the change leaves a digit; the others are left out.
        splits: split -> (m, 3) float64: accuracy and both ends of its 95% interval, with images as the sample.
    """

    amounts: np.ndarray
    kept: np.ndarray
    splits: Mapping[str, np.ndarray]

    def lost(self, split: str, identity: float) -> float:
        """How far accuracy falls at most, over all amounts, from where nothing is changed."""
        accuracy = self.splits[split][:, 0]
        return float(accuracy[self.amounts == identity][0] - accuracy.min())

    def borne(self, split: str, identity: float) -> tuple[float, float]:
        """The least and the greatest amount up to which accuracy falls by less than `BEARABLE`."""
        accuracy, start = self.splits[split][:, 0], int(np.flatnonzero(self.amounts == identity)[0])
        fine = accuracy > accuracy[start] - BEARABLE
        low = start - int(np.argmin(np.append(fine[start::-1], False))) + 1
        high = start + int(np.argmin(np.append(fine[start:], False))) - 1
        return float(self.amounts[low]), float(self.amounts[high])


@dataclass(frozen=True)
class Robustness:
    """A model's robustness.

    Attributes:
        images: how many were changed. pairs: of a changed and another one, where all are kept.
        threshold: the model's own, at which all figures are.
        changes: a key of `AMOUNTS` -> its figures.
    """

    images: int
    pairs: int
    threshold: float
    changes: Mapping[str, Change]

    def by_cause(self, normalisation: Normalisation, split: str = "mixed") -> tuple[list[str], list[str], list[str]]:
        """The changes that are taken away before the network sees them, those that it bears, and those that cost more.

        Framing takes away place and scale; the model's own `normalisation` slant and the width of the pen. Whatever
        costs `BEARABLE` or more is among the last.
        """
        taken = {"scale", "across", "down"}
        taken |= {"shear"} if normalisation.slant else set()
        taken |= {"thickness"} if normalisation.thickness else set()
        found: tuple[list[str], list[str], list[str]] = ([], [], [])
        for name, change in self.changes.items():
            costs = change.lost(split, RANGES[name].identity) >= BEARABLE
            found[2 if costs else int(name not in taken)].append(name)
        return found


def measure(
    card: Card, images: np.ndarray, digits: np.ndarray, on_progress: Callable[[], object] | None = None
) -> dict[str, Any]:
    """The figures of the served encoder, as the file of a model holds them; rates rounded to six decimals.

    An amount that leaves fewer than two images of a digit is left out.

    Args:
        images: (n, 28, 28) with digits (n,); the first `IMAGES` of them are used.
        on_progress: called after each amount of each change.
    """
    verifier, images, digits = Verifier(card), images[:IMAGES], digits[:IMAGES]
    unchanged = verifier.embed(images)
    changes = {}
    for name, amounts in AMOUNTS.items():
        figures = {}
        for amount in amounts:
            views, kept = _views(images, name, amount)
            changed = unchanged if amount == RANGES[name].identity else verifier.embed(views)
            found = _figures(card, changed, unchanged[kept], digits[kept])
            if np.isfinite(list(found[1].values())).all():  # else of some digit next to nothing is left
                figures[amount] = found
            if on_progress:
                on_progress()
        changes[name] = {
            "amounts": list(figures),
            "kept": [images_kept for images_kept, _ in figures.values()],
            "splits": {split: [found[split] for _, found in figures.values()] for split in card.splits},
        }
    pairs = len(images) * (len(images) - 1)
    return rounded({"images": len(images), "pairs": pairs, "threshold": card.threshold, "changes": changes})


def _views(images: np.ndarray, name: str, amount: float) -> tuple[np.ndarray, np.ndarray]:
    """The images (m, 28, 28) uint8 that one amount of a change leaves, and which these are, (n,) bool."""
    pixels = np.round(as_images(images) * 255).astype(np.uint8)
    return _cached_views(pixels.tobytes(), name, amount)


@lru_cache(maxsize=64)
def _cached_views(content: bytes, name: str, amount: float) -> tuple[np.ndarray, np.ndarray]:
    """`_views`, made once for all models: half of the time of the first."""
    view = IDENTITY.at(name, amount)
    images = np.frombuffer(content, np.uint8).reshape(-1, 28, 28)
    if view == IDENTITY:
        return images, np.ones(len(images), bool)
    found = [transform_along(image, [view]) for image in images]
    kept = np.array([there[0] for _, there in found], bool)
    return np.round(np.concatenate([view for view, _ in found]) * 255).astype(np.uint8), kept


def _figures(
    card: Card, changed: np.ndarray, unchanged: np.ndarray, digits: np.ndarray
) -> tuple[int, dict[str, list[float]]]:
    """How many images there are, and for each split accuracy and interval at the card's threshold."""
    # A grid of two steps that meet at the threshold is enough: no other is asked for.
    histograms = changed_pair_histograms(changed, unchanged, digits, 2 * card.threshold, bins=2, knots=3)
    return len(digits), {
        split: [
            rates.accuracy_at(histograms, members, card.threshold),
            *rates.accuracy_interval(histograms, members, card.threshold),
        ]
        for split, members in card.splits.items()
    }


def has_robustness(card: Card) -> bool:
    """Whether the model's card names the file; older models and live-trained ones have none."""
    return FILE in card.raw["files"]


def equals_committed(card: Card, figures: dict[str, Any]) -> bool:
    """Whether `figures` are the committed ones.

    Raises:
        InvalidArtefact: the committed file cannot be read.
    """
    return has_robustness(card) and bool(_committed(card) == json.loads(json.dumps(figures)))


def _committed(card: Card) -> Any:
    try:
        return json.loads(card.read(FILE))
    except (ValueError, RecursionError) as error:
        raise InvalidArtefact(f"{FILE} of {card.name!r} is no JSON") from error


def load_robustness(card: Card) -> Robustness:
    """The committed robustness of a model.

    Raises:
        InvalidArtefact: there is no such file, or it is damaged or holds impossible figures.
    """
    try:
        values = _committed(card)
        changes = {name: _change(name, found, card) for name, found in values["changes"].items()}
        found = Robustness(int(values["images"]), int(values["pairs"]), float(values["threshold"]), changes)
        possible = bool(changes) and found.images > 1 and found.pairs > 0
    except InvalidArtefact:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise InvalidArtefact(
            f"{FILE} of {card.name!r} does not hold what it should ({type(error).__name__})"
        ) from error
    if not possible:
        raise InvalidArtefact(f"{FILE} of {card.name!r} holds impossible numbers")
    return found


def _change(name: str, values: Any, card: Card) -> Change:
    """One change of the file; raises ValueError and others where it holds something impossible."""
    limits = RANGES[name]
    amounts, kept = np.array(values["amounts"], float), np.array(values["kept"], np.int64)
    splits = {split: np.array(values["splits"][split], float) for split in card.splits}
    possible = (
        amounts.ndim == 1
        and kept.shape == amounts.shape
        and (np.diff(amounts) > 0).all()
        and limits.identity in amounts
        and limits.low <= amounts[0] <= amounts[-1] <= limits.high
        and (kept >= 0).all()
        and all(_is_possible(found, len(amounts)) for found in splits.values())
    )
    if not possible:
        raise ValueError(name)
    return Change(amounts, kept, splits)


def _is_possible(found: np.ndarray, length: int) -> bool:
    """Whether these are (length, 3) accuracies within 0..1, each between the ends of its interval."""
    if found.shape != (length, 3):
        return False
    accuracy, low, high = found.T
    return bool(((low >= 0) & (low <= accuracy) & (accuracy <= high) & (high <= 1)).all())  # a NaN compares false
