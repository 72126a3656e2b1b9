"""Colours for *same* and *different* and for the splits: told apart by colour-blind eyes, AA in contrast.

For a projector there are stronger ones, AAA for text, with larger type and thicker lines in charts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. `same`/`different` also serve as text; soft ones fill areas.

    `scale` is how many times larger than usual a chart writes, and how much thicker its lines are.
    """

    same: str
    different: str
    same_soft: str
    different_soft: str
    text: str
    muted: str
    grid: str
    background: str
    on_primary: str
    heat_low: str
    heat_right: str
    heat_wrong: str
    splits: dict[str, str]
    scale: float = 1.0

    def sized(self, size: float) -> int:
        """A size in pixels, at this palette's scale."""
        return round(size * self.scale)

    def thick(self, width: float) -> float:
        """The width of a line in pixels, at this palette's scale."""
        return width * self.scale


LIGHT = Palette(
    same="#0b5cad",
    different="#a8430a",
    same_soft="#9cc7f0",
    different_soft="#f3b78c",
    text="#0f172a",
    muted="#475569",
    grid="#dbe1ea",
    background="#ffffff",
    on_primary="#ffffff",
    heat_low="#f3d5e3",
    heat_right="#0b3f78",
    heat_wrong="#a1195b",
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
    background="#0e1420",
    on_primary="#0e1420",
    heat_low="#44233f",
    heat_right="#2f74c0",
    heat_wrong="#c9417f",
    splits={"seen": "#7cc0ff", "mixed": "#b6c0cf", "unseen": "#ffb077", "own": "#d7a6f5"},
)

PROJECTED_LIGHT = replace(
    LIGHT,
    same="#003f80",
    different="#7a2e00",
    same_soft="#6fb0ee",
    different_soft="#f0995c",
    text="#000000",
    muted="#1f2937",
    grid="#94a3b8",
    splits={"seen": "#003f80", "mixed": "#374151", "unseen": "#7a2e00", "own": "#5b1f80"},
    scale=1.4,
)
PROJECTED_DARK = replace(
    DARK,
    same="#a5d4ff",
    different="#ffc79f",
    same_soft="#2f6ba5",
    different_soft="#9a5a2e",
    text="#ffffff",
    muted="#e2e8f0",
    grid="#526077",
    background="#000000",
    on_primary="#000000",
    splits={"seen": "#a5d4ff", "mixed": "#d5dce6", "unseen": "#ffc79f", "own": "#e6c4fb"},
    scale=1.4,
)


def diverging(values: np.ndarray, colours: Palette) -> np.ndarray:
    """Colours (..., 3) in 0..255 of values in -1..1: from `different` over a grey to `same`."""
    values = np.clip(np.asarray(values, float), -1, 1)[..., None]
    different, same, muted, background = map(rgb, (colours.different, colours.same, colours.muted, colours.background))
    middle = background + 0.6 * (muted - background)  # light ink, but 3 to 1 from the background
    found: np.ndarray = middle + np.maximum(values, 0) * (same - middle) + np.maximum(-values, 0) * (different - middle)
    return found


def rgb(colour: str) -> np.ndarray:
    """The three channels, 0..255, of a colour like "#0b5cad"."""
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)], float)
