"""On every page but *Train live*: that this visitor's training runs, in one line that leads there."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from siamese.app import resources, session
from siamese.app.pages.live import controls, words
from siamese.app.pages.live.choices import training
from siamese.live.queue import Job

_EVERY = 3.0  # seconds between two looks at a training that runs


def show(current: StreamlitPage, live: StreamlitPage) -> None:
    """Draws the line, where there is something to say, and tells the server that the visitor is elsewhere.

    Args:
        current: the page that is shown. live: the page *Train live*.
    """
    if current == live:
        return
    controls.leave()
    if job := training().job:
        busy = not resources.live_queue().status(job).over
        # Only while something changes by itself is it looked at again by itself.
        st.fragment(_line, run_every=_EVERY if busy else None)(job, live, busy)


def _line(job: Job, live: StreamlitPage, busy: bool) -> None:
    status = resources.live_queue().status(job)
    if busy and status.over:
        st.rerun()
    # A network that was looked at already is no news.
    is_shown = status.model is not None and status.model is session.current().trained_network
    if text := words.badge(status, shown=is_shown):
        with st.container(key="live-badge"):
            st.page_link(live, label=text, icon=":material/model_training:", width="content")
