"""*When is it still the same?*: which views of a digit count as one, and why they must not be all."""

from __future__ import annotations

import streamlit as st


def render() -> None:
    """Draws the part: three sentences."""
    with st.container(border=True, key="views"):
        st.header("When is it still the same?")
        st.markdown(
            "A digit that is a little turned, larger, elsewhere on the paper or by another pen is still the same: "
            "all these views make one *equivalence class*, and a network that calls any two of them *same* has to map "
            "the whole class to nearly one place. The framing takes some of the class away before the network sees "
            "anything, such as place and size, and the rest has to be learned from examples; *Robustness* on the page "
            "Accuracy measures how much was. But the class must end: were a digit equal to itself upside down, a 6 "
            "would be a 9, and *Turn it* on Compare shows where the network draws that line."
        )
