"""Opening a room, and getting one back on another device."""

from __future__ import annotations

import streamlit as st

from siamese.app.pages.class_room import membership, practice
from siamese.classroom.schedule import MAX_ROUNDS

KEPT = (
    "No names, no accounts: a drawing carries an anonymous number. Closing the room deletes everything at once; a room "
    "that nobody uses is gone after two hours."
)


def render() -> None:
    """Draws the form that opens a room, and the one that gets a lost one back."""
    st.header("Open a room")
    with st.form("class.open", border=False):
        st.segmented_control(
            "How often each pupil draws the ten digits",
            range(1, MAX_ROUNDS + 1),
            format_func=lambda rounds: {1: "once", 2: "twice"}.get(rounds, f"{rounds} times"),
            default=1,
            required=True,
            key="class.open.rounds",
        )
        st.toggle("Show a drawing only when I have approved it", key="class.open.approval")
        st.form_submit_button("Open a room", type="primary", key="class.open.go", on_click=_open, width="stretch")
        practice.start()
    with st.expander("Another device opened it: get a room back", icon=":material/key:"), st.form("class.back"):
        st.text_input("Its four letters", key="class.back.code", max_chars=20)
        st.text_input("Its three words", key="class.back.words", type="password", autocomplete="off", max_chars=100)
        st.form_submit_button("Get it back", key="class.back.go", on_click=_recover)


def _open() -> None:
    # What a browser has not sent is what the form shows at first.
    rounds = st.session_state.get("class.open.rounds") or 1
    membership.open_room(rounds, bool(st.session_state.get("class.open.approval")))


def _recover() -> None:
    membership.recover(st.session_state.get("class.back.code"), st.session_state.get("class.back.words"))
