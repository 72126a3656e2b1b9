"""The reliability diagram: predicted probability against what was so."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import SPLIT_DASHES, with_grid
from siamese.charts.palette import LIGHT, Palette


def reliability(tables: Mapping[str, np.ndarray], colours: Palette = LIGHT) -> go.Figure:
    """Predicted probability of *same* against how often it was so, a line a split; the diagonal is honesty.

    Args:
        tables: split -> (m, 3): predicted, observed, weight.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours.muted, "dash": "dot", "width": colours.thick(2)},
        name="honest",
        hoverinfo="skip",
    )
    for split, table in tables.items():
        predicted, observed, weight = np.asarray(table).T
        figure.add_scatter(
            x=predicted,
            y=observed,
            customdata=weight,
            name=split,
            mode="lines+markers",
            line={"color": colours.splits[split], "dash": SPLIT_DASHES[split], "width": colours.thick(2.5)},
            marker={"size": (colours.thick(1) * (6 + 18 * np.sqrt(weight))).tolist()},
            hovertemplate="said %{x:.1%}, true %{y:.1%} (%{customdata:.1%} of pairs)",
        )
    figure.update_xaxes(title="probability of “same”", tickformat=".0%", range=[-0.03, 1.03])
    figure.update_yaxes(title="how often they were", tickformat=".0%", range=[-0.03, 1.03])
    return with_grid(figure, colours, 400).update_layout(hovermode="closest")
