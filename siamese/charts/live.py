"""The chart of a live training: results of epochs in, a Plotly figure out. Axes stand still while lines grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from siamese.charts.layout import fixed_axis, styled
from siamese.charts.palette import LIGHT, Palette
from siamese.live.protocol import EpochResult

_LINES = {"seen": ("solid", "circle"), "mixed": ("dash", "square"), "unseen": ("dot", "diamond")}
#: Dashes that alternate, so that equal levels show both colours, and guessing between them.
_LEVELS = {"seen": "9px,18px", "unseen": "0px,9px,9px,9px"}
_LOWEST = 0.4  # accuracy on the axis: a little below guessing


def training(
    results: Sequence[EpochResult],
    epochs: int,
    predicted: Mapping[str, float],
    colours: Palette = LIGHT,
) -> go.Figure:
    """Accuracy of the pair splits per epoch, with the predictions of a class, above the loss per epoch.

    Args:
        epochs: how many there will be.
        predicted: split -> accuracy, drawn as a level from end to end.
    """
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.07)
    for split in _LINES:
        _add_accuracy(figure, split, results, colours)
    for split, accuracy in predicted.items():
        line = {"color": colours.splits[split], "width": colours.thick(2), "dash": _LEVELS[split]}
        _add_level(figure, accuracy, epochs, line, opacity=0.9)
    for split, place in zip(predicted, _spread(list(predicted.values())), strict=True):
        _add_prediction_label(figure, f"you say<br>{split} {predicted[split]:.0%}", place, split, colours)
    _add_guessing(figure, epochs, colours)
    _add_loss(figure, results, colours)
    _lay_out_axes(figure, epochs, max([1.0, *(result.loss for result in results)]), colours)
    return styled(
        figure,
        colours,
        font=15,
        autosize=True,
        margin={"l": 8, "r": colours.sized(92), "t": colours.sized(44), "b": 8},
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
        hovermode="x unified",
    )


def _add_accuracy(figure: go.Figure, split: str, results: Sequence[EpochResult], colours: Palette) -> None:
    """Draws the accuracy of a pair split, a marker an epoch."""
    dash, symbol = _LINES[split]
    colour = colours.splits[split]
    figure.add_scatter(
        x=[result.epoch for result in results],
        y=[getattr(result, split) for result in results],
        name=f"{split} pairs",
        mode="lines+markers",
        line={"color": colour, "dash": dash, "width": colours.thick(3)},
        marker={"symbol": symbol, "size": colours.thick(10), "color": colour},
        hovertemplate=f"{split} pairs %{{y:.1%}}<extra></extra>",
        row=1,
        col=1,
    )


def _add_level(
    figure: go.Figure, accuracy: float, epochs: int, line: dict[str, Any], opacity: float | None = None
) -> None:
    """Draws a horizontal line at an accuracy, over all epochs."""
    figure.add_shape(
        type="line", x0=0.5, x1=epochs + 0.5, y0=accuracy, y1=accuracy, line=line, opacity=opacity, row=1, col=1
    )


def _add_prediction_label(figure: go.Figure, text: str, place: float, split: str, colours: Palette) -> None:
    """Writes a prediction beside the plot, where no line can run over it."""
    figure.add_annotation(
        xref="x domain",
        x=1.01,
        y=place,
        text=text,
        showarrow=False,
        xanchor="left",
        yanchor="middle",
        align="left",
        font={"color": colours.splits[split], "size": colours.sized(13)},
        row=1,
        col=1,
    )


def _add_guessing(figure: go.Figure, epochs: int, colours: Palette) -> None:
    """Draws the accuracy of guessing."""
    _add_level(figure, 0.5, epochs, {"color": colours.muted, "dash": "dot", "width": colours.thick(2)})
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


def _add_loss(figure: go.Figure, results: Sequence[EpochResult], colours: Palette) -> None:
    """Draws the loss of each epoch below the accuracies."""
    figure.add_scatter(
        x=[result.epoch for result in results],
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


def _lay_out_axes(figure: go.Figure, epochs: int, highest_loss: float, colours: Palette) -> None:
    """Fixes the axes: those of epochs and accuracies do not depend on the results."""
    axis = fixed_axis(colours)
    figure.update_xaxes(range=[0.5, epochs + 0.5], tickangle=0, **axis)
    figure.update_xaxes(tickmode="linear", tick0=1, dtick=1 if epochs <= 12 else 2)
    figure.update_xaxes(title="epoch", row=2, col=1)
    figure.update_yaxes(**axis)
    figure.update_yaxes(title="accuracy", tickformat=".0%", range=[_LOWEST, 1.04], dtick=0.1, row=1, col=1)
    figure.update_yaxes(title="loss", range=[0, highest_loss * 1.1], nticks=4, row=2, col=1)


def _spread(places: list[float], gap: float = 0.125) -> list[float]:
    """The places of labels, at least `gap` from each other: those too near to another are moved down."""
    moved = list(places)
    for index in sorted(range(len(places)), key=places.__getitem__, reverse=True):
        above = [moved[other] for other in range(len(places)) if places[other] >= places[index] and other < index]
        above += [moved[other] for other in range(len(places)) if places[other] > places[index] and other > index]
        if above:
            moved[index] = min(moved[index], min(above) - gap)
    # The lowest must not slip below the axis, where it would be cut off.
    lift = max(0.0, _LOWEST + gap / 2 - min(moved, default=1.0))
    return [place + lift for place in moved]
