"""Joining a room: by its link, or by typing its code. No name, no account."""

from __future__ import annotations

import streamlit as st

from siamese.app.pages.class_room import membership


def by_link(code: str) -> None:
    """Draws what whoever follows a room's link sees: one button."""
    st.html(f'<p class="class-code" aria-label="Room {" ".join(code)}">{code}</p>')
    st.button(
        "Join this room", type="primary", key="class.join.link", on_click=membership.join, args=(code,), width="stretch"
    )
    st.caption("No name, no account. This device gets a number, and keeps its place when the page is reloaded.")
    st.button("Another room", type="tertiary", key="class.join.other", on_click=membership.leave)


def by_code() -> None:
    """Draws the field for the four letters."""
    st.header("Join a room")
    with st.form("class.join", border=False):
        st.text_input("The four letters on the big screen", key="class.join.code", placeholder="KMRT", max_chars=20)
        st.form_submit_button("Join", type="primary", key="class.join.go", on_click=_join, width="stretch")


def _join() -> None:
    membership.join(st.session_state.get("class.join.code"))
