"""*Accuracy against threshold*: the chart, the slider, and each split's accuracy at the threshold in use."""

from __future__ import annotations

import streamlit as st

from siamese.app import resources, terms, widgets
from siamese.app.pages.accuracy.selection import Selection, plot
from siamese.charts import accuracy
from siamese.metrics import rates, thresholds


def render(chosen: Selection) -> None:
    """Draws the part."""
    with st.container(border=True):
        chart, figures = st.columns([5, 2], gap="medium")
        with chart:
            st.header("Accuracy against threshold", help=terms.DISTANCE_AND_THRESHOLD)
            plot(
                accuracy.accuracy_by_threshold(chosen.curves, chosen.threshold, chosen.colours, chosen.titles),
                "threshold",
                "Accuracy against threshold",
            )
            widgets.threshold_slider("accuracy", chosen.model)
        with figures, st.container(horizontal=True, key="accuracy-figures"):
            _accuracies(chosen)
        seen, unseen = (thresholds.best_threshold(chosen.curves[split]) for split in ("seen", "unseen"))
        own = resources.verifier(chosen.model).threshold
        st.caption(
            f"Notice where each line has its top: seen pairs at {seen:.2f}, unseen pairs at {unseen:.2f}. The further "
            f"apart, the worse one threshold suits both. This model's, {own:.2f}, was "
            "fixed on pairs that were kept aside for it, of seen digits and of synthetic classes where it has any; "
            "no unseen digit was looked at."
        )


def _accuracies(chosen: Selection) -> None:
    """Draws each split's accuracy with its interval."""
    for place, (split, digits) in enumerate(chosen.splits.items()):
        low, high = rates.accuracy_interval(chosen.histograms, digits, chosen.threshold)
        st.metric(
            chosen.titles.get(split, f"{split} pairs"),
            f"{rates.accuracy_at(chosen.histograms, digits, chosen.threshold):.2%}",
            f"95% interval {low:.2%} to {high:.2%}",
            delta_color="off",
            delta_arrow="off",
            help=None if place else terms.INTERVAL,
        )
