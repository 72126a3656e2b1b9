"""The step *Draw*: the class's drawings by digit; on demand their figures, their map and the hardest pairs."""

from __future__ import annotations

import json
from dataclasses import dataclass

import streamlit as st

from siamese.app import resources, session, widgets
from siamese.app.components.class_drawings import class_drawings
from siamese.app.pages.class_room import figures, following, membership, moderation
from siamese.app.pages.class_room.following import Following
from siamese.classroom.records import Drawing
from siamese.data.splits import ALL_DIGITS, UNSEEN_DIGITS

VIEWS = {"gallery": "Gallery", "figures": "Figures", "map": "Map", "hardest": "Hardest pairs"}
_DRAWN = {"figures": figures.accuracy, "map": figures.places, "hardest": figures.hardest}


@membership.of_room
@dataclass
class View:
    """What the step shows: a key of `VIEWS`."""

    view: str = "gallery"


def is_shown() -> bool:
    """Whether the step shows the drawings themselves."""
    return session.of(View).view == "gallery"


def render(now: Following) -> None:
    """Draws the step; called again with each change of the room."""
    held = session.of(View)
    moderation.queue(now)
    with st.container(horizontal=True, vertical_alignment="bottom", key="class-views"):
        st.segmented_control(
            "What of the drawings is shown",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            label_visibility="collapsed",
            **widgets.bind_field("class.view", held, "view"),
        )
        if held.view == "gallery":
            moderation.switch(now)
        else:
            with st.container(width=420):
                verifier = resources.verifier(widgets.model_picker("class", trained=False))
    if held.view == "gallery":
        _gallery(now)
    else:
        _DRAWN[held.view](now, verifier)


def _gallery(now: Following) -> None:
    """A row for each digit. A row that has not changed is not sent again: Streamlit knows it by its content."""
    moderation.card(now)
    groups: dict[int, list[Drawing]] = {digit: [] for digit in ALL_DIGITS}
    for drawing in now.shown:
        groups[drawing.digit].append(drawing)
    with st.container(key="class-gallery", gap=None):
        for digit, drawings in groups.items():
            star = "*" if digit in UNSEEN_DIGITS else ""
            class_drawings(
                f"class.gallery.{digit}",
                json.dumps([_entry(now, drawing) for drawing in drawings], separators=(",", ":")),
                title=f"{digit}{star} ×{len(drawings)}",
                empty="–",
                on_chosen=_chosen,
            )
    st.caption("* The network never met these digits. Press a drawing to set it to another digit or to remove it.")


def _entry(now: Following, drawing: Drawing) -> tuple[int, str, str]:
    """A drawing as the browser gets it: its number, its picture, and what a screen reader says."""
    return drawing.number, now.picture(drawing.number), f"Drawing {drawing.number}, a {drawing.digit}"


def _chosen(number: int) -> None:
    if number in following.current().drawings:
        moderation.choose(number)
