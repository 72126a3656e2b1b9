"""*How each idea closed the gap*: what each idea is worth, as a chart."""

from __future__ import annotations

import streamlit as st

from siamese.app import resources
from siamese.app.pages.accuracy.published import published
from siamese.app.pages.accuracy.selection import plot
from siamese.charts import history
from siamese.charts.palette import Palette
from siamese.data.splits import SPLITS
from siamese.errors import SiameseError


def render(colours: Palette) -> None:
    """Draws the part; what is wrong with the committed file, in a sentence."""
    try:
        found = resources.ladder()
    except SiameseError as error:
        st.error(f"This chart cannot be shown: {error}.", icon=":material/error:")
        return
    with st.container(border=True):
        st.header("How each idea closed the gap", anchor="ladder")
        if found is None:
            st.markdown("It was not measured for these models.")
            return
        known = published()
        start = {split: {"accuracy": known[split], "interval_95": [known[split]] * 2} for split in SPLITS}
        plot(
            history.ladder([{"idea": "published recipe", "splits": start}, *found["rungs"]], colours),
            "ladder",
            "Accuracy of seen, mixed and unseen pairs, idea by idea",
        )
        st.caption(
            "From left to right each network has one idea more. *Convolutions* in place of fully connected layers; "
            "*even framing*: slant, size and pen width evened out beforehand; *fragments*: synthetic classes joined "
            "from pieces of the digits; *synthetic strokes*: made up by rules instead; *six questions*: is it a 2, a "
            "3, … or none of these; *whitening*: what varies from hand to hand counts less. All but the first were "
            f"trained for {found['steps']:,} steps by `{found['command']}`; the models of the app train longer."
        )
