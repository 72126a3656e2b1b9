"""The figures of a class: distances of its drawings, grown by a row a drawing, and what follows from them.

Accuracy and interval come from the code that measures *drawn by people*, with pupils as the sample and Student's
quantile in place of the normal one, since they are few; the hardest pairs come from the code that finds MNIST's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from siamese.classroom.records import Drawing
from siamese.data.splits import ALL_DIGITS, SPLITS
from siamese.evaluation.hardest_pairs import HardPair, hardest_among
from siamese.evaluation.people import accuracy_over_writers
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.rates import called_same_among, t95

LEAST = 10  # drawings of each digit of a split before its figures are given
_FIRST_ROWS = 64
_NO_WIDTH = 1e-9
_ALIKE = {0.0: "no pair is right", 1.0: "no pair is wrong"}


@dataclass(frozen=True)
class SplitFigures:
    """The accuracy of a split on the class's drawings.

    Attributes:
        accuracy: on all pairs, balanced; None while some digit has fewer than `LEAST` drawings.
        interval: its 95% interval with pupils as the sample; None where there is none.
        missing: how many drawings are still to come before there are figures.
        no_interval: why there is none, in words: too much comes from a single pupil, or the accuracy is the same
            whoever is left out, as where every pair is right; an interval of no width would claim too much.
    """

    accuracy: float | None
    interval: tuple[float, float] | None
    missing: int
    no_interval: str = ""


class ClassDistances:
    """The distances of a class's drawings by one model; for one thread at a time."""

    def __init__(self, threshold: float) -> None:
        """No drawings yet; pairs are called same at a distance of at most `threshold`."""
        self.threshold = threshold
        self._drawings: list[Drawing] = []
        self._rows: dict[int, int] = {}  # number of a drawing -> its row
        self._embeddings = np.empty((0, 0), np.float32)
        self._distances = np.empty((0, 0), np.float32)
        self._accepted = np.empty((0, 0), bool)

    def __len__(self) -> int:
        """How many drawings there are."""
        return len(self._drawings)

    def __contains__(self, number: int) -> bool:
        """Whether there is a drawing of this number."""
        return number in self._rows

    @property
    def nbytes(self) -> int:
        """The bytes of what grows with the drawings: their images, embeddings and the tables of all pairs.

        The tables double where they are full: 600 drawings take some 6 MB, the 1,800 of a full room some 24 MB.
        """
        images = sum(len(drawing.image) for drawing in self._drawings)
        return images + self._embeddings.nbytes + self._distances.nbytes + self._accepted.nbytes

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The drawings, in the order of the rows."""
        return tuple(self._drawings)

    @property
    def digits(self) -> np.ndarray:
        """What each drawing counts as (n,)."""
        return np.array([drawing.digit for drawing in self._drawings], int)

    @property
    def pupils(self) -> np.ndarray:
        """Who drew each (n,)."""
        return np.array([drawing.pupil for drawing in self._drawings], int)

    @property
    def distances(self) -> np.ndarray:
        """The distances (n, n) float32, a view that the next drawing may change."""
        return self._distances[: len(self), : len(self)]

    @property
    def accepted(self) -> np.ndarray:
        """Which pairs are called same (n, n) bool, a view like `distances`."""
        return self._accepted[: len(self), : len(self)]

    @property
    def embeddings(self) -> np.ndarray:
        """The embeddings (n, d) float32, a view like `distances`."""
        return self._embeddings[: len(self)]

    def put(self, drawing: Drawing, embedding: np.ndarray) -> None:
        """Adds a drawing with its embedding (d,), or takes what changed of one that is there.

        Raises:
            ValueError: the embedding is of another shape than the others, or not finite.
        """
        row = self._rows.get(drawing.number)
        if row is not None:  # set to another digit or approved: its image stays, and so its distances
            self._drawings[row] = drawing
            return
        embedding = np.asarray(embedding, np.float32)
        if embedding.ndim != 1 or not np.isfinite(embedding).all() or (len(self) and len(embedding) != self._width):
            raise ValueError("an embedding must be a finite vector as long as the others")
        self._make_room(len(embedding))
        row = len(self)
        self._embeddings[row] = embedding
        # By float64, as the verdict of a pair is found; only what is kept is shorter.
        between = pairwise_distances(embedding[None], self._embeddings[: row + 1])[0]
        between[row] = 0
        self._distances[row, : row + 1] = self._distances[: row + 1, row] = between
        self._accepted[row, : row + 1] = self._accepted[: row + 1, row] = between <= self.threshold
        self._rows[drawing.number] = row
        self._drawings.append(drawing)

    def remove(self, number: int) -> None:
        """Removes a drawing, if there is one of this number; the last one takes its row."""
        row = self._rows.pop(number, None)
        if row is None:
            return
        last = len(self) - 1
        if row != last:
            self._embeddings[row] = self._embeddings[last]
            for table in (self._distances, self._accepted):
                table[row], table[:, row] = table[last].copy(), table[:, last].copy()
                table[row, row] = table[last, last]
            self._drawings[row] = self._drawings[last]
            self._rows[self._drawings[row].number] = row
        self._drawings.pop()

    @property
    def _width(self) -> int:
        return int(self._embeddings.shape[1])

    def _make_room(self, width: int) -> None:
        """Doubles the tables where they are full."""
        n = len(self)
        if n < len(self._distances) and width == self._width:
            return
        rows = max(_FIRST_ROWS, 2 * n)
        embeddings, distances = np.zeros((rows, width), np.float32), np.zeros((rows, rows), np.float32)
        accepted = np.zeros((rows, rows), bool)
        if n:
            embeddings[:n], distances[:n, :n], accepted[:n, :n] = self.embeddings, self.distances, self.accepted
        self._embeddings, self._distances, self._accepted = embeddings, distances, accepted


def split_figures(
    table: ClassDistances, splits: Mapping[str, Collection[int]] = SPLITS, least: int = LEAST
) -> dict[str, SplitFigures]:
    """Accuracy and interval of each split, where there are enough drawings of each of its digits."""
    digits, pupils = table.digits, table.pupils
    return {name: _figures(table.accepted, digits, pupils, members, least) for name, members in splits.items()}


def _figures(
    accepted: np.ndarray, digits: np.ndarray, pupils: np.ndarray, members: Collection[int], least: int
) -> SplitFigures:
    counts = np.bincount(digits, minlength=len(ALL_DIGITS))[list(members)]
    missing = int(np.maximum(least - counts, 0).sum())
    if missing:
        return SplitFigures(None, None, missing)
    if not _stands_without_anyone(digits, pupils, members):
        # Each drawing as if it were somebody's own gives the same accuracy; its interval would claim too much.
        accuracy, _, _ = accuracy_over_writers(accepted, digits, np.arange(len(digits)), members)
        return SplitFigures(accuracy, None, 0, "too few people")
    people = len(np.unique(pupils[np.isin(digits, list(members))]))
    accuracy, low, high = accuracy_over_writers(accepted, digits, pupils, members, t95(people - 1))
    if high - low < _NO_WIDTH:
        return SplitFigures(accuracy, None, 0, _ALIKE.get(accuracy, "the same without anybody"))
    return SplitFigures(accuracy, (low, high), 0)


def _stands_without_anyone(digits: np.ndarray, pupils: np.ndarray, members: Collection[int]) -> bool:
    """Whether two drawings of each digit remain whoever is left out, so that each of the jackknife's rates exists."""
    everybody = np.unique(pupils)
    counts = np.array([[np.sum((pupils == pupil) & (digits == digit)) for digit in members] for pupil in everybody])
    return len(everybody) > 2 and bool((counts.sum(0) - counts >= 2).all())


def heat_map(table: ClassDistances) -> np.ndarray:
    """How often a pair of digits is called same (10, 10); NaN where there is no pair of drawings."""
    return called_same_among(table.accepted, table.digits)


def hardest(table: ClassDistances, members: Collection[int] = ALL_DIGITS) -> dict[bool, list[HardPair]]:
    """The pairs of digits in `members` that the model gets wrong, hardest first, whoever drew them.

    By `is_same`: of one digit, the furthest first; of two, the nearest first. `left` and `right` number drawings.
    """
    drawings, found = table.drawings, hardest_among(table.distances, table.digits)
    return {
        is_same: [
            HardPair(drawings[pair.left].number, drawings[pair.right].number, *pair.digits, pair.distance)
            for pair in found.pairs(members, members, is_same)
            if table.accepted[pair.left, pair.right] != is_same
        ]
        for is_same in (True, False)
    }
