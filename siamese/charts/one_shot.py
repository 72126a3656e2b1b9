"""Bars of one-shot accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import with_grid
from siamese.charts.palette import LIGHT, Palette


def one_shot(
    results: Mapping[str, Mapping[str, tuple[float, float, float]]],
    references: Mapping[str, float],
    colours: Palette = LIGHT,
) -> go.Figure:
    """Bars of one-shot accuracy: group -> model -> (accuracy, low, high); published references as bars below."""
    figure = go.Figure()

    looks = cycle(((colours.same, ""), (colours.different, "/"), (colours.text, "."), (colours.muted, "\\")))
    for (colour, pattern), (group, values) in zip(looks, results.items()):
        accuracy, low, high = np.array(list(values.values())).T
        error = {
            "array": high - accuracy,
            "arrayminus": accuracy - low,
            "color": colours.text,
            "thickness": colours.thick(2),
            "width": colours.thick(4),
        }
        _add_bars(figure, colours, group, colour, pattern, list(values), accuracy, error)
    sources = [source.replace(", ", ",<br>").replace(" trained ", "<br>trained ") for source in references]
    _add_bars(figure, colours, "published", colours.muted, "x", sources, list(references.values()))
    # A category's bars share its row: the place of a group that it lacks stays empty.
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], tickvals=np.arange(0, 1.01, 0.2), title="accuracy")
    figure.update_yaxes(autorange="reversed")
    return with_grid(figure, colours, 480).update_layout(
        hovermode="closest", barmode="group", bargap=0.25, margin_r=colours.sized(60)
    )


def _add_bars(
    figure: go.Figure,
    colours: Palette,
    name: str,
    colour: str,
    pattern: str,
    labels: list[str],
    accuracy: Sequence[float] | np.ndarray,
    error: dict[str, Any] | None = None,
) -> None:
    figure.add_bar(
        orientation="h",
        y=labels,
        x=accuracy,
        name=name,
        marker={"color": colour, "pattern": {"shape": pattern, "size": colours.thick(8)}},
        error_x=error,
        text=[f"  {value:.1%}" for value in accuracy],  # set off from the end of the interval
        textposition="outside",
        cliponaxis=False,  # on a phone the text needs the margin
        textfont={"color": colours.text, "size": colours.sized(14)},
        hovertemplate="%{y}: %{x:.2%}<extra>%{fullData.name}</extra>",
    )
