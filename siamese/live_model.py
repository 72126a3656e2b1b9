"""A network that a person trained live: read from its folder with suspicion, then held in memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siamese import artefacts
from siamese.metrics import PairHistograms
from siamese.verifier import Verifier


@dataclass(frozen=True)
class LiveModel:
    """A session's own network.

    Attributes:
        documents: its history and its report, by file name.
        keras: the bytes of its `.keras` file. card: the text of its card.
    """

    verifier: Verifier
    histograms: PairHistograms
    documents: dict[str, Any]
    keras: bytes
    card: str

    @property
    def name(self) -> str:
        return self.verifier.name

    @property
    def splits(self) -> dict[str, tuple[int, ...]]:
        """The pair splits of the digits that it learned from."""
        return self.verifier.card.splits


def load(folder: Path) -> LiveModel:
    """The model in `folder`, which is not needed afterwards.

    Raises:
        InvalidArtefact: a file is missing, damaged, or not what the card declares.
    """
    card = artefacts.read_card(folder)
    return LiveModel(
        verifier=Verifier(card),
        histograms=artefacts.load_histograms(card),
        documents={file: artefacts.load_json(card, file) for file in ("history.json", "report.json")},
        keras=card.read("encoder.keras"),
        card=artefacts.to_json(card.raw),
    )
