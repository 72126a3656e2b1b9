"""*Distances of all pairs* and *Two kinds of error*: where same and different pairs overlap, and what that costs."""

from __future__ import annotations

import streamlit as st

from siamese.app import choices, resources, terms
from siamese.app.pages.accuracy.selection import Selection, plot
from siamese.charts import accuracy, roc
from siamese.metrics import rates


def render(chosen: Selection) -> None:
    """Draws both parts side by side."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _distances(chosen)
    with right, st.container(border=True):
        _errors(chosen)


def _distances(chosen: Selection) -> None:
    st.header("Distances of all pairs", anchor="distances", help=terms.SPREAD)
    densities = {
        split: rates.distance_densities(chosen.histograms, digits, 50) for split, digits in chosen.splits.items()
    }
    figure = accuracy.distances(densities, chosen.threshold, chosen.colours, chosen.titles)
    plot(figure, "distances", "Distances of same and different pairs")
    st.caption("Where the two hills overlap, no threshold can be right. Dashed: the threshold.")


def _errors(chosen: Selection) -> None:
    st.header("Two kinds of error", anchor="roc", help=terms.KINDS_OF_ERROR)
    models = {}
    for name in [chosen.model, *chosen.others]:
        grid = resources.histograms(name)
        models[name] = (
            {split: rates.pair_curves(grid, digits) for split, digits in chosen.splits.items()},
            grid.index(choices.threshold(name)),
        )
    figure = roc.roc(models, chosen.colours, chosen.titles)
    plot(figure, "roc", "Two kinds of error: ROC curves, with the thresholds in use")
    st.caption(
        "Each point of a line is one threshold; the dot is the one in use. Across: *false accepts*, different "
        "pairs called the same; up: *true accepts*, same pairs called the same. Top left is perfect. "
        "Both axes are stretched near the perfect corner, where the lines differ."
    )
