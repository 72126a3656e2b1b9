"""Figures of *How it works*: numbers in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from siamese.charts.palette import LIGHT, Palette
from siamese.charts.rates import marked
from siamese.metrics.contrastive import contrastive_terms


def contrastive(
    margin: float, reach: float, pair: float | None, is_same: bool | None, colours: Palette = LIGHT
) -> go.Figure:
    """Both terms of the contrastive loss against distance 0..reach, the margin, and a pair's place on them.

    Args:
        pair: the distance of a pair to mark, or None.
        is_same: what the pair truly is: marks its own term; None, when nobody knows, marks both.
    """
    distance = np.linspace(0, reach, 241)
    same, different = contrastive_terms(distance, margin)
    figure = go.Figure()
    lines = (
        ("same pair: pull together", same, colours.same, "solid", "circle"),
        ("different pair: push apart", different, colours.different, "dash", "diamond"),
    )
    for name, loss, colour, dash, _ in lines:
        figure.add_scatter(
            x=distance,
            y=loss,
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": colours.thick(4)},
            hovertemplate="loss %{y:.3f}",
        )
    figure.add_vline(
        x=margin,
        line={"color": colours.muted, "dash": "dot", "width": colours.thick(2)},
        annotation=marked(f"margin {margin:.2f}", margin, reach, colours),
    )
    if pair is not None:
        at = min(pair, reach)
        for (name, _, colour, _, symbol), loss, truth in zip(
            lines, contrastive_terms(pair, margin), (True, False), strict=True
        ):
            if is_same is not None and is_same != truth:
                continue
            figure.add_scatter(
                x=[at],
                y=[float(loss)],
                name=f"this pair, if {'same' if truth else 'different'}" if is_same is None else "this pair",
                mode="markers+text",
                text=[f"{float(loss):.2f}"],
                textposition="top right" if at < 0.1 * reach else "top center" if at < 0.9 * reach else "top left",
                textfont={"color": colour, "size": colours.sized(17)},
                marker={
                    "color": colour,
                    "size": colours.sized(16),
                    "symbol": symbol,
                    "line": {"color": colours.text, "width": colours.thick(2)},
                },
                hovertemplate=f"{name}: distance {pair:.3f}, loss {float(loss):.3f}<extra></extra>",
            )
    top = max(reach, 2.0) ** 2
    figure.update_layout(
        autosize=True,
        margin={"l": 8, "r": 8, "t": colours.sized(36), "b": colours.sized(118)},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.text, "size": colours.sized(15)},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        hoverlabel={"bgcolor": colours.ground, "font": {"color": colours.text, "size": colours.sized(14)}},
        hovermode="closest",
        dragmode=False,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.text},
    )
    axis = {
        "gridcolor": colours.grid,
        "gridwidth": colours.thick(1),
        "zerolinecolor": colours.muted,
        "zerolinewidth": colours.thick(1),
        "automargin": True,
        "fixedrange": True,
    }
    figure.update_xaxes(title="distance of the pair", range=[-0.03 * reach, 1.03 * reach], tickangle=0, **axis)
    figure.update_yaxes(title="loss: what training makes small", range=[-0.04 * top, top * 1.02], **axis)
    return figure


def shapes(left: np.ndarray, right: np.ndarray, colours: Palette = LIGHT) -> go.Figure:
    """The numbers (d,) of two shapes and their difference, each number a cell, the largest in the strongest colour."""
    rows = np.stack([left - right, right, left])
    reach = float(np.abs(rows).max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=rows,
            y=["difference", "right", "left"],
            colorscale=[[0, colours.different], [0.5, colours.ground], [1, colours.same]],
            zmin=-reach,
            zmax=reach,
            showscale=False,
            ygap=colours.sized(10),
            hovertemplate="%{y}, number %{x}: %{z:.3f}<extra></extra>",
        )
    )
    _still(figure, colours, 250)
    figure.update_xaxes(visible=False, autorange="reversed")  # what tells most comes first
    figure.update_layout(margin={"t": colours.sized(8)})
    figure.update_yaxes(showgrid=False, ticks="")
    return figure


def shares(left: np.ndarray, right: np.ndarray, digits: Sequence[int], colours: Palette = LIGHT) -> go.Figure:
    """How two images answer *is it a 2, a 3, … or none of these*: shares (digits + 1,) as bars side by side."""
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
                    "fgcolor": colours.ground,
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
    _still(figure, colours, 330)
    figure.update_layout(barmode="group", legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    figure.update_xaxes(type="category", title="is it a …?", fixedrange=True)
    figure.update_yaxes(range=[0, 1.12], tickformat=".0%", gridcolor=colours.grid, fixedrange=True)
    return figure


def _still(figure: go.Figure, colours: Palette, height: int) -> None:
    figure.update_layout(
        height=colours.sized(height),
        margin={"l": 8, "r": 8, "t": colours.sized(40), "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.text, "size": colours.sized(15)},
        hoverlabel={"bgcolor": colours.ground, "font": {"color": colours.text, "size": colours.sized(14)}},
        dragmode=False,
    )
    figure.update_xaxes(automargin=True, tickangle=0)
    figure.update_yaxes(automargin=True)
