"""The evaluation of any encoder: a function from images to vectors, whoever made it.

All pairs of images are compared by the Euclidean distance of their embeddings, and counted; nothing is sampled. Every
pair of digits weighs the same, and so do *same* and *different*. Intervals take images, not pairs, as the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from siamese.data.splits import ALL_DIGITS, SPLITS
from siamese.errors import InvalidArgument, InvalidDigits, InvalidEmbeddings
from siamese.metrics import rates
from siamese.metrics.histograms import KNOTS, PairHistograms, pair_histograms
from siamese.metrics.thresholds import best_threshold

Encoder = Callable[[np.ndarray], ArrayLike]
_STEPS = KNOTS - 1
_HEAD = ("split", "digits", "images", "pairs", "accuracy", "95% interval", "ROC AUC", "equal error rate")


@dataclass(frozen=True)
class SplitEvaluation:
    """The figures of an encoder on one split; rates are within 0..1.

    Attributes:
        digits: both digits of a pair come from these.
        images: their number.
        pairs: the number of pairs of these images.
        accuracy: at the threshold, on balanced pairs: the mean of the true accept and the true reject rate.
        interval_95: of the accuracy, (low, high). An accuracy of exactly 0 or 1 shows no spread, and is its own
            interval.
        false_accept_rate: how often a pair of different digits is called *same*.
        false_reject_rate: how often a pair of one digit is called *different*.
        roc_auc: how often a same pair is closer than a different pair, at whatever threshold; 0.5 is chance.
        equal_error_rate: the error rate at the threshold where both error rates are equal.

    Example:
        >>> import numpy as np
        >>> from siamese import evaluate_encoder
        >>> vectors, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> result = evaluate_encoder(lambda vectors: vectors, vectors, digits, threshold=2.5, splits={"both": (2, 3)})
        >>> figures = result.splits["both"]
        >>> figures.pairs, figures.accuracy, figures.false_accept_rate, figures.false_reject_rate
        (6, 0.625, 0.25, 0.5)
    """

    digits: tuple[int, ...]
    images: int
    pairs: int
    accuracy: float
    interval_95: tuple[float, float]
    false_accept_rate: float
    false_reject_rate: float
    roc_auc: float
    equal_error_rate: float


@dataclass(frozen=True)
class EncoderEvaluation:
    """What `evaluate_encoder` found; it prints as a table, and shows itself as one in a notebook.

    Attributes:
        splits: the figures by the name of the split.
        threshold: a pair is called *same* when distance <= threshold.
        dimension: the length d of an embedding.

    Example:
        >>> import numpy as np
        >>> from siamese import Verifier, evaluate_encoder
        >>> from siamese.imaging import pens
        >>> images, digits = pens.images(4, np.random.default_rng(0))
        >>> verifier = Verifier.load()
        >>> result = evaluate_encoder(verifier.embed, images, digits, threshold=verifier.threshold)
        >>> result.splits["unseen"].digits, result.splits["unseen"].images
        ((0, 1, 8, 9), 16)
        >>> print(result)  # doctest: +ELLIPSIS
        split   digits               images  pairs  accuracy  95% interval  ...
    """

    splits: dict[str, SplitEvaluation]
    threshold: float
    dimension: int

    def __str__(self) -> str:
        """The table as text."""
        rows = [_HEAD, *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, self._caption()])

    def _repr_html_(self) -> str:
        """The table for a notebook, in whatever colours that has."""
        from html import escape

        head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
            for name, *cells in self._rows()
        )
        return f"<table><caption>{self._caption()}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                name,
                " ".join(map(str, split.digits)),
                f"{split.images:,}",
                f"{split.pairs:,}",
                f"{split.accuracy:.2%}",
                f"{low:.2%} – {high:.2%}" if low < high else "no spread",
                f"{split.roc_auc:.4f}",
                f"{split.equal_error_rate:.2%}",
            )
            for name, split in self.splits.items()
            for low, high in [split.interval_95]
        ]

    def _caption(self) -> str:
        return f"Threshold {self.threshold:.4g}, embeddings of {self.dimension} values"


def evaluate_encoder(
    embed: Encoder,
    images: np.ndarray,
    digits: np.ndarray,
    *,
    threshold: float | None = None,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    splits: Mapping[str, Iterable[int]] = SPLITS,
) -> EncoderEvaluation:
    """Accuracy, interval, error rates and ROC AUC of any encoder on all pairs of images, for each split.

    The threshold is given, or chosen as the one of highest accuracy on other images, never on those that are
    reported. Ten thousand images are some fifty million pairs and take about ten seconds beside `embed`.

    Args:
        embed: the encoder; called with all images at once, returns embeddings (n, d) of numbers, d of its choice.
        images: (n, ...), whatever `embed` takes.
        digits: (n,) whole numbers 0 to 9, the class of each image; they may stand for any classes.
        threshold: distance up to which a pair is called same, in the unit of the embeddings.
        validation: images (m, ...) and digits (m,) to choose the threshold on, all their digits together.
        splits: name -> the digits of both images of a pair, two at least; default: seen, mixed, unseen.

    Raises:
        InvalidEmbeddings: `embed` gives another shape than (n, d), numbers that are not finite, or, where the
            threshold is to be chosen, the same embedding for all images.
        InvalidDigits: not one digit 0 to 9 an image, or fewer than two images of a digit that a split names.
        InvalidArgument: not one of `threshold` and `validation`; a threshold that is not above 0; no split, or
            one without two digits; a validation image that is among `images`.

    Example:
        >>> import numpy as np
        >>> from siamese import evaluate_encoder
        >>> from siamese.imaging import pens
        >>> images, digits = pens.images(8, np.random.default_rng(1))
        >>> result = evaluate_encoder(
        ...     lambda images: images.reshape(len(images), -1),  # raw pixels, the plainest encoder
        ...     images,
        ...     digits,
        ...     validation=pens.images(8, np.random.default_rng(2)),
        ...     splits={"odd": (1, 3, 5, 7, 9), "even": (0, 2, 4, 6, 8)},
        ... )
        >>> result.splits["odd"].pairs
        780
        >>> result.splits["odd"].accuracy > 0.5
        True
    """
    chosen = _checked_splits(splits)
    members = sorted({digit for split in chosen.values() for digit in split})
    digits = _checked_digits(digits, len(images), members)
    limit = _threshold(embed, images, threshold, validation)
    embeddings = _embeddings(embed, images)
    shown = np.isin(digits, members)  # other digits would cost time alone
    grids = _grids(embeddings[shown], digits[shown], limit)
    figures = {name: _figures(*grids, split, limit) for name, split in chosen.items()}
    return EncoderEvaluation(figures, limit, embeddings.shape[1])


def _checked_splits(splits: Mapping[str, Iterable[int]]) -> dict[str, tuple[int, ...]]:
    """The digits of each split, sorted, without repetitions; raises InvalidArgument."""
    chosen = {str(name): tuple(sorted(set(members))) for name, members in splits.items()}
    if not chosen:
        raise InvalidArgument("name at least one split")
    for name, members in chosen.items():
        if len(members) < 2 or not set(members) <= set(ALL_DIGITS):
            raise InvalidArgument(f"the split {name!r} needs at least two digits of 0 to 9, got {list(members)}")
    return {name: tuple(map(int, members)) for name, members in chosen.items()}


def _checked_digits(digits: ArrayLike, count: int, members: Iterable[int]) -> np.ndarray:
    """The digits (count,), with two at least of each of `members`; raises InvalidDigits."""
    digits = np.asarray(digits)
    if digits.shape != (count,) or digits.dtype.kind not in "iu":
        raise InvalidDigits(f"expected digits ({count},) as whole numbers, got {digits.shape} {digits.dtype}")
    if count and not (digits.min() >= 0 and digits.max() <= 9):
        raise InvalidDigits("digits must be within 0 to 9")
    counts = np.bincount(digits, minlength=len(ALL_DIGITS))
    few = [digit for digit in members if counts[digit] < 2]
    if few:
        raise InvalidDigits(f"a pair of one digit needs two images: there are fewer of {few}")
    return digits


def _embeddings(embed: Encoder, images: np.ndarray) -> np.ndarray:
    """Embeddings (n, d) float64 of images (n, ...); raises InvalidEmbeddings."""
    given = embed(images)
    try:
        embeddings = np.asarray(given)
    except ValueError as error:  # vectors of unequal lengths
        raise InvalidEmbeddings("expected embeddings of one length") from error
    if embeddings.ndim != 2 or len(embeddings) != len(images) or not embeddings.shape[1]:
        raise InvalidEmbeddings(f"expected embeddings ({len(images)}, d), got {embeddings.shape}")
    if embeddings.dtype.kind not in "fiu":
        raise InvalidEmbeddings(f"expected embeddings of real numbers, got {embeddings.dtype}")
    embeddings = embeddings.astype(np.float64)
    if not np.isfinite(embeddings).all() or not np.isfinite(_reach(embeddings)):
        raise InvalidEmbeddings("embeddings must be finite, and so must their distances")
    return embeddings


def _reach(embeddings: np.ndarray) -> float:
    """A distance that no two embeddings (n, d) exceed: twice the largest one from their mean."""
    with np.errstate(over="ignore", invalid="ignore"):
        return 2 * float(np.sqrt(((embeddings - embeddings.mean(0)) ** 2).sum(1).max()))


def _threshold(
    embed: Encoder,
    images: np.ndarray,
    given: float | None,
    validation: tuple[np.ndarray, np.ndarray] | None,
) -> float:
    """The threshold that is given, or the one chosen on validation images; raises as `evaluate_encoder`."""
    if validation is not None and given is None:
        return _chosen_threshold(embed, validation, images)
    if validation is not None or given is None:
        raise InvalidArgument("give either a threshold, or validation images to choose it on")
    if not (np.isfinite(given) and given > 0):
        raise InvalidArgument("the threshold must be a number above 0")
    return float(given)


def _chosen_threshold(embed: Encoder, validation: tuple[np.ndarray, np.ndarray], reported: np.ndarray) -> float:
    """The threshold of highest accuracy on validation images; raises as `evaluate_encoder`."""
    images, digits = validation
    present = np.unique(digits).tolist()
    if len(present) < 2:
        raise InvalidDigits("validation images must be of two digits at least")
    digits = _checked_digits(digits, len(images), present)
    shared = _hashes(images) & _hashes(reported)
    if shared:
        raise InvalidArgument(
            f"{len(shared)} of the validation images are among those reported: a threshold chosen on them flatters"
        )
    embeddings = _embeddings(embed, images)
    reach = _reach(embeddings)
    if not reach:
        raise InvalidEmbeddings("all validation images have the same embedding: no threshold tells them apart")
    return best_threshold(rates.pair_curves(pair_histograms(embeddings, digits, reach), present))


def _hashes(images: Iterable[ArrayLike]) -> set[int]:
    return {hash(np.asarray(image).tobytes()) for image in images}


def _grids(embeddings: np.ndarray, digits: np.ndarray, threshold: float) -> tuple[PairHistograms, PairHistograms]:
    """Histograms in which the threshold is a knot, so exact, and histograms that reach all distances.

    They are the same, unless the threshold is tiny beside the largest distance.
    """
    reach = _reach(embeddings)
    knot = int(np.clip(_STEPS * threshold / reach, 1, _STEPS)) if reach else _STEPS
    at_threshold = pair_histograms(embeddings, digits, threshold * _STEPS / knot)
    return at_threshold, at_threshold if at_threshold.upper >= reach else pair_histograms(embeddings, digits, reach)


def _figures(
    at_threshold: PairHistograms, overall: PairHistograms, members: tuple[int, ...], threshold: float
) -> SplitEvaluation:
    curves = rates.pair_curves(at_threshold, members)
    index = at_threshold.index(threshold)
    images = int(at_threshold.images[list(members)].sum())
    overall_curves = rates.pair_curves(overall, members)
    return SplitEvaluation(
        digits=members,
        images=images,
        pairs=images * (images - 1) // 2,
        accuracy=rates.accuracy_at(at_threshold, members, threshold),
        interval_95=rates.accuracy_interval(at_threshold, members, threshold),
        false_accept_rate=float(curves.false_accept_rate[index]),
        false_reject_rate=float(1 - curves.true_accept_rate[index]),
        roc_auc=rates.roc_auc(overall_curves),
        equal_error_rate=rates.equal_error_rate(overall_curves),
    )
