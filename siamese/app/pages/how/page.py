"""The page *How it works*: weight sharing and the contrastive loss, to be moved; the experiment; its limits."""

from __future__ import annotations

import streamlit as st

from siamese.app import address, page_frame
from siamese.app.pages.how import (
    contrastive,
    embedding_parts,
    experiment,
    glossary,
    limits,
    photographs,
    views,
    weight_sharing,
)
from siamese.app.pages.how.choices import ADDRESS


def render() -> None:
    """Draws the page."""
    page_frame.start("how")
    st.title("How it works")
    st.markdown(
        "A Siamese network does not ask *which digit is this?* It asks *are these two alike?* "
        "Five minutes and two pictures that you can move explain the whole idea."
    )
    _panel()


@st.fragment
def _panel() -> None:
    """Everything: the pair and the model chosen in one part are shown in the others."""
    weight_sharing.render()
    embedding_parts.render()
    contrastive.render()
    experiment.render()
    photographs.render()
    views.render()
    glossary.render()
    limits.render()
    address.bar(ADDRESS)
