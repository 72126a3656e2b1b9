"""What all charts share: background, type, axes, and the label of a vertical line."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from siamese.charts.palette import Palette

CLEAR = "rgba(0,0,0,0)"
SPLIT_DASHES = {"seen": "solid", "mixed": "dash", "unseen": "dot", "own": "dashdot"}


def styled(figure: go.Figure, colours: Palette, *, font: float, margin: dict[str, float], **layout: Any) -> go.Figure:
    """The figure in the palette's type on a clear background, which a finger scrolls past.

    Args:
        font: size of the type in pixels, before the palette's scale.
        margin: pixels around the plot.
        layout: further settings of Plotly's layout.
    """
    return figure.update_layout(
        {
            "margin": margin,
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"color": colours.text, "size": colours.sized(font)},
            "hoverlabel": {"bgcolor": colours.background, "font": {"color": colours.text, "size": colours.sized(14)}},
            "dragmode": False,
            **layout,
        }
    )


def with_grid(figure: go.Figure, colours: Palette, height: int) -> go.Figure:
    """The figure with a legend above its plot and a grid on both axes; `height` in pixels, before the scale."""
    styled(
        figure,
        colours,
        font=14,
        margin={"l": 8, "r": 8, "t": colours.sized(36), "b": 8},
        height=colours.sized(height),
        legend=legend_above(),  # below the plot, on a phone, it would lie on the title of the axis
        hovermode="x unified",
    )
    axis = {
        "gridcolor": colours.grid,
        "zerolinecolor": colours.grid,
        "zerolinewidth": colours.thick(1),
        "gridwidth": colours.thick(1),
        "linecolor": colours.muted,
        "automargin": True,
    }
    figure.update_xaxes(tickangle=0, **axis)  # on its side a label can't be read; a narrow chart shows fewer of them
    figure.update_yaxes(**axis)
    return figure


def fixed_axis(colours: Palette) -> dict[str, Any]:
    """An axis with a grid, whose range stays as it is."""
    return {
        "gridcolor": colours.grid,
        "gridwidth": colours.thick(1),
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
    }


def legend_above() -> dict[str, Any]:
    """A legend in one row above the plot."""
    return {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def modebar(colours: Palette) -> dict[str, str]:
    """The colours of Plotly's own buttons."""
    return {"bgcolor": CLEAR, "color": colours.muted, "activecolor": colours.text}


def line_label(text: str, at: float, axis_maximum: float, colours: Palette) -> dict[str, Any]:
    """The label above a vertical line at `at` on an axis of 0..`axis_maximum`, which stays within a narrow chart."""
    anchor = "left" if at < 0.35 * axis_maximum else "right" if at > 0.65 * axis_maximum else "center"
    return {
        "text": text,
        "font": {"color": colours.text, "size": colours.sized(14)},
        "xanchor": anchor,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
    }
