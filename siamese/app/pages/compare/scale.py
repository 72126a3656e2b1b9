"""The scale of distances, as HTML: this pair and the threshold over the spread of all test pairs."""

from __future__ import annotations

import html

import numpy as np

from siamese.app.words import decision
from siamese.serving.verifier import Verification


def scale(result: Verification | None, threshold: float, spread: str, axis_maximum: float, split: str) -> str:
    """The scale from 0 to `axis_maximum`.

    Args:
        spread: the hills behind it, see `hills`.
        split: its name, for the legend.
    """
    marks = [_mark("limit", threshold, axis_maximum, f"threshold {threshold:.2f}")]
    spoken = f"Scale of distances from 0 to {axis_maximum:.2f}. The threshold is {threshold:.3f}."
    if result:
        found = decision(result.is_same)
        beyond = " →" if result.distance > axis_maximum else ""
        marks.append(
            _mark(f"pair {found.word}", result.distance, axis_maximum, f"this pair {result.distance:.2f}{beyond}")
        )
        spoken += f" This pair's distance is {result.distance:.3f}, {found.relation} the threshold."
    return (
        f'<div class="scale" role="img" aria-label="{html.escape(spoken)}" data-testid="scale">'
        f"{spread}{''.join(marks)}</div>"
        '<p class="legend"><span class="key same">●</span> same and <span class="key different">●</span> different '
        f"pairs of {html.escape(split)} test digits; to the left alike, to the right unlike</p>"
    )


def hills(edges: np.ndarray, same: np.ndarray, different: np.ndarray, axis_maximum: float) -> str:
    """How the distances of same and different pairs are spread, as areas; edges: (m + 1,) of the bins, shares (m,)."""
    return _ridge(edges, different, axis_maximum, "different") + _ridge(edges, same, axis_maximum, "same")


def _ridge(edges: np.ndarray, shares: np.ndarray, axis_maximum: float, css: str) -> str:
    """An area whose height is the square root of the share, so that rare distances show, too."""
    shown = edges[:-1] < axis_maximum
    x = np.minimum((edges[:-1] + edges[1:])[shown] / 2 / axis_maximum, 1) * 100
    y = 100 * (1 - np.sqrt(shares[shown] / max(float(shares.max()), 1e-12)))
    points = ",".join(f"{a:.1f}% {b:.1f}%" for a, b in zip(x, y))
    # A clipped box, because Streamlit removes SVG from HTML.
    return (
        f'<div class="ridge {css}" style="clip-path:polygon(0% 100%,0% {y[0]:.1f}%,{points},'
        f'100% {y[-1]:.1f}%,100% 100%)"></div>'
    )


def _mark(css: str, distance: float, axis_maximum: float, text: str) -> str:
    """A line at `distance` with its label, which stays within the scale's ends."""
    share = min(max(distance / axis_maximum, 0), 1) * 100
    side = "start" if share < 20 else "end" if share > 80 else "middle"
    return f'<div class="mark {css} {side}" style="left:{share:.2f}%"><span>{html.escape(text)}</span></div>'
