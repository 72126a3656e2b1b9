"""Accuracy against threshold, and the distances of same and different pairs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from siamese.charts.layout import SPLIT_DASHES, line_label, with_grid
from siamese.charts.palette import LIGHT, Palette
from siamese.metrics.rates import PairCurves


def accuracy_by_threshold(
    curves: Mapping[str, PairCurves], threshold: float, colours: Palette = LIGHT, names: Mapping[str, str] | None = None
) -> go.Figure:
    """Accuracy against threshold, a line a split, with the current threshold marked.

    Its background is clear, so on a page of another brightness than the palette's it needs one.

    Args:
        curves: split (seen, mixed, unseen or own) -> its rates.
        threshold: a distance.
        colours: `siamese.charts.palette.LIGHT` or `DARK`.
        names: split -> its name in the legend.

    Example:
        >>> import numpy as np
        >>> from siamese.charts.accuracy import accuracy_by_threshold
        >>> from siamese.metrics import rates
        >>> from siamese.metrics.histograms import pair_histograms
        >>> line, digits = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([2, 2, 3, 3])
        >>> curves = rates.pair_curves(pair_histograms(line, digits, upper=10.0), (2, 3))
        >>> figure = accuracy_by_threshold({"seen": curves}, threshold=2.5)
        >>> [trace.name for trace in figure.data]
        ['seen']
    """
    figure = go.Figure()
    for split, values in curves.items():
        figure.add_scatter(
            x=values.thresholds[::5],
            y=values.accuracy[::5],
            name=(names or {}).get(split, split),
            line={"color": colours.splits[split], "dash": SPLIT_DASHES[split], "width": colours.thick(2.5)},
            hovertemplate="%{y:.2%}",
        )
    axis_maximum = _axis_maximum(curves)
    figure.add_vline(
        x=threshold,
        line={"color": colours.text, "dash": "dash", "width": colours.thick(2)},
        annotation=line_label(f"threshold {threshold:.3f}", threshold, axis_maximum, colours),
    )
    figure.update_xaxes(title="threshold (distance)", range=[0, axis_maximum])
    figure.update_yaxes(tickformat=".0%", title="accuracy", range=[0.48, 1.005])
    return with_grid(figure, colours, 400).update_layout(legend_y=1.12)


def _axis_maximum(curves: Mapping[str, PairCurves]) -> float:
    """The distance within which 99.5% of every split's pairs lie."""
    axis_maximum = 0.0
    for values in curves.values():
        beyond = values.thresholds[values.false_accept_rate >= 0.995]
        axis_maximum = max(axis_maximum, float(beyond[0] if len(beyond) else values.thresholds[-1]))
    return axis_maximum


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
    axis_maximum = 0.0
    for row, (edges, same, different) in enumerate(densities.values(), 1):
        within = np.searchsorted(np.cumsum(different), 0.995).clip(max=len(same) - 1)  # the bins of 99.5% of the pairs
        axis_maximum = max(axis_maximum, float(edges[1:][within]))
        _add_histograms(figure, row, edges, same, different, colours)
    figure.update_annotations(font_size=colours.sized(16))
    figure.add_vline(x=threshold, line={"color": colours.text, "dash": "dash", "width": colours.thick(2)})
    figure.update_xaxes(range=[0, max(axis_maximum, threshold * 1.1)])
    figure.update_xaxes(title="distance", row=len(densities), col=1)
    figure.update_yaxes(tickformat=".0%", nticks=4)
    figure.update_layout(barmode="overlay", bargap=0)
    return with_grid(figure, colours, 150 * len(densities) + 90).update_layout(legend_y=1.08)


def _add_histograms(
    figure: go.Figure, row: int, edges: np.ndarray, same: np.ndarray, different: np.ndarray, colours: Palette
) -> None:
    """Adds the bars of one split: those of same pairs over those of different pairs."""
    for shares, name, line, fill, pattern in (
        (different, "different pairs", colours.different, colours.different_soft, "/"),
        (same, "same pairs", colours.same, colours.same_soft, ""),
    ):
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
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
