"""Arrays in, Plotly figures out. Every line differs by dash or marker as well as by colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from siamese.charts.palette import LIGHT, Palette
from siamese.metrics.rates import PairCurves

_DASHES = {"seen": "solid", "mixed": "dash", "unseen": "dot", "own": "dashdot"}
_MODEL_DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")
EPOCH_LINES = {  # history key -> (name, dash, marker)
    "train": ("train", "dash", "x"),
    "validation": ("validation", "dash", "cross"),
    "seen": ("seen pairs", "solid", "circle"),
    "mixed": ("mixed pairs", "solid", "square"),
    "unseen": ("unseen pairs", "solid", "diamond"),
}


def _layout(figure: go.Figure, colours: Palette, height: int) -> go.Figure:
    figure.update_layout(
        height=colours.sized(height),
        margin={"l": 8, "r": 8, "t": colours.sized(36), "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.text, "size": colours.sized(14)},
        # Above the plot: below it, on a phone, it would lie on the title of the axis.
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hoverlabel={"bgcolor": colours.ground, "font": {"color": colours.text, "size": colours.sized(14)}},
        hovermode="x unified",
        dragmode=False,
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


def marked(text: str, at: float, reach: float, colours: Palette) -> dict:
    """The label above a vertical line at `at` on an axis of 0..`reach`: within the chart, however narrow that is."""
    anchor = "left" if at < 0.35 * reach else "right" if at > 0.65 * reach else "center"
    return {
        "text": text,
        "font": {"color": colours.text, "size": colours.sized(14)},
        "xanchor": anchor,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
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
    return _layout(figure, colours, 420).update_layout(legend_y=1.12, hoverdistance=-1)


def accuracy_by_threshold(
    curves: Mapping[str, PairCurves], threshold: float, colours: Palette = LIGHT, names: Mapping[str, str] | None = None
) -> go.Figure:
    """Accuracy against threshold, a line a split, with the current threshold marked."""
    figure = go.Figure()
    for split, values in curves.items():
        figure.add_scatter(
            x=values.thresholds[::5],
            y=values.accuracy[::5],
            name=(names or {}).get(split, split),
            line={"color": colours.splits[split], "dash": _DASHES[split], "width": colours.thick(2.5)},
            hovertemplate="%{y:.2%}",
        )
    reach = _reach(curves)
    figure.add_vline(
        x=threshold,
        line={"color": colours.text, "dash": "dash", "width": colours.thick(2)},
        annotation=marked(f"threshold {threshold:.3f}", threshold, reach, colours),
    )
    figure.update_xaxes(title="threshold (distance)", range=[0, reach])
    figure.update_yaxes(tickformat=".0%", title="accuracy", range=[0.48, 1.005])
    return _layout(figure, colours, 400).update_layout(legend_y=1.12)


def _reach(curves: Mapping[str, PairCurves]) -> float:
    """The distance within which 99.5% of every split's pairs lie."""
    reach = 0.0
    for values in curves.values():
        beyond = values.thresholds[values.false_accept_rate >= 0.995]
        reach = max(reach, float(beyond[0] if len(beyond) else values.thresholds[-1]))
    return reach


