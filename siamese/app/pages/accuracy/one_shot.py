"""*One-shot recognition* of every model, beside published figures."""

from __future__ import annotations

import streamlit as st

from siamese.app import resources, terms
from siamese.app.pages.accuracy.published import published
from siamese.app.pages.accuracy.selection import plot
from siamese.charts import one_shot
from siamese.charts.palette import Palette


def render(colours: Palette) -> None:
    """Draws the part."""
    results: dict[str, dict[str, tuple[float, float, float]]] = {"4-way: 0, 1, 8, 9": {}, "10-way: all digits": {}}
    for model in resources.models():
        found = resources.committed(model, "report.json")["one_shot"]
        for group, key in zip(results, ("unseen", "all")):
            results[group][model] = (found[key]["accuracy"], *found[key]["interval_95"])
    with st.container(border=True):
        st.header("One-shot recognition", anchor="one-shot", help=terms.ONE_SHOT)
        references = {entry["source"]: entry["accuracy"] for entry in published()["one_shot_ten_way"]}
        plot(one_shot.one_shot(results, references, colours), "one-shot", "Accuracy of one-shot recognition by model")
        st.caption(
            "Shown a single example of each digit, which digit is the next image? The nearest example wins. "
            "Four-way: among the unseen digits; ten-way: among all. Crossed: published ten-way figures of networks "
            "that learned from other alphabets. Intervals: over random sets of examples."
        )
