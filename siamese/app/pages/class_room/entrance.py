"""How to join the room, on the teacher's screen: its code, the link and the QR code, large or small or folded away."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import segno
import streamlit as st

from siamese.app import session, widgets
from siamese.app.pages.class_room import join_address, membership
from siamese.app.pages.class_room.following import Following
from siamese.classroom.records import RoomState
from siamese.errors import ClassroomError

SIZES = {"large": "Large", "small": "Small", "none": "Off"}


@membership.of_room
@dataclass
class Entrance:
    """What is shown of the way into the room.

    Attributes:
        size: a key of `SIZES`.
        problem: why what was typed last as an address cannot be used.
        words_shown: whether the passphrase is to be seen now.
    """

    size: str = "large"
    problem: str = ""
    words_shown: bool = False


@dataclass
class ForPhones:
    """The address that the phones are given, in any room.

    Attributes:
        typed: the one that the teacher typed, "" for the one that was found.
        own: this machine's address in the local network, None for none; asked for once.
    """

    typed: str = ""
    own: str | None = None
    is_asked: bool = False


def current() -> Entrance:
    """What this session shows of the way into its room."""
    return session.of(Entrance)


def shrink() -> bool:
    """Whether a large QR code was made a small one, which those who come late still find."""
    is_large = current().size == "large"
    if is_large:
        current().size = "small"
    return is_large


def size_picker() -> None:
    """Draws the choice of how large the QR code is."""
    st.segmented_control(
        "QR code",
        list(SIZES),
        format_func=SIZES.__getitem__,
        required=True,
        **widgets.bind_field("class.entrance", current(), "size"),
    )


def render(now: Following, size: str, beside: Callable[[], None]) -> None:
    """Draws the QR code, the link and the code in this size; `beside` draws what stands below them in a large one."""
    address = _address()
    link = join_address.link(address, now.code)
    with st.container(key=f"class-entrance-{size}"):
        st.html(qr_code(link))
        with st.container(key="class-beside"):
            st.html(way(now.code, link))
            if size == "large":
                beside()
                _other_address(address)


def qr_code(link: str) -> str:
    """The QR code of a link, as HTML."""
    # As a picture: `st.html` lets no SVG through.
    picture = segno.make(link, error="m", micro=False).svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True)
    return f'<img class="class-qr" alt="QR code that joins the room" src="{html.escape(picture)}">'


def way(code: str, link: str) -> str:
    """The way into a room in words, as HTML: the link and the four letters."""
    words = link.partition("://")[2].partition("?")[0]
    return (
        f'<div class="class-way" data-testid="entrance" data-link="{html.escape(link)}">'
        f'<p>Scan it, or open <b class="class-link">{html.escape(words)}</b> and type</p>'
        f'<p class="class-code" aria-label="{" ".join(code)}">{code}</p></div>'
    )


def passphrase(room: RoomState) -> None:
    """Draws the three words of a room that was opened just now, until they were written down; a trial needs none."""
    words, held = membership.current().passphrase, current()
    if not words or room.trial:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="class-words"):
        if not held.words_shown:
            text = "**Three words** get this room back if this device is lost. The class must not see them."
            st.markdown(text, width="content")
            st.button("Show the three words", icon=":material/key:", key="class.words.show", on_click=_show_words)
            return
        st.html(f'<p class="class-passphrase" data-testid="passphrase">{html.escape(words)}</p>', width="content")
        st.button("I have written them down", key="class.words.done", on_click=_words_done)


def _show_words() -> None:
    current().words_shown = True


def _words_done() -> None:
    current().words_shown = False
    membership.current().passphrase = ""


def _address() -> str:
    """The address that the phones are given."""
    held = session.of(ForPhones)
    found = join_address.base(st.context.url, st.context.headers)
    if join_address.is_local(found) and not held.is_asked:
        held.own, held.is_asked = join_address.own_address(), True
    return held.typed or join_address.usable(found, held.own)


def _other_address(address: str) -> None:
    """Draws which address the phones are given, and the field for another one."""
    if join_address.is_local(address):
        st.warning(
            "No address of this machine in a network was found, so phones cannot open this link. Type one below.",
            icon=":material/wifi_off:",
        )
    with st.expander("Another address for the phones", icon=":material/lan:"):
        st.text_input(
            f"The phones are given {address}. Behind a proxy, or where it cannot be reached, type another one.",
            key="class.address",
            placeholder=address,
            on_change=_typed,
            max_chars=300,
        )
        if problem := current().problem:
            st.html(f'<p class="class-problem" role="status">{html.escape(problem)}</p>')


def _typed() -> None:
    held, text = session.of(ForPhones), st.session_state.get("class.address")
    current().problem = ""
    if not text:
        held.typed = ""
        return
    try:
        held.typed = join_address.checked(text)
    except ClassroomError as error:
        current().problem = str(error)
