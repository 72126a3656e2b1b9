"""What the class keeps, as files that are made when they are asked for, and the end of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from siamese.app import choices, resources, session
from siamese.app.pages.class_room import class_figures, membership, networks, store
from siamese.app.pages.class_room.following import Following
from siamese.classroom import export
from siamese.errors import ClassroomError, RoomNotFound

CLOSED = "The room is closed, and everything in it is deleted. Thank you!"


@membership.of_room
@dataclass
class Closing:
    """Whether the teacher has been asked once more before the room `code` is closed."""

    code: str = ""


def render(now: Following) -> None:
    """Draws the step *Keep or forget* on the big screen; called again with each change of the room."""
    with st.container(border=True, key="class-keep"):
        st.header("Keep", anchor=False)
        _downloads(now)
        st.caption("The drawings that are shown, each with a phone's number and no name. The files are yours to keep.")
    with st.container(border=True, key="class-forget"):
        st.header("Forget", anchor=False)
        _close(now)


def _downloads(now: Following) -> None:
    files: tuple[tuple[str, str, str, str, Callable[[], bytes]], ...] = (
        ("Strokes", "strokes.json", "application/json", "Every line as it was drawn, as JSON", _strokes(now)),
        ("Images", "drawings.npz", "application/octet-stream", "28 × 28 pixels with digits, for NumPy", _images(now)),
        ("Sheet", "drawings.png", "image/png", "All drawings as one picture", _sheet(now)),
        ("Figures", "figures.csv", "text/csv", "The table of the step Networks", _figures()),
    )
    is_trial = now.room is not None and now.room.trial
    with st.container(horizontal=True):
        for label, name, kind, words, make in files:
            st.download_button(
                label,
                make,
                f"{'trial' if is_trial else 'class'}-{name}",
                kind,
                key=f"class.keep.{label.lower()}",
                icon=":material/download:",
                on_click="ignore",
                disabled=not now.shown,
                help=words,
            )


# Each of these takes what it needs here: the file is made later, outside the session's run.


def _strokes(now: Following) -> Callable[[], bytes]:
    drawings, who, rooms = now.shown, membership.current(), store.rooms()
    code, secret = who.code, who.token
    return lambda: export.strokes_json(drawings, rooms.strokes(code, secret))


def _images(now: Following) -> Callable[[], bytes]:
    drawings = now.shown
    return lambda: export.images_npz(drawings)


def _sheet(now: Following) -> Callable[[], bytes]:
    drawings = now.shown
    return lambda: export.sheet_png(drawings)


def _figures() -> Callable[[], bytes]:
    who, tables = membership.current(), class_figures.shared(store.rooms())
    code, secret = who.code, who.token
    models = [resources.verifier(name) for name in choices.models()]
    mnist = {name: networks.tested_accuracies(name) for name in resources.models()}  # live ones have another test

    def make() -> bytes:
        found = {model.name: networks.figures_of(tables, code, secret, model) for model in models}
        return export.figures_csv(found, mnist)

    return make


def _close(now: Following) -> None:
    """Draws the button that closes the room, or the question that comes first."""
    if session.of(Closing).code != now.code:
        st.markdown("Closing deletes all drawings, votes and figures at once. Every phone is told.")
        st.button(
            "Close the room", icon=":material/delete_forever:", key="class.close", on_click=_ask, args=(now.code,)
        )
        return
    count = now.room.drawings if now.room else 0
    st.html(f'<p class="class-told" role="status"><b>Delete {count} drawings for good?</b> Nobody can undo it.</p>')
    with st.container(horizontal=True):
        st.button("Delete everything", type="primary", key="class.close.yes", on_click=_closed)
        st.button("Keep the room open", key="class.close.no", on_click=_ask, args=("",))


def _ask(code: str) -> None:
    if not session.is_double_press("class.close"):  # its second half must not reach the button that deletes
        session.of(Closing).code = code


def _closed() -> None:
    """Close the room that was asked about, and leave it."""
    who = membership.current()
    if session.is_double_press("class.close") or session.of(Closing).code != who.code:
        return
    rooms = store.rooms()
    try:
        rooms.close(who.code, who.token)
    except RoomNotFound:
        pass  # it was closed from another page of this browser
    except ClassroomError as error:
        membership.lost(error)
        st.rerun("app")
    class_figures.shared(rooms).drop(who.code)
    membership.leave(CLOSED, forget=True)
    st.rerun("app")
