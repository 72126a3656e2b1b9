"""The receiver operating characteristic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import with_grid
from siamese.charts.palette import LIGHT, Palette
from siamese.metrics.rates import PairCurves

_MODEL_DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")


def roc(
    models: Mapping[str, tuple[Mapping[str, PairCurves], int]],
    colours: Palette = LIGHT,
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """ROC of each split and model with the operating point, on square-root axes that open the corner.

    A split has its colour, a model its dash; when these are used up they come again, in thicker lines.

    Args:
        models: name -> (curves by split, grid index of the threshold in use).
    """
    figure = go.Figure()
    for nth, (title, (curves, at)) in enumerate(models.items()):
        again, dash = divmod(nth, len(_MODEL_DASHES))
        suffix = f", {title}" if len(models) > 1 else ""
        for split, values in curves.items():
            false_accepts, misses = values.false_accept_rate, 1 - values.true_accept_rate
            kept = np.unique(np.r_[_thinned(false_accepts, misses), at])
            figure.add_scatter(
                x=np.sqrt(false_accepts[kept]),
                y=-np.sqrt(misses[kept]),
                customdata=np.stack([false_accepts[kept], 1 - misses[kept], values.thresholds[kept]], 1),
                name=(names or {}).get(split, split) + suffix,
                mode="lines",
                line={
                    "color": colours.splits[split],
                    "dash": _MODEL_DASHES[dash],
                    "width": colours.thick(2.5 + 2 * again),
                },
                hovertemplate="false accepts %{customdata[0]:.2%}, true accepts %{customdata[1]:.2%}, "
                "threshold %{customdata[2]:.3f}",
            )
            _mark_operating_point(figure, split, float(false_accepts[at]), float(misses[at]), colours)
    _open_the_corner(figure)
    return with_grid(figure, colours, 560).update_layout(hovermode="closest")


def _mark_operating_point(figure: go.Figure, split: str, false_accepts: float, misses: float, colours: Palette) -> None:
    figure.add_scatter(
        x=[np.sqrt(false_accepts)],
        y=[-np.sqrt(misses)],
        mode="markers",
        marker={
            "color": colours.splits[split],
            "size": colours.thick(12),
            "line": {"color": colours.text, "width": colours.thick(1.5)},
        },
        showlegend=False,
        hovertemplate=f"operating point: false accepts {false_accepts:.2%}, "
        f"true accepts {1 - misses:.2%}<extra></extra>",
    )


def _open_the_corner(figure: go.Figure) -> None:
    """Gives both axes the scale of the square root, with its own ticks."""
    ticks = np.array([0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 1])
    figure.update_xaxes(
        title="different pairs called same",
        tickvals=np.sqrt(ticks),
        ticktext=[f"{tick:.0%}" for tick in ticks],
        range=[-0.02, 1.02],
    )
    figure.update_yaxes(
        title="same pairs called same",
        tickvals=-np.sqrt(ticks),
        ticktext=[f"{1 - tick:.0%}" for tick in ticks],
        range=[-1.02, 0.02],
    )


def _thinned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Indices of a curve's points that differ visibly from the one before."""
    cell = np.round(np.sqrt(np.clip(x, 0, 1)) * 250) * 1000 + np.round(np.sqrt(np.clip(y, 0, 1)) * 250)
    return np.unique(np.r_[0, np.flatnonzero(np.diff(cell)) + 1, len(x) - 1])
