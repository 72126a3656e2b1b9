"""Under a verdict on two drawings: the digits that they look most like, and how often the network confuses these two.

The nearest of the map's digits vote on each drawing. Their vote is not the network's verdict, and is shown only where
they agree. The share beside it is the one on the page Accuracy, at the threshold in use, and is a link to it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from siamese.app import choices, links, page_frame, resources, session, verdict
from siamese.app.components import cell_link
from siamese.app.pages.accuracy import choices as accuracy
from siamese.app.pages.compare import sides
from siamese.app.pages.map import data
from siamese.evaluation import neighbours
from siamese.evaluation.neighbours import Neighbours
from siamese.evaluation.projection import EmbeddingMap
from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import called_same
from siamese.serving.verifier import Verification, Verifier


@dataclass
class _Votes:
    """The votes on the embeddings of both sides, and what they are made from.

    Attributes:
        verifier: the network.
        histograms: of the distances of its test pairs.
        known: the digits of its map, which vote; None for a network without a map.
        votes: the vote on each embedding, by the embedding's bytes.
    """

    verifier: Verifier
    histograms: PairHistograms
    known: Neighbours | None
    votes: dict[bytes, int | None] = field(default_factory=dict)

    def vote(self, embedding: np.ndarray) -> int | None:
        """The vote on an embedding (d,), see `Neighbours.vote`; counted once while a side stays as it is."""
        assert self.known is not None, "a network without a map has no votes"
        key = embedding.tobytes()
        if key not in self.votes:
            if len(self.votes) > len(sides.SIDES):
                self.votes.clear()
            self.votes[key] = self.known.vote(embedding)
        return self.votes[key]


@dataclass
class _Nearest:
    """What this session asked last, and whether a link of `line` was pressed."""

    votes: _Votes | None = None
    pressed: bool = False


def follow() -> None:
    """Lets the links of `line` lead to their cell of the heat map; called once a page, outside what a stroke draws."""
    held = session.of(_Nearest)
    if held.pressed:
        held.pressed = False
        page_frame.go_to("accuracy")
    cell_link.follow("nearest-digits", _chosen)


def prepare() -> None:
    """Reads what `line` will need, so that no stroke waits for the disk."""
    _votes(resources.verifier(choices.model_name()))


def _chosen(cell: int) -> None:
    accuracy.choose_cell(cell)
    session.of(_Nearest).pressed = True


def line(verifier: Verifier, result: Verification | None) -> str:
    """The line on two drawings, as HTML, in the place where two samples have whether the verdict is right.

    Args:
        result: the verdict that is shown, if one is.
    """
    if choices.guess_first() or any(side.mode == "sample" for side in sides.sides().values()):
        return verdict.agreement(result is not None)
    text = "" if result is None else sentence(verifier, result) or "Do you agree with the network?"
    # Of one height whatever it says, so that nothing below moves while a digit grows.
    return f'<p class="legend finding nearest-digits">{text}</p>'


def sentence(verifier: Verifier, result: Verification) -> str:
    """The digits that two images look most like, and how often such pairs are called the same, as HTML.

    It is "" where the vote on one of them is not clear, and for a network without a map.
    """
    votes = _votes(verifier)
    if votes.known is None:
        return ""
    left, right = map(votes.vote, result.embeddings)
    if left is None or right is None:
        return ""
    share = float(called_same(votes.histograms, result.threshold)[left, right])
    if not np.isfinite(share):
        return ""
    moved = abs(result.threshold - verifier.threshold) > 1e-9
    place = {"model": verifier.name, "t": f"{result.threshold:.4f}" if moved else ""}
    query = links.query_text(place | {"first": str(left), "second": str(right)})
    return verdict.nearest_digits(left, right, share, verifier.card.digits, f"accuracy?{query}")


def vote(verifier: Verifier, embedding: np.ndarray) -> int | None:
    """The digit that the known digits nearest to an embedding (d,) agree on; None where they do not, or are none."""
    known = _votes(verifier).known
    return None if known is None else known.vote(embedding)


def _votes(verifier: Verifier) -> _Votes:
    held = session.of(_Nearest)
    if held.votes is None or held.votes.verifier is not verifier:
        held.votes = _Votes(verifier, resources.histograms(verifier.name), _known(verifier))
    return held.votes


def _known(verifier: Verifier) -> Neighbours | None:
    points = data.committed(verifier)
    return None if points is None else _neighbours((verifier.name, _content(verifier)), points, verifier.threshold)


@st.cache_resource(show_spinner=False, max_entries=8)
def _neighbours(key: Hashable, _points: EmbeddingMap, _threshold: float) -> Neighbours:
    return neighbours.neighbours_from_map(_points, _threshold)


def _content(verifier: Verifier) -> str:
    """The key of a model and its map in caches: their SHA-256."""
    files = verifier.card.raw["files"]
    return f"{files['encoder.tflite']} {files.get('map.npz')}"
