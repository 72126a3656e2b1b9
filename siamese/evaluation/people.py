"""Digits that people drew with a pen: their file, and the figures of a model on them, with writers as the sample.

The file is an npz archive. Its drawings follow one another, stroke by stroke, point by point:

- `points` (p, 2): x and y, y down, in tenths of a pixel, each drawing within a box of 2,000 of them (200 pixels);
- `points_per_stroke` (s,), `strokes_per_drawing` (n,): how many points each stroke, how many strokes each drawing has;
- `digits` (n,): 0 to 9; `writers` (n,): a number for the person who drew it, the same for all of that person's.

All are whole numbers. A drawing is rendered as on the app's canvas, in its middle, and framed as there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siamese.data.archives import read_arrays
from siamese.data.splits import ALL_DIGITS, SPLITS
from siamese.errors import EmptyDrawing, InvalidDrawing, NotADigit, UnreadableArchive
from siamese.evaluation import summary
from siamese.imaging import strokes
from siamese.imaging.framing import from_drawing
from siamese.metrics import distances, rates
from siamese.metrics.histograms import pair_histograms

NAMES = ("points", "points_per_stroke", "strokes_per_drawing", "digits", "writers")
TENTHS = 10
BOX = 200  # canvas units; side of the box that a drawing lies in
LARGEST_ARRAY = 64 * 1024 * 1024  # bytes
MAX_DRAWINGS = 20_000  # all pairs are compared at once


@dataclass(frozen=True)
class Drawings:
    """Drawings by people.

    Attributes:
        images: (n, 28, 28) float32, framed as MNIST.
        digits, writers: (n,).
        refused: the number of drawings that could not be framed (dots, say); they are not among the images.
        sha256: of the file.
    """

    images: np.ndarray
    digits: np.ndarray
    writers: np.ndarray
    refused: int
    sha256: str


def stroke_lists(file: Path) -> Iterator[list[np.ndarray]]:
    """The strokes (n, 2) of each drawing in `file`, in the middle of a canvas.

    Raises:
        UnreadableArchive: as `load_drawings`.
    """
    return _stroke_lists(_arrays(file.read_bytes()))


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    arrays = dict(zip(NAMES, read_arrays(content, NAMES, LARGEST_ARRAY), strict=True))
    _check(arrays)
    return arrays


def _stroke_lists(arrays: dict[str, np.ndarray]) -> Iterator[list[np.ndarray]]:
    margin = (strokes.CANVAS - BOX) / 2
    lines = np.split(arrays["points"] / TENTHS + margin, np.cumsum(arrays["points_per_stroke"])[:-1])
    first = 0
    for count in arrays["strokes_per_drawing"].tolist():
        yield lines[first : first + count]
        first += count


def load_drawings(file: Path) -> Drawings:
    """The drawings in `file`.

    Raises:
        UnreadableArchive: no such file, not of the format above, or fewer than two drawings of some digit.
    """
    try:
        content = file.read_bytes()
        arrays = _arrays(content)
    except OSError as error:
        raise UnreadableArchive(f"{file} cannot be read: {error.strerror}") from error
    except UnreadableArchive as error:
        raise UnreadableArchive(f"{file} is no file of drawings ({error})") from error
    images, framed = [], []
    for index, drawing in enumerate(_stroke_lists(arrays)):
        try:
            images.append(from_drawing(strokes.render(drawing)))
        except (EmptyDrawing, NotADigit, InvalidDrawing):
            continue
        framed.append(index)
    digits, writers = arrays["digits"][framed].astype(np.uint8), arrays["writers"][framed]
    if np.bincount(digits, minlength=len(ALL_DIGITS)).min() < 2:
        raise UnreadableArchive(f"{file} holds fewer than two drawings of some digit")
    refused = len(arrays["digits"]) - len(framed)
    return Drawings(np.stack(images), digits, writers, refused, hashlib.sha256(content).hexdigest())


def _check(arrays: dict[str, np.ndarray]) -> None:
    points, lengths, counts, digits, writers = (arrays[name] for name in NAMES)
    if any(array.dtype.kind not in "iu" for array in arrays.values()):
        raise UnreadableArchive("not whole numbers")
    shapes = points.ndim == 2 and points.shape[1] == 2 and lengths.ndim == counts.ndim == digits.ndim == 1
    if not shapes or not len(digits) or not counts.shape == digits.shape == writers.shape:
        raise UnreadableArchive("arrays of other shapes")
    if min(lengths.min(initial=1), counts.min()) < 1 or (lengths.sum(), counts.sum()) != (len(points), len(lengths)):
        raise UnreadableArchive("points, strokes and drawings do not add up")
    if points.min() < 0 or points.max() > BOX * TENTHS or digits.min() < 0 or digits.max() > 9:
        raise UnreadableArchive("a place outside the box, or no digit")
    if len(digits) > MAX_DRAWINGS:
        raise UnreadableArchive(f"more than {MAX_DRAWINGS:,} drawings")


def measure(
    embeddings: np.ndarray,
    drawings: Drawings,
    threshold: float,
    upper: float,
    probability_same: Callable[[np.ndarray], np.ndarray],
) -> dict[str, Any]:
    """The figures of a model on `drawings`, from their embeddings (n, d), as its report holds them.

    Args:
        upper: end of the distance grid.
        probability_same: the model's calibration, from distances to probabilities.
    """
    histograms = pair_histograms(embeddings, drawings.digits, upper)
    probabilities = probability_same((histograms.thresholds[1:] + histograms.thresholds[:-1]) / 2)
    accepted = distances.pairwise_distances(embeddings, embeddings) <= threshold
    splits = {}
    for name, members in SPLITS.items():
        accuracy, low, high = accuracy_over_writers(accepted, drawings.digits, drawings.writers, members)
        splits[name] = summary.split_figures(histograms, members, threshold, probabilities, accuracy, (low, high))
    return summary.rounded(
        {
            "sha256": drawings.sha256,
            "drawings": len(drawings.digits),
            "refused": drawings.refused,
            "writers": len(np.unique(drawings.writers)),
            "pen": strokes.PEN,
            "splits": splits,
        }
    )


def accuracy_over_writers(
    accepted: np.ndarray,
    digits: np.ndarray,
    writers: np.ndarray,
    members: Iterable[int],
    quantile: float = rates.Z95,
) -> tuple[float, float, float]:
    """Accuracy on balanced pairs of `members` with its 95% interval (accuracy, low, high).

    Writers are the sample, since the drawings of one person err together. The interval is the jackknife's (Efron and
    Stein 1981) on the logit scale: each writer is left out in turn, and the spread of the accuracies that remain shows
    how much depends on who drew.

    Args:
        accepted: (n, n) bool, symmetric, the pairs that are called same.
        digits, writers: (n,).
        quantile: of the interval's ends; the normal one suits many writers, `rates.t95` a few.
    """
    groups = [np.flatnonzero(digits == member) for member in members]
    names = np.unique(writers[np.isin(digits, list(members))])
    # Row 0: everybody; row k: everybody but the k-th writer.
    present = np.concatenate([np.ones((1, len(writers))), writers[None] != names[:, None]]).astype(np.float64)
    accuracies = _accuracies(accepted, groups, present)
    accuracy, without = float(accuracies[0]), accuracies[1:]
    if not 0 < accuracy < 1 or len(without) < 2:
        return accuracy, accuracy, accuracy
    count = len(without)
    deviation = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    logit, half_width = np.log(accuracy / (1 - accuracy)), quantile * deviation / (accuracy * (1 - accuracy))
    low, high = 1 / (1 + np.exp(-np.array([logit - half_width, logit + half_width])))
    return accuracy, float(low), float(high)


def _accuracies(accepted: np.ndarray, groups: list[np.ndarray], present: np.ndarray) -> np.ndarray:
    """Accuracies (m,) on balanced pairs, one for each row of `present`.

    Args:
        groups: the drawings of each digit.
        present: (m, n), 1 where a drawing counts, 0 where it is left out.
    """
    true_accepts = np.zeros((len(present), len(groups)))
    false_accepts = np.zeros((len(present), len(groups), len(groups)))
    for a, left in enumerate(groups):
        for b, right in enumerate(groups[a:], a):
            block = accepted[np.ix_(left, right)].astype(np.float64)
            pairs = present[:, left].sum(1) * present[:, right].sum(1)
            if a == b:
                np.fill_diagonal(block, 0)  # an image and itself is no pair
                pairs = pairs - present[:, left].sum(1)
            hits = ((present[:, left] @ block) * present[:, right]).sum(1)
            rate = np.divide(hits, pairs, out=np.full_like(hits, np.nan), where=pairs > 0)
            if a == b:
                true_accepts[:, a] = rate
            else:
                false_accepts[:, a, b] = false_accepts[:, b, a] = rate
    off_diagonal = ~np.eye(len(groups), dtype=bool)
    accuracies: np.ndarray = (np.nanmean(true_accepts, 1) + 1 - np.nanmean(false_accepts[:, off_diagonal], 1)) / 2
    return accuracies