def roc(
    models: Mapping[str, tuple[Mapping[str, PairCurves], int]],
    colours: Palette = LIGHT,
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """ROC of each split and model with the operating point, on square-root axes that open the corner.

    A split has its colour, a model its dash; when these are used up they come again, in thicker lines.

    Args:
        models: name -> (curves by split, grid index of the threshold in use).
    """
    figure = go.Figure()
    for nth, (title, (curves, at)) in enumerate(models.items()):
        again, dash = divmod(nth, len(_MODEL_DASHES))
        suffix = f", {title}" if len(models) > 1 else ""
        for split, values in curves.items():
            false_accepts, misses = values.false_accept_rate, 1 - values.true_accept_rate
            kept = np.unique(np.r_[_thinned(false_accepts, misses), at])
            figure.add_scatter(
                x=np.sqrt(false_accepts[kept]),
                y=-np.sqrt(misses[kept]),
                customdata=np.stack([false_accepts[kept], 1 - misses[kept], values.thresholds[kept]], 1),
                name=(names or {}).get(split, split) + suffix,
                mode="lines",
                line={
                    "color": colours.splits[split],
                    "dash": _MODEL_DASHES[dash],
                    "width": colours.thick(2.5 + 2 * again),
                },
                hovertemplate="false accepts %{customdata[0]:.2%}, true accepts %{customdata[1]:.2%}, "
                "threshold %{customdata[2]:.3f}",
            )
            figure.add_scatter(
                x=[np.sqrt(false_accepts[at])],
                y=[-np.sqrt(misses[at])],
                mode="markers",
                marker={
                    "color": colours.splits[split],
                    "size": colours.thick(12),
                    "line": {"color": colours.text, "width": colours.thick(1.5)},
                },
                showlegend=False,
                hovertemplate=f"operating point: false accepts {false_accepts[at]:.2%}, "
                f"true accepts {1 - misses[at]:.2%}<extra></extra>",
            )
    ticks = np.array([0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 1])
    figure.update_xaxes(
        title="different pairs called same",
        tickvals=np.sqrt(ticks),
        ticktext=[f"{tick:.0%}" for tick in ticks],
        range=[-0.02, 1.02],
    )
    figure.update_yaxes(
        title="same pairs called same",
        tickvals=-np.sqrt(ticks),
        ticktext=[f"{1 - tick:.0%}" for tick in ticks],
        range=[-1.02, 0.02],
    )
    return _layout(figure, colours, 560).update_layout(hovermode="closest")


def _thinned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Indices of a curve's points that differ visibly from the one before."""
    cell = np.round(np.sqrt(np.clip(x, 0, 1)) * 250) * 1000 + np.round(np.sqrt(np.clip(y, 0, 1)) * 250)
    return np.unique(np.r_[0, np.flatnonzero(np.diff(cell)) + 1, len(x) - 1])


def distances(
    densities: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    threshold: float,
    colours: Palette = LIGHT,
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """Histograms of distances of same and different pairs, one panel a split, the threshold marked.

    Args:
        densities: split -> (edges (m + 1,), same (m,), different (m,)), shares per bin.
    """
    titles = [(names or {}).get(split, split) for split in densities]
    figure = make_subplots(len(densities), 1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.09)
    reach = 0.0
    for row, (edges, same, different) in enumerate(densities.values(), 1):
        reach = max(reach, float(edges[1:][np.searchsorted(np.cumsum(different), 0.995).clip(max=len(same) - 1)]))
        middles = (edges[1:] + edges[:-1]) / 2
        for shares, name, line, fill, pattern in (
            (different, "different pairs", colours.different, colours.different_soft, "/"),
            (same, "same pairs", colours.same, colours.same_soft, ""),
        ):
            figure.add_bar(
                x=middles,
                y=shares,
                width=np.diff(edges),
                name=name,
                legendgroup=name,
                showlegend=row == 1,
                marker={
                    "color": fill,
                    "line": {"color": line, "width": colours.thick(0.6)},
                    "pattern": {"shape": pattern, "size": colours.thick(5)},
                },
                opacity=0.75,
                hovertemplate=f"{name} %{{y:.2%}}<extra></extra>",
                row=row,
                col=1,
            )
    figure.update_annotations(font_size=colours.sized(16))
    figure.add_vline(x=threshold, line={"color": colours.text, "dash": "dash", "width": colours.thick(2)})
    figure.update_xaxes(range=[0, max(reach, threshold * 1.1)])
    figure.update_xaxes(title="distance", row=len(densities), col=1)
    figure.update_yaxes(tickformat=".0%", nticks=4)
    figure.update_layout(barmode="overlay", bargap=0)
    return _layout(figure, colours, 150 * len(densities) + 90).update_layout(legend_y=1.08)


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
            colorscale=[
                [0, colours.heat_right],
                [0.5, colours.ground],
                [0.55, colours.heat_low],
                [0.85, colours.heat_wrong],
                [1, colours.heat_wrong],
            ],
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
        row, column = chosen
        places = {(row, column), (column, row)}  # one pair of digits, two cells
        for y, x in sorted(places):
            figure.add_shape(
                type="rect",
                x0=x - 0.5,
                x1=x + 0.5,
                y0=y - 0.5,
                y1=y + 0.5,
                line={"color": colours.text, "width": colours.thick(4)},
            )
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
    return _layout(figure, colours, 520).update_layout(hovermode="closest", margin={"t": colours.sized(48)})


def _short(share: float) -> str:
    if not np.isfinite(share):
        return ""
    return f"{100 * share:.0f}" if share >= 0.095 else f"{100 * share:.1f}"


def reliability(tables: Mapping[str, np.ndarray], colours: Palette = LIGHT) -> go.Figure:
    """Predicted probability of *same* against how often it was so, a line a split; the diagonal is honesty.

    Args:
        tables: split -> (m, 3): predicted, observed, weight.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours.muted, "dash": "dot", "width": colours.thick(2)},
        name="honest",
        hoverinfo="skip",
    )
    for split, table in tables.items():
        predicted, observed, weight = np.asarray(table).T
        figure.add_scatter(
            x=predicted,
            y=observed,
            customdata=weight,
            name=split,
            mode="lines+markers",
            line={"color": colours.splits[split], "dash": _DASHES[split], "width": colours.thick(2.5)},
            marker={"size": (colours.thick(1) * (6 + 18 * np.sqrt(weight))).tolist()},
            hovertemplate="said %{x:.1%}, true %{y:.1%} (%{customdata:.1%} of pairs)",
        )
    figure.update_xaxes(title="probability of “same”", tickformat=".0%", range=[-0.03, 1.03])
    figure.update_yaxes(title="how often they were", tickformat=".0%", range=[-0.03, 1.03])
    return _layout(figure, colours, 400).update_layout(hovermode="closest")


def one_shot(
    results: Mapping[str, Mapping[str, tuple[float, float, float]]],
    references: Mapping[str, float],
    colours: Palette = LIGHT,
) -> go.Figure:
    """Bars of one-shot accuracy: group -> model -> (accuracy, low, high); published references as bars below."""
    figure = go.Figure()

    def bars(name: str, colour: str, pattern: str, labels: list[str], accuracy, error: dict | None = None) -> None:
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
        bars(group, colour, pattern, list(values), accuracy, error)
    sources = [source.replace(", ", ",<br>").replace(" trained ", "<br>trained ") for source in references]
    bars("published", colours.muted, "x", sources, list(references.values()))
    # A category's bars share its row: the place of a group that it lacks stays empty.
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], tickvals=np.arange(0, 1.01, 0.2), title="accuracy")
    figure.update_yaxes(autorange="reversed")
    return _layout(figure, colours, 480).update_layout(
        hovermode="closest", barmode="group", bargap=0.25, margin_r=colours.sized(60)
    )


def ladder(rungs: Sequence[Mapping], colours: Palette = LIGHT) -> go.Figure:
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
            line={"color": colours.splits[name], "dash": _DASHES[name], "width": colours.thick(3)},
            marker={"symbol": marker, "size": colours.sized(10)},
            error_y={
                "array": bounds[:, 1] - values,
                "arrayminus": values - bounds[:, 0],
                "thickness": colours.thick(2),
                "width": colours.sized(5),
            },
            hovertemplate=f"{label}: %{{y:.2%}}<extra></extra>",
        )
    _layout(figure, colours, 380)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=".0%", title="accuracy")
    return figure
