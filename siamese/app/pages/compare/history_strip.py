"""The history on Compare, which the page calls *Journey*: a strip of thumbnails; a click puts a comparison back."""

from __future__ import annotations

import base64

import numpy as np
import streamlit as st

from siamese.app import choices, resources, session
from siamese.app.components.history_strip import Thumbnail, history_strip
from siamese.app.pages.compare import fragments, guess, sides
from siamese.app.pages.compare.history import MAX_ENTRIES, ComparedDigit, Entry, History, csv_text
from siamese.app.pages.compare.history_sheet import sheet, thumbnail
from siamese.app.pages.compare.side import Side
from siamese.app.words import decision
from siamese.serving.verifier import Verification, Verifier


def history() -> History:
    """This session's comparisons."""
    return session.of(History)


def record(verifier: Verifier, result: Verification) -> None:
    """Record the comparison on the screen."""
    left, right = map(_compared, sides.sides().values())
    history().record(left, right, verifier.name, verifier.card.title, result, guess.answer())


def _compared(side: Side) -> ComparedDigit:
    image = side.image
    assert image is not None, "a side that was compared has an image"
    if side.shown_sample:
        label = side.shown_sample.caption
    else:
        label = "a drawing" if side.mode == "draw" else "an uploaded picture"
    pixels = image if image.dtype == np.uint8 else np.round(image * 255).astype(np.uint8)
    return ComparedDigit(side.identity, pixels, label, side.digit, side.snapshot())


@st.fragment(key="history")
def render() -> None:
    """Draws the history: closed at first; nothing of it is made while it is closed."""
    opened = fragments.expander("history", "**Journey**: your recent comparisons", ":material/history:")
    if fragments.is_open("history"):
        with opened, st.container(key="journey", gap="small"):
            _strip(history().entries)


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
    """An entry as the strip shows it."""
    found = decision(entry.is_same)
    digits = f"{entry.left.caption} and {entry.right.caption}"
    return {
        "number": entry.number,
        "picture": base64.b64encode(thumbnail(entry)).decode(),
        "css": found.word,
        "heading": f"{found.sign} {entry.distance:.3f}",
        "more": entry.title.split(":")[0],
        "spoken": f"Bring back comparison {entry.number}: {digits}, {found.word}, distance {entry.distance:.3f}, "
        f"{entry.title}",
        "current": entry.number == history().current and not guess.hides(),
    }


def _chosen(number: int) -> None:
    bring_back(number)
    fragments.rerun_panel()


def bring_back(number: int) -> None:
    """Show a comparison again as it was: both sides, its threshold, and its network if that is still here."""
    entry = history().entry(number)
    if entry is None:
        return
    for side, before in zip(sides.sides().values(), (entry.left, entry.right)):
        side.put_back(before.snapshot)
    if entry.model in choices.models():
        choices.set_model(entry.model)
        choices.set_threshold(entry.model, entry.threshold)
    else:
        now = resources.verifier(choices.model_name()).card.title
        st.toast(
            f"{entry.title} made that comparison, and is not here any more. The verdict that you see is of {now}.",
            icon=":material/history:",
        )
    guess.mark_shown()
