"""What every page begins with, and the way from one page to another."""

from __future__ import annotations

import streamlit as st

from siamese.app import projector, resources, session, style
from siamese.app.components import scheme, scroll_position


def start(page: str) -> bool:
    """Starts a page; whether it is shown after another one, or for the first time.

    Draws its style, light or dark, and in plain words what is wrong with the models. Ends the run here when there is no
    model to show.
    """
    st.html(style.sheet(projector.palette(), projector.sheet()))
    scheme.follow()
    scroll_position.restore()
    for problem in resources.damaged():
        st.warning(f"A model is left out: {problem}.", icon=":material/warning:")
    if not resources.models():
        st.error("There is no trained model to show. Put one into assets/models or train one; the README says how.")
        st.stop()
    before, session.current().page = session.current().page, page
    return before != page


def go_to(path: str) -> None:
    """Ends the run and shows the page of this path, "" for the one that the app opens on."""
    st.switch_page(session.current().pages[path])
