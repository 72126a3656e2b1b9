"""What the page Accuracy shows at the moment, and how it draws a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from siamese.app.components.plot import live_chart
from siamese.charts.palette import Palette
from siamese.metrics.histograms import PairHistograms
from siamese.metrics.rates import PairCurves


@dataclass(frozen=True)
class Selection:
    """What a visitor has chosen, and the figures of it that several parts show.

    Attributes:
        model: name of the chosen model.
        others: names of the models that are shown beside it.
        splits: the digits of each pair split; "own" is the split that the visitor put together, if any.
        titles: what a split is called, where that is not its name.
        histograms: of the chosen model.
        curves: rates by threshold of the chosen model, for each split.
        threshold: the one in use.
    """

    model: str
    others: Sequence[str]
    splits: Mapping[str, tuple[int, ...]]
    titles: Mapping[str, str]
    histograms: PairHistograms
    curves: Mapping[str, PairCurves]
    threshold: float
    colours: Palette


def plot(figure: go.Figure, key: str, alt: str) -> None:
    """Draws a chart without tools."""
    # Not Streamlit's own chart: that brings a second Plotly to the browser, five megabytes more.
    live_chart(figure, key=f"chart-{key}", alt=alt, toolbar=False)
