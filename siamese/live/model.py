"""A network that a person trained live: checked when it is read from its folder, then held in memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siamese.metrics.histograms import PairHistograms
from siamese.serving.card import load_histograms, load_json, read_card, to_json
from siamese.serving.verifier import Verifier


@dataclass(frozen=True)
class LiveModel:
    """The network that a session has trained.

    Attributes:
        documents: history and report, by file name.
        keras: the bytes of the `.keras` file.
        card: the text of the card.
    """

    verifier: Verifier
    histograms: PairHistograms
    documents: dict[str, Any]
    keras: bytes
    card: str

    @property
    def name(self) -> str:
        """The model's name, which no other model has."""
        return self.verifier.name

    @property
    def splits(self) -> dict[str, tuple[int, ...]]:
        """The pair splits that follow from the digits it was trained on."""
        return self.verifier.card.splits


def load(folder: Path) -> LiveModel:
    """The model in `folder`, which is not needed afterwards.

    Raises:
        InvalidArtefact: a file is missing, damaged, or not what the card declares.
    """
    card = read_card(folder)
    return LiveModel(
        verifier=Verifier(card),
        histograms=load_histograms(card),
        documents={file: load_json(card, file) for file in ("history.json", "report.json")},
        keras=card.read("encoder.keras"),
        card=to_json(card.raw),
    )
