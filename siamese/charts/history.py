"""Charts of a training: accuracy per epoch, and what each idea adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from siamese.charts.layout import SPLIT_DASHES, with_grid
from siamese.charts.palette import LIGHT, Palette

EPOCH_LINES = {  # history key -> (name, dash, marker)
    "train": ("train", "dash", "x"),
    "validation": ("validation", "dash", "cross"),
    "seen": ("seen pairs", "solid", "circle"),
    "mixed": ("mixed pairs", "solid", "square"),
    "unseen": ("unseen pairs", "solid", "diamond"),
}


def epochs(
    histories: Mapping[str, Sequence[Mapping[str, float]]], colours: Palette = LIGHT, lowest: float | None = None
) -> go.Figure:
    """Accuracy per epoch, one panel a model: train, validation and the three pair splits.

    Args:
        lowest: where the axis of accuracy begins, so that several figures can have the same one.
    """
    titles = list(histories)
    figure = make_subplots(1, len(titles), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    for column, entries in enumerate(histories.values(), 1):
        for key, (name, dash, marker) in EPOCH_LINES.items():
            colour = colours.splits.get(key, colours.muted if key == "validation" else colours.text)
            figure.add_scatter(
                x=[entry["epoch"] for entry in entries],
                y=[entry[key] for entry in entries],
                name=name,
                legendgroup=name,
                showlegend=column == 1,
                mode="lines+markers" if len(entries) < 60 else "lines",
                line={"color": colour, "dash": dash, "width": colours.thick(2)},
                marker={"symbol": marker, "size": colours.thick(6)},
                hovertemplate=f"{name} %{{y:.2%}}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_annotations(font_size=colours.sized(16))
    figure.update_yaxes(tickformat=".0%", range=None if lowest is None else [lowest - 0.02, 1.02])
    figure.update_xaxes(title="epoch")
    # Wherever the pointer is, the nearest epoch answers: there may be few.
    return with_grid(figure, colours, 420).update_layout(legend_y=1.12, hoverdistance=-1)


def ladder(rungs: Sequence[Mapping[str, Any]], colours: Palette = LIGHT) -> go.Figure:
    """Accuracy of each pair split, rung by rung, with intervals.

    Args:
        rungs: each with its "idea" and, in "splits", "accuracy" and "interval_95" of each split.
    """
    figure = go.Figure()
    ideas = [rung["idea"] for rung in rungs]
    for name in rungs[0]["splits"]:
        label, _, marker = EPOCH_LINES[name]
        found = [rung["splits"][name] for rung in rungs]
        values = np.array([values["accuracy"] for values in found])
        bounds = np.array([values["interval_95"] for values in found])
        figure.add_scatter(
            x=ideas,
            y=values,
            name=label,
            mode="lines+markers",
            line={"color": colours.splits[name], "dash": SPLIT_DASHES[name], "width": colours.thick(3)},
            marker={"symbol": marker, "size": colours.sized(10)},
            error_y={
                "array": bounds[:, 1] - values,
                "arrayminus": values - bounds[:, 0],
                "thickness": colours.thick(2),
                "width": colours.sized(5),
            },
            hovertemplate=f"{label}: %{{y:.2%}}<extra></extra>",
        )
    with_grid(figure, colours, 380)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=".0%", title="accuracy")
    return figure
