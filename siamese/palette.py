"""Colours for *same* and *different* and for the splits: told apart by colour-blind eyes, AA in contrast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. `same`/`different` also serve as text; soft ones fill areas."""

    same: str
    different: str
    same_soft: str
    different_soft: str
    text: str
    muted: str
    grid: str
    ground: str
    on_primary: str
    heat_low: str
    heat_high: str
    splits: dict[str, str]


LIGHT = Palette(
    same="#0b5cad",
    different="#a8430a",
    same_soft="#9cc7f0",
    different_soft="#f3b78c",
    text="#0f172a",
    muted="#475569",
    grid="#dbe1ea",
    ground="#ffffff",
    on_primary="#ffffff",
    heat_low="#e9d3ec",
    heat_high="#0b3f78",
    splits={"seen": "#0b5cad", "mixed": "#6b7280", "unseen": "#a8430a", "own": "#7b3fa0"},
)
DARK = Palette(
    same="#7cc0ff",
    different="#ffb077",
    same_soft="#24537f",
    different_soft="#7a4522",
    text="#f1f5f9",
    muted="#a9b6c8",
    grid="#2b3748",
    ground="#0e1420",
    on_primary="#0e1420",
    heat_low="#4b2a52",
    heat_high="#2f74c0",
    splits={"seen": "#7cc0ff", "mixed": "#b6c0cf", "unseen": "#ffb077", "own": "#d7a6f5"},
)
