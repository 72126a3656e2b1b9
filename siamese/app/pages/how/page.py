"""The page *How it works*: weight sharing and the contrastive loss, to be moved; the experiment; its limits."""

from __future__ import annotations

import streamlit as st

from siamese.app import address, state
from siamese.app.pages.how import (
    contrastive,
    diagram,
    embedding_parts,
    experiment,
    glossary,
    limits,
    photographs,
    weight_sharing,
)


def render() -> None:
    """Draws the page."""
    state.page_style()
    state.entered("how")
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
    glossary.render()
    limits.render()
    address.bar("how", _address, own_network=False)


def _address() -> tuple[dict[str, str], str]:
    """What the page shows, for its address."""
    example, margin = st.session_state.get("kept.how.pair", "same"), st.session_state.get("kept.how.margin", 1.0)
    step = st.session_state.get("kept.how.step", len(diagram.STEPS))
    pair, missing = address.chosen_pair() if example == "compare" else ({}, "")
    own = {
        "example": "" if example == "same" else example,
        "step": "" if step == len(diagram.STEPS) else str(step),
        "margin": "" if margin == 1.0 else f"{margin:.2f}",
    }
    return own | pair, missing
