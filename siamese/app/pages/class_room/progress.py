"""How many have joined and how many digits have come: in words, and as a bar for each digit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from siamese.app import session
from siamese.classroom.figures import LEAST
from siamese.classroom.records import RoomState
from siamese.data.splits import UNSEEN_DIGITS

_SPOKEN_EVERY = 20.0  # seconds between two times that a screen reader is told the counts


@dataclass
class Spoken:
    """What a screen reader was last told, and when."""

    text: str = ""
    at: float = -1e9


def render(room: RoomState) -> None:
    """Draws the counts; called again with each change of the room."""
    st.html(counts(room) + f'<p class="class-spoken" role="status">{_spoken(room)}</p>')


def counts(room: RoomState) -> str:
    """The counts as HTML."""
    most = max(LEAST, *room.per_digit)
    bars = "".join(_bar(digit, count, most) for digit, count in enumerate(room.per_digit))
    return (
        f'<div class="class-counts" data-testid="counts" data-pupils="{room.pupils}" data-drawings="{room.drawings}">'
        f"<p><b>{room.pupils}</b> joined</p><p><b>{room.drawings}</b> of {room.pupils * room.rounds * 10} digits</p>"
        f'<div class="class-bars" aria-hidden="true">{bars}</div></div>'
    )


def _bar(digit: int, count: int, most: int) -> str:
    css = " enough" if count >= LEAST else ""
    star = "*" if digit in UNSEEN_DIGITS else ""
    return (
        f'<div class="class-bar{css}" title="{count} drawings of {digit}"><i>{count}</i>'
        f'<div><div style="height:{100 * count / most:.0f}%"></div></div><b>{digit}{star}</b></div>'
    )


def _spoken(room: RoomState) -> str:
    """The counts in a sentence, not anew at each drawing."""
    told, now = session.of(Spoken), time.monotonic()
    if now - told.at >= _SPOKEN_EVERY:
        told.text, told.at = f"{room.pupils} have joined, {room.drawings} digits have come.", now
    return told.text
