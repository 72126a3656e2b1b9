"""Distance against one value of a view, with the threshold in it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import fixed_axis, styled
from siamese.charts.palette import LIGHT, Palette
from siamese.evaluation.view_curve import ViewCurve


def distance_by_view(
    curve: ViewCurve,
    threshold: float,
    at: float,
    distance: float | None,
    title: str,
    identity: float,
    colours: Palette = LIGHT,
) -> go.Figure:
    """The curve over the regions of both verdicts, with the present place on it.

    Args:
        at, distance: the present place, and the distance there; None where nothing is left of the digit.
        title: of the axis of the values, with their unit.
        identity: the value that changes nothing.
    """
    highest = float(np.nanmax(curve.distances, initial=0.0))
    top = 1.12 * max(highest, 1.25 * threshold, distance or 0.0)
    figure = go.Figure()
    for low, high, soft in ((0, threshold, colours.same_soft), (threshold, top, colours.different_soft)):
        line = {"color": soft, "width": colours.thick(1)}
        figure.add_hrect(y0=low, y1=high, fillcolor=soft, opacity=0.3, line=line, layer="below")
    figure.add_vline(x=identity, line={"color": colours.muted, "dash": "dot", "width": colours.thick(1.5)})
    figure.add_hline(y=threshold, line={"color": colours.text, "dash": "dash", "width": colours.thick(2)})
    figure.add_scatter(
        x=curve.values,
        y=curve.distances,
        mode="lines",
        line={"color": colours.text, "width": colours.thick(3)},
        hovertemplate="distance %{y:.3f}<extra></extra>",
    )
    if distance is not None:
        _mark(figure, at, distance, distance <= threshold, curve.values, colours)
    _name_regions(figure, threshold, top, colours)
    return _with_axes(figure, curve.values, top, title, colours)


def _mark(figure: go.Figure, at: float, distance: float, is_same: bool, values: np.ndarray, colours: Palette) -> None:
    """Marks the present place: a circle where the verdict is same, a diamond where it is different."""
    share = (at - values[0]) / (values[-1] - values[0])
    figure.add_scatter(
        x=[at],
        y=[distance],
        mode="markers+text",
        text=[f"{distance:.2f}"],
        textposition="top right" if share < 0.1 else "top left" if share > 0.9 else "top center",
        textfont={"color": colours.text, "size": colours.sized(16)},
        marker={
            "color": colours.same if is_same else colours.different,
            "symbol": "circle" if is_same else "diamond",
            "size": colours.sized(15),
            "line": {"color": colours.background, "width": colours.thick(2)},
        },
        hovertemplate=f"here: {at:g}, distance {distance:.3f}<extra></extra>",
    )


def _name_regions(figure: go.Figure, threshold: float, top: float, colours: Palette) -> None:
    """Writes into both regions what is said there, so that their colour is not all that tells them apart."""
    for text, place, anchor, colour in (
        ("= same digit", 0.0, "bottom", colours.same),
        ("≠ different digits", top, "top", colours.different),
    ):
        figure.add_annotation(
            xref="paper",
            x=0.01,
            y=place,
            text=text,
            showarrow=False,
            xanchor="left",
            yanchor=anchor,
            font={"color": colour, "size": colours.sized(14)},
        )


def _with_axes(figure: go.Figure, values: np.ndarray, top: float, title: str, colours: Palette) -> go.Figure:
    axis = fixed_axis(colours)
    width = float(values[-1] - values[0])
    ends = [float(values[0]) - 0.01 * width, float(values[-1]) + 0.01 * width]
    ticks = {"dtick": 60} if width == 360 else {}
    figure.update_xaxes(title=title, range=ends, tickangle=0, **ticks, **axis)
    # A little room below 0, or the first labels of both axes would lie over one another on a phone.
    figure.update_yaxes(title="distance", range=[-0.07 * top, top], nticks=6, **axis)
    return styled(
        figure,
        colours,
        font=14,
        margin={"l": 8, "r": 8, "t": colours.sized(8), "b": 8},
        height=colours.sized(340),
        showlegend=False,
        hovermode="closest",
    )
