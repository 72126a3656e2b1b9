"""Accuracy against the amount of a change of view, for the pair splits, with their intervals."""

from __future__ import annotations

import plotly.graph_objects as go

from siamese.charts.layout import SPLIT_DASHES, with_grid
from siamese.charts.palette import LIGHT, Palette
from siamese.evaluation.robustness import Change

_SYMBOLS = {"seen": "circle", "mixed": "square", "unseen": "diamond"}


def accuracy_by_change(
    change: Change, title: str, unchanged: float, lowest: float, colours: Palette = LIGHT
) -> go.Figure:
    """Accuracy of each split against the amount of a change, a line in a band of its 95% interval.

    Args:
        title: of the axis of the amounts, with their unit.
        unchanged: the amount that changes nothing, which is marked.
        lowest: where the axis of accuracy begins, the same for all changes.
    """
    figure = go.Figure()
    for split, found in change.splits.items():
        accuracy, low, high = found.T
        figure.add_scatter(
            x=[*change.amounts, *change.amounts[::-1]],
            y=[*high, *low[::-1]],
            fill="toself",
            fillcolor=colours.splits[split],
            opacity=0.2,
            mode="none",
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=change.amounts,
            y=accuracy,
            name=split,
            mode="lines+markers",
            line={"color": colours.splits[split], "dash": SPLIT_DASHES[split], "width": colours.thick(2.5)},
            marker={"symbol": _SYMBOLS[split], "size": colours.thick(8), "color": colours.splits[split]},
            hovertemplate="%{y:.1%}",
        )
    figure.add_vline(x=unchanged, line={"color": colours.muted, "dash": "dot", "width": colours.thick(2)})
    figure.add_hline(y=0.5, line={"color": colours.muted, "dash": "dot", "width": colours.thick(1.5)})
    figure.update_xaxes(title=title, tickvals=change.amounts)
    figure.update_yaxes(tickformat=".0%", title="accuracy", range=[lowest, 1.01])
    return with_grid(figure, colours, 380)
