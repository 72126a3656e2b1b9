"""The two parts of an embedding, side by side for two images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import legend_above, styled
from siamese.charts.palette import LIGHT, Palette


def shapes(left: np.ndarray, right: np.ndarray, colours: Palette = LIGHT) -> go.Figure:
    """The numbers (d,) of two shapes and their difference, each number a cell, the largest in the strongest colour."""
    rows = np.stack([left - right, right, left])
    largest = float(np.abs(rows).max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=rows,
            y=["difference", "right", "left"],
            colorscale=[[0, colours.different], [0.5, colours.background], [1, colours.same]],
            zmin=-largest,
            zmax=largest,
            showscale=False,
            ygap=colours.sized(10),
            hovertemplate="%{y}, number %{x}: %{z:.3f}<extra></extra>",
        )
    )
    _without_grid(figure, colours, 250)
    figure.update_xaxes(visible=False, autorange="reversed")  # what tells most comes first
    figure.update_layout(margin={"t": colours.sized(8)})
    figure.update_yaxes(showgrid=False, ticks="")
    return figure


def class_probabilities(
    left: np.ndarray, right: np.ndarray, digits: Sequence[int], colours: Palette = LIGHT
) -> go.Figure:
    """How two images answer *is it a 2, a 3, … or none of these*: class probabilities (digits + 1,) as bars."""
    names = [*map(str, digits), "none"]
    figure = go.Figure()
    for name, values, colour, pattern in (
        ("left", left, colours.same, ""),
        ("right", right, colours.different, "/"),
    ):
        figure.add_bar(
            x=names,
            y=values,
            name=name,
            marker={
                "color": colour,
                "pattern": {
                    "shape": pattern,
                    "fgcolor": colours.background,
                    "fillmode": "overlay",
                    "size": colours.thick(8),
                },
            },
            text=[f"{value:.0%}" if value >= 0.005 else "" for value in values],
            textposition="outside",
            textfont={"size": colours.sized(13)},
            cliponaxis=False,
            hovertemplate=f"{name}: %{{y:.1%}} for %{{x}}<extra></extra>",
        )
    _without_grid(figure, colours, 330)
    figure.update_layout(barmode="group", legend=legend_above())
    figure.update_xaxes(type="category", title="is it a …?", fixedrange=True)
    figure.update_yaxes(range=[0, 1.12], tickformat=".0%", gridcolor=colours.grid, fixedrange=True)
    return figure


def _without_grid(figure: go.Figure, colours: Palette, height: int) -> None:
    styled(
        figure,
        colours,
        font=15,
        margin={"l": 8, "r": 8, "t": colours.sized(40), "b": 8},
        height=colours.sized(height),
    )
    figure.update_xaxes(automargin=True, tickangle=0)
    figure.update_yaxes(automargin=True)
