"""*Accuracy per epoch*: how the models' accuracies rose and fell while they were trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from siamese.app import resources, terms
from siamese.app.pages.accuracy.selection import Selection, plot
from siamese.charts import history


def render(chosen: Selection) -> None:
    """Draws the part: a chart for each model, all with one axis."""
    with st.container(border=True):
        st.header("Accuracy per epoch", anchor="epochs", help=terms.EPOCH)
        names = [chosen.model, *chosen.others]
        histories = {name: resources.committed(name, "history.json") for name in names}
        lowest = min(min(entry[key] for key in history.EPOCH_LINES) for each in histories.values() for entry in each)
        with st.container(key="chart-epochs"):
            for place, (name, entries) in enumerate(histories.items()):
                figure = history.epochs({name: entries}, chosen.colours, lowest)
                plot(figure, f"epochs-{place}", f"{name}: accuracy per epoch")
        st.caption(
            "At each model's own threshold. "
            "Notice whether unseen accuracy falls while seen accuracy rises: then the network learns what separates "
            "six digits and forgets the rest. "
            + " ".join(_rise_and_fall(name, entries) for name, entries in histories.items())
            + " The epoch was chosen without looking at unseen digits."
        )


def _rise_and_fall(name: str, entries: Sequence[Mapping[str, float]]) -> str:
    """How unseen accuracy went from its best epoch to the last, in words."""
    best = max(entries, key=lambda entry: entry["unseen"])
    return f"{name}: unseen {best['unseen']:.1%} in epoch {best['epoch']}, {entries[-1]['unseen']:.1%} in the last."
