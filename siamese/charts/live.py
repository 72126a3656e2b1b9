"""The chart of a live training: epochs in, Plotly figure out. Its axes stand still while its lines grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from siamese.charts.layout import styled
from siamese.charts.palette import LIGHT, Palette
from siamese.live.protocol import EpochResult

_LINES = {"seen": ("solid", "circle"), "mixed": ("dash", "square"), "unseen": ("dot", "diamond")}
#: Dashes that take turns, so that equal levels show both colours, and guessing between them.
_LEVELS = {"seen": "9px,18px", "unseen": "0px,9px,9px,9px"}
_LOW = 0.4  # of the axis: a little below guessing


def training(
    results: Sequence[EpochResult],
    epochs: int,
    predicted: Mapping[str, float],
    colours: Palette = LIGHT,
) -> go.Figure:
    """Accuracy of the pair splits per epoch, with what the class predicted, over the loss.

    Args:
        epochs: how many there will be.
        predicted: split -> accuracy, drawn as a level from end to end.
    """
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.07)
    numbers = [result.epoch for result in results]
    for split, (dash, symbol) in _LINES.items():
        colour = colours.splits[split]
        figure.add_scatter(
            x=numbers,
            y=[getattr(result, split) for result in results],
            name=f"{split} pairs",
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": colours.thick(3)},
            marker={"symbol": symbol, "size": colours.thick(10), "color": colour},
            hovertemplate=f"{split} pairs %{{y:.1%}}<extra></extra>",
            row=1,
            col=1,
        )
    for split, share in predicted.items():
        figure.add_shape(
            type="line",
            x0=0.5,
            x1=epochs + 0.5,
            y0=share,
            y1=share,
            line={"color": colours.splits[split], "width": colours.thick(2), "dash": _LEVELS[split]},
            opacity=0.9,
            row=1,
            col=1,
        )
    # Beside the plot, where no line can run over them.
    for split, place in zip(predicted, _apart(list(predicted.values())), strict=True):
        figure.add_annotation(
            xref="x domain",
            x=1.01,
            y=place,
            text=f"you say<br>{split} {predicted[split]:.0%}",
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            align="left",
            font={"color": colours.splits[split], "size": colours.sized(13)},
            row=1,
            col=1,
        )
    figure.add_shape(
        type="line",
        x0=0.5,
        x1=epochs + 0.5,
        y0=0.5,
        y1=0.5,
        line={"color": colours.muted, "dash": "dot", "width": colours.thick(2)},
        row=1,
        col=1,
    )
    figure.add_annotation(
        x=0.5,
        y=0.5,
        text="guessing",
        showarrow=False,
        xanchor="left",
        yanchor="top",
        font={"color": colours.muted, "size": colours.sized(13)},
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=numbers,
        y=[result.loss for result in results],
        mode="lines+markers",
        name="loss",
        showlegend=False,
        line={"color": colours.text, "width": colours.thick(2)},
        marker={"symbol": "x", "size": colours.thick(6)},
        hovertemplate="loss %{y:.3f}<extra></extra>",
        row=2,
        col=1,
    )
    axis = {
        "gridcolor": colours.grid,
        "gridwidth": colours.thick(1),
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
    }
    figure.update_xaxes(range=[0.5, epochs + 0.5], tickangle=0, **axis)
    figure.update_xaxes(tickmode="linear", tick0=1, dtick=1 if epochs <= 12 else 2)
    figure.update_xaxes(title="epoch", row=2, col=1)
    figure.update_yaxes(**axis)
    figure.update_yaxes(title="accuracy", tickformat=".0%", range=[_LOW, 1.04], dtick=0.1, row=1, col=1)
    top = max([1.0, *(result.loss for result in results)])
    figure.update_yaxes(title="loss", range=[0, top * 1.1], nticks=4, row=2, col=1)
    return styled(
        figure,
        colours,
        font=15,
        autosize=True,
        margin={"l": 8, "r": colours.sized(92), "t": colours.sized(44), "b": 8},
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
        hovermode="x unified",
    )


def _apart(places: list[float], gap: float = 0.125) -> list[float]:
    """The places, those too near to each other moved down, so that their labels can be read."""
    moved = list(places)
    for index in sorted(range(len(places)), key=places.__getitem__, reverse=True):
        above = [moved[other] for other in range(len(places)) if places[other] >= places[index] and other < index]
        above += [moved[other] for other in range(len(places)) if places[other] > places[index] and other > index]
        if above:
            moved[index] = min(moved[index], min(above) - gap)
    # The lowest must not slip below the axis, where it would be cut off.
    lift = max(0.0, _LOW + gap / 2 - min(moved, default=1.0))
    return [place + lift for place in moved]
