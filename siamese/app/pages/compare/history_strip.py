"""*Journey* on Compare: the recent comparisons as a strip of thumbnails; a click brings one back."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import streamlit as st

from siamese.app import resources, state
from siamese.app.components.history_strip import Thumbnail, history_strip
from siamese.app.pages.compare import guess, sides
from siamese.app.pages.compare.history import MAX_ENTRIES, Entry, Journey, Part, csv_text
from siamese.app.pages.compare.history_sheet import sheet, thumbnail
from siamese.serving.verifier import Verification, Verifier


def journey() -> Journey:
    """This session's comparisons."""
    return st.session_state.setdefault("kept.journey", Journey())


def note(verifier: Verifier, images: list, result: Verification) -> None:
    """Take down the comparison on the screen."""
    left, right = (_part(side, image) for side, image in zip(sides.sides().values(), images))
    journey().note(left, right, verifier.name, verifier.card.title, result, guess.said())


def _part(side: sides.Side, image: np.ndarray) -> Part:
    sampled = side.mode == "sample"
    label = side.caption if sampled else {"draw": "a drawing", "upload": "an uploaded picture"}[side.mode]
    pixels = image if image.dtype == np.uint8 else np.round(image * 255).astype(np.uint8)
    # A copy of the side is all that brings it back: the arrays in it are never changed in place.
    return Part(side.identity, pixels, label, side.digit if sampled else None, replace(side, past=[], future=[]))


@st.fragment(key="journey")
def part() -> None:
    """Draws the part: closed at first, and nothing of it is made while it is closed."""
    opened = state.expander("journey", "**Journey**: your recent comparisons", ":material/history:")
    if state.is_open("journey"):
        with opened, st.container(key="journey", gap="small"):
            _strip(journey().entries)


def _strip(entries: tuple[Entry, ...]) -> None:
    """Draws the strip and its downloads."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Your last {MAX_ENTRIES} comparisons. Press one to bring both its digits back, with its network and "
            "threshold. They last until this page is reloaded or closed: a reload brings back the pair on the screen "
            "alone, and no uploaded picture. The CSV and the PNG are yours to keep.",
            width="stretch",
        )
        st.download_button(
            "CSV",
            lambda: csv_text(entries).encode(),
            "comparisons.csv",
            "text/csv",
            key="journey.csv",
            icon=":material/download:",
            on_click="ignore",
            disabled=not entries,
            help="All comparisons as a table",
        )
        st.download_button(
            "PNG",
            lambda: sheet(entries),
            "comparisons.png",
            "image/png",
            key="journey.png",
            icon=":material/download:",
            on_click="ignore",
            disabled=not entries,
            help="All comparisons as a picture",
        )
    history_strip("journey.strip", map(_shown, reversed(entries)), "Your comparisons appear here.", _chosen)


def _shown(entry: Entry) -> Thumbnail:
    word, sign = ("same", "=") if entry.is_same else ("different", "≠")
    return {
        "number": entry.number,
        "picture": base64.b64encode(thumbnail(entry)).decode(),
        "css": word,
        "told": f"{sign} {entry.distance:.3f}",
        "more": entry.title.split(":")[0],
        "spoken": f"Bring back comparison {entry.number}: {entry.left.label} and {entry.right.label}, {word}, "
        f"distance {entry.distance:.3f}, {entry.title}",
        "current": entry.number == journey().current and not guess.hides(),
    }


def _chosen(number: int) -> None:
    bring_back(number)
    state.rerun_panel()


def bring_back(number: int) -> None:
    """Show a comparison again as it was: both sides, its network if that is still here, its threshold."""
    entry = journey().entry(number)
    if entry is None:
        return
    for side, before in zip(sides.sides().values(), (entry.left, entry.right)):
        _put_back(side, before.held)
    if entry.model in state.models():
        state.set_model(entry.model)
        state.set_threshold(entry.model, entry.threshold)
    else:
        now = resources.verifier(state.model_name()).card.title
        st.toast(
            f"{entry.title} made that comparison, and is not here any more. The verdict that you see is of {now}.",
            icon=":material/history:",
        )
    guess.seen_already()


def _put_back(side: sides.Side, held: sides.Side) -> None:
    """Let a side hold what it held before; what is on it now stays in the journey."""
    side.mode = held.mode
    if held.mode == "sample":
        side.sample, side.digit, side.source = held.sample, held.digit, held.source
        side.index, side.caption, side.split = held.index, held.caption, held.split
    elif held.mode == "upload":
        side.photo, side.digit_of_photo, side.upload_problem = held.photo, held.digit_of_photo, ""
        side.uploads, side.uploader = held.uploads, side.uploader + 1
    else:
        side.number += 1  # what is drawn on it from now on is another drawing
        side.past, side.future = [], []  # those steps are of another drawing
        side.restart(held.strokes)
