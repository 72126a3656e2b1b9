"""*Glossary*: the words of the field that the pages use, each explained as beside its “?”."""

from __future__ import annotations

import streamlit as st

from siamese.app import terms


def render() -> None:
    """Draws the part."""
    with st.container(border=True):
        st.header("Glossary", anchor="glossary")
        st.markdown("\n".join(f"- {term}" for term in terms.GLOSSARY))
