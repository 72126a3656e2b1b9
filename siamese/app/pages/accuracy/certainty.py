"""*Is its certainty honest?*: whether the probability on Compare is as often right as it says, per split."""

from __future__ import annotations

import streamlit as st

from siamese.app import resources, terms
from siamese.app.pages.accuracy.selection import Selection, plot
from siamese.charts import reliability
from siamese.data.splits import SPLITS
from siamese.metrics import calibration


def render(chosen: Selection) -> None:
    """Draws the part."""
    histograms = chosen.histograms
    middles = (histograms.thresholds[1:] + histograms.thresholds[:-1]) / 2
    probabilities = resources.verifier(chosen.model).card.probability_same(middles)
    errors, tables = {}, {}
    for split, digits in SPLITS.items():
        errors[split], tables[split] = calibration.calibration_error(histograms, digits, probabilities)
    with st.container(border=True):
        st.header("Is its certainty honest?", anchor="certainty", help=terms.CERTAINTY)
        chart, words = st.columns([3, 2], gap="medium")
        with chart:
            plot(
                reliability.reliability(tables, chosen.colours),
                "reliability",
                "Reliability of the probability, per split",
            )
        with words:
            st.markdown(
                "When the network says 90%, is it right nine times of ten? On the dotted line it is. "
                "Bigger dots: more pairs. How sure it may be was settled without any **unseen** digit, "
                "so that nothing vouches for its certainty where one takes part.\n\n"
                + "\n".join(f"- {split}: off by {error:.1%} on average" for split, error in errors.items())
            )
