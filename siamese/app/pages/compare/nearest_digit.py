"""Under a verdict on two drawings: what they look most like, and how often the network confuses these two digits.

Where a truth is not known, the known digits that lie nearest are asked. That is not the network's verdict, and is said
only where they agree. The figure beside it is that of the page Accuracy, at the threshold in use, and leads there.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from siamese.app import choices, frame, links, resources, session, verdict
from siamese.app.pages.accuracy import choices as accuracy
from siamese.app.pages.compare import sides
from siamese.app.pages.map import data
from siamese.evaluation import neighbours
from siamese.evaluation.neighbours import Neighbours
from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import called_same
from siamese.serving.verifier import Verification, Verifier

_JS = """
export default function ({ setTriggerValue }) {
  // Within the page, so that the session goes on; in another tab or window the link's own address serves.
  const clicked = (event) => {
    const link = event.target.closest?.('.likeness a[href]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const query = new URL(link.href).searchParams;
    setTriggerValue('cell', 10 * Number(query.get('first')) + Number(query.get('second')));
  };
  document.addEventListener('click', clicked, true);
  return () => document.removeEventListener('click', clicked, true);
}
"""
_mount = st.components.v2.component("siamese.likeness", js=_JS, isolate_styles=False)


@dataclass
class _Asked:
    """What this session asked last: the network, its figures, its known digits, and the votes on both embeddings."""

    verifier: Verifier
    histograms: PairHistograms
    known: Neighbours | None
    votes: dict[bytes, int | None] = field(default_factory=dict)

    def vote(self, embedding: np.ndarray) -> int | None:
        """As `Neighbours.vote`; asked once while a side stays as it is."""
        assert self.known is not None
        key = embedding.tobytes()
        if key not in self.votes:
            if len(self.votes) > len(sides.SIDES):
                self.votes.clear()
            self.votes[key] = self.known.vote(embedding)
        return self.votes[key]


@dataclass
class _Nearest:
    """What this session asked last, and whether a link of `line` was pressed."""

    asked: _Asked | None = None
    pressed: bool = False


def follow() -> None:
    """Lets the links of `line` lead to their cell of the heat map. Once a page, and not in what a stroke draws."""
    held = session.of(_Nearest)
    if held.pressed:
        held.pressed = False
        frame.go_to("accuracy")
    _mount(key="likeness", width="content", height="content", on_cell_change=_chosen)


def prepare() -> None:
    """Reads what `line` will need, so that no stroke waits for the disk."""
    _asked(resources.verifier(choices.model_name()))


def _chosen() -> None:
    cell = (st.session_state.get("likeness") or {}).get("cell")
    if type(cell) is int and 0 <= cell < 100:  # what comes from a browser may be anything
        accuracy.choose_cell(cell)
        session.of(_Nearest).pressed = True


def line(verifier: Verifier, result: Verification | None) -> str:
    """What stands where a sampled pair has its truth, while that is not known.

    Args:
        result: the verdict that is shown, if one is.
    """
    if choices.guess_first() or any(side.mode == "sample" for side in sides.sides().values()):
        return verdict.question(result is not None)
    said = "" if result is None else sentence(verifier, result) or "Do you agree with the network?"
    # Of one height whatever it says, so that nothing below moves while a digit grows.
    return f'<p class="legend truth likeness">{said}</p>'


def sentence(verifier: Verifier, result: Verification) -> str:
    """What the two images look most like and how often such pairs are called the same, as HTML; "" without a clear
    vote on both, and for a network that has no map of known digits.
    """
    asked = _asked(verifier)
    if asked.known is None:
        return ""
    left, right = map(asked.vote, result.embeddings)
    if left is None or right is None:
        return ""
    share = float(called_same(asked.histograms, result.threshold)[left, right])
    if not np.isfinite(share):
        return ""
    moved = abs(result.threshold - verifier.threshold) > 1e-9
    place = {"model": verifier.name, "t": f"{result.threshold:.4f}" if moved else ""}
    query = links.query_text(place | {"first": str(left), "second": str(right)})
    return verdict.likeness(left, right, share, verifier.card.digits, f"accuracy?{query}")


def _asked(verifier: Verifier) -> _Asked:
    held = session.of(_Nearest)
    if held.asked is None or held.asked.verifier is not verifier:
        held.asked = _Asked(verifier, resources.histograms(verifier.name), _known(verifier))
    return held.asked


def _known(verifier: Verifier) -> Neighbours | None:
    points = data.committed(verifier)
    return None if points is None else _neighbours((verifier.name, _content(verifier)), points, verifier.threshold)


@st.cache_resource(show_spinner=False, max_entries=8)
def _neighbours(key: Hashable, _points, _threshold: float) -> Neighbours:
    return neighbours.of_map(_points, _threshold)


def _content(verifier: Verifier) -> str:
    """What a model and its map are known by in caches: their SHA-256."""
    files = verifier.card.raw["files"]
    return f"{files['encoder.tflite']} {files.get('map.npz')}"
