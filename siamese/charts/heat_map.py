"""The heat map of all pairs of digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from siamese.charts.layout import with_grid
from siamese.charts.palette import LIGHT, Palette


def digit_by_digit(
    called_same: np.ndarray,
    unseen: Sequence[int],
    colours: Palette = LIGHT,
    chosen: tuple[int, int] | None = None,
) -> go.Figure:
    """Heat map (10, 10) of how often a pair of digits is called same; unseen digits are starred.

    Being called same is right on the diagonal and wrong elsewhere: each has its own colours, so `z` is negative on
    the diagonal. A cell's `customdata` is its number, row by row; the `chosen` pair of digits (row, column) is framed.
    """
    names = [f"{digit}*" if digit in unseen else str(digit) for digit in range(10)]
    figure = go.Figure(
        go.Heatmap(
            z=np.where(np.eye(10, dtype=bool), -called_same, called_same),
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            colorscale=_colour_scale(colours),
            text=[[_short(value) for value in row] for row in called_same],
            texttemplate="%{text}",
            customdata=np.arange(100, dtype=np.int16).reshape(10, 10, 1),
            hovertext=[
                [f"{names[y]} and {names[x]}: called same {called_same[y, x]:.2%}" for x in range(10)]
                for y in range(10)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            showscale=False,  # the numbers are in the cells, and on a phone every cell needs its room for a finger
            xgap=1,
            ygap=1,
        )
    )
    if chosen is not None:
        _frame_cells(figure, *chosen, colours)
    axes = {
        "type": "category",
        "fixedrange": True,
        "constrain": "domain",
        "showgrid": False,
        "ticks": "",
        "showline": False,
    }
    figure.update_xaxes(side="top", **axes)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", **axes)
    return with_grid(figure, colours, 520).update_layout(hovermode="closest", margin={"t": colours.sized(48)})


def _colour_scale(colours: Palette) -> list[list[float | str]]:
    return [
        [0, colours.heat_right],
        [0.5, colours.background],
        [0.55, colours.heat_low],
        [0.85, colours.heat_wrong],
        [1, colours.heat_wrong],
    ]


def _frame_cells(figure: go.Figure, row: int, column: int, colours: Palette) -> None:
    """Frames a pair of digits, which has two cells unless it is of one digit."""
    for y, x in sorted({(row, column), (column, row)}):
        figure.add_shape(
            type="rect",
            x0=x - 0.5,
            x1=x + 0.5,
            y0=y - 0.5,
            y1=y + 0.5,
            line={"color": colours.text, "width": colours.thick(4)},
        )


def _short(share: float) -> str:
    if not np.isfinite(share):
        return ""
    return f"{100 * share:.0f}" if share >= 0.095 else f"{100 * share:.1f}"
