"""The contrastive loss against distance, with a pair's place on it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import line_label, modebar, styled
from siamese.charts.palette import LIGHT, Palette


def contrastive_terms(distance: np.ndarray | float, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """(loss of a same pair, loss of a different pair) at `distance`, each of its shape.

    Contrastive loss of Hadsell, Chopra and LeCun 2006, without their factor 1/2, as in `encoder`.
    """
    distance = np.asarray(distance, float)
    return distance**2, np.maximum(margin - distance, 0) ** 2


def contrastive(
    margin: float, axis_maximum: float, pair: float | None, is_same: bool | None, colours: Palette = LIGHT
) -> go.Figure:
    """Both terms of the contrastive loss against distance 0..`axis_maximum`, the margin, and a pair's place on them.

    Args:
        pair: the distance of a pair to mark, or None.
        is_same: whether the pair shows one digit: its term is marked. None, when nobody knows, marks both.
    """
    distance = np.linspace(0, axis_maximum, 241)
    same, different = contrastive_terms(distance, margin)
    figure = go.Figure()
    for name, loss, colour, dash in (
        ("same pair: pull together", same, colours.same, "solid"),
        ("different pair: push apart", different, colours.different, "dash"),
    ):
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
        annotation=line_label(f"margin {margin:.2f}", margin, axis_maximum, colours),
    )
    if pair is not None:
        _mark_pair(figure, pair, margin, axis_maximum, is_same, colours)
    _set_axes(figure, axis_maximum, colours)
    return figure


def _mark_pair(
    figure: go.Figure, pair: float, margin: float, axis_maximum: float, is_same: bool | None, colours: Palette
) -> None:
    """Marks the pair on the term that is its own, or on both."""
    at = min(pair, axis_maximum)
    text_position = "top right" if at < 0.1 * axis_maximum else "top center" if at < 0.9 * axis_maximum else "top left"
    same, different = (float(term) for term in contrastive_terms(pair, margin))
    for answer, term, loss, colour, symbol in (
        (True, "same pair: pull together", same, colours.same, "circle"),
        (False, "different pair: push apart", different, colours.different, "diamond"),
    ):
        if is_same is not None and is_same != answer:
            continue
        figure.add_scatter(
            x=[at],
            y=[loss],
            name=f"this pair, if {'same' if answer else 'different'}" if is_same is None else "this pair",
            mode="markers+text",
            text=[f"{loss:.2f}"],
            textposition=text_position,
            textfont={"color": colour, "size": colours.sized(17)},
            marker={
                "color": colour,
                "size": colours.sized(16),
                "symbol": symbol,
                "line": {"color": colours.text, "width": colours.thick(2)},
            },
            hovertemplate=f"{term}: distance {pair:.3f}, loss {loss:.3f}<extra></extra>",
        )


def _set_axes(figure: go.Figure, axis_maximum: float, colours: Palette) -> None:
    styled(
        figure,
        colours,
        font=15,
        margin={"l": 8, "r": 8, "t": colours.sized(36), "b": colours.sized(118)},
        autosize=True,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        hovermode="closest",
        modebar=modebar(colours),
    )
    axis = {
        "gridcolor": colours.grid,
        "gridwidth": colours.thick(1),
        "zerolinecolor": colours.muted,
        "zerolinewidth": colours.thick(1),
        "automargin": True,
        "fixedrange": True,
    }
    top = max(axis_maximum, 2.0) ** 2
    ends = [-0.03 * axis_maximum, 1.03 * axis_maximum]
    figure.update_xaxes(title="distance of the pair", range=ends, tickangle=0, **axis)
    figure.update_yaxes(title="loss: what training makes small", range=[-0.04 * top, top * 1.02], **axis)
