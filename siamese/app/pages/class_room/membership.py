"""Who this session is in a class: nobody yet, a pupil in a room, or the teacher who steers one.

What proves it, a pupil's token or a teacher's secret, lies here and in the browser's storage, and is never shown. What
comes from that storage may be anything: it gets in through the store's counted ways alone.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from siamese.app import projector, session
from siamese.app.components import room_keys
from siamese.app.pages.class_room import store
from siamese.app.pages.class_room.sheet import Sheet
from siamese.classroom import codes
from siamese.errors import ClassroomError, NotTheTeacher, RoomNotFound, RoomsUnavailable, UnknownPupil

TEACHER, PUPIL = "teacher", "pupil"
_ROLES = (TEACHER, PUPIL)
_CLOSED = "This room has been closed, and everything in it is deleted. Thank you for taking part!"
_MOST_KEPT = 8  # rooms that a browser remembers
_LONGEST = 8_000  # characters of what a browser tells
State = TypeVar("State")
_of_room: list[type] = []


@dataclass
class Membership:
    """A session's place in a class.

    Attributes:
        client: names the session to the store, which counts its tries; no browser chooses it.
        role: `TEACHER`, `PUPIL` or "". code: of the room, "" without a role.
        token: the pupil's token or the teacher's secret.
        linked: the room that the address led to.
        heard: whether the browser has told what it keeps. kept: that, by room and role.
        awaited: the room that it was in, and as what, until the store has said whether it is in it still.
        forget: a room that the browser is to forget.
        passphrase: of a room that was opened just now, until it was written down.
        notice: what is to be told next, in words.
    """

    client: str = field(default_factory=lambda: secrets.token_hex(16))
    role: str = ""
    code: str = ""
    token: str = field(default="", repr=False)
    linked: str = ""
    heard: bool = False
    kept: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    awaited: tuple[str, str] | None = None
    forget: str = ""
    passphrase: str = field(default="", repr=False)
    notice: str = ""


def of_room(kind: type[State]) -> type[State]:
    """The dataclass, whose object in the session belongs to one room: no other room finds it."""
    _of_room.append(kind)
    return kind


def current() -> Membership:
    """This session's place in a class."""
    return session.of(Membership)


def open_room(rounds: int, approval: bool, *, trial: bool = False) -> None:
    """Open a room and steer it; what went wrong becomes the notice."""
    now = current()
    if now.role:  # the second half of a double press
        return
    try:
        opened = store.rooms().open_room(now.client, rounds, approval, trial)
    except ClassroomError as error:
        now.notice = str(error)
        return
    _enter(TEACHER, opened.code, opened.secret)
    now.passphrase = opened.passphrase
    projector.turn(True)


def recover(code: object, passphrase: object) -> None:
    """Steer a room from this device, by its passphrase; what went wrong becomes the notice."""
    now = current()
    try:
        secret = store.rooms().recover(code, passphrase, now.client)
        _enter(TEACHER, codes.read_code(code), secret)
        projector.turn(True)
    except ClassroomError as error:
        now.notice = str(error)


def join(code: object) -> None:
    """Take a place in a room, the one that the browser keeps if it keeps one; what went wrong becomes the notice.

    Where the browser keeps the teacher's, that is the place.
    """
    now = current()
    if now.role:  # the second half of a double press
        return
    try:
        known = codes.read_code(code)
    except RoomNotFound:
        known = ""
    if TEACHER in now.kept.get(known, {}) and _is_teacher_again(known):
        return
    try:
        joined = store.rooms().join(code, now.client, now.kept.get(known, {}).get(PUPIL))
    except ClassroomError as error:
        now.notice = str(error)
        return
    _enter(PUPIL, joined.code, joined.token)


def _is_teacher_again(code: str) -> bool:
    """Whether the browser's secret steers the room, or cannot be tried now; not where another device steers it."""
    try:
        _resume(code, TEACHER)
    except RoomsUnavailable as error:
        current().notice = str(error)
    return TEACHER in current().kept.get(code, {})


def leave(notice: str = "", *, forget: bool = False) -> None:
    """Leave the room, drop all that the session holds of it, and tell `notice`.

    Args:
        forget: whether the browser is to forget it, too, because it is gone.
    """
    now = current()
    now.forget = now.code if forget else ""
    if forget:
        now.kept.pop(now.code, None)
    now.role = now.code = now.token = now.linked = now.passphrase = ""
    now.notice = notice
    _drop_room()
    session.current().states.pop(Sheet, None)


def _drop_room() -> None:
    for kind in _of_room:
        session.current().states.pop(kind, None)


def lost(error: ClassroomError) -> None:
    """What an error means to whoever is in a room: leave it where it is gone or belongs to somebody else now."""
    if isinstance(error, (RoomNotFound, NotTheTeacher, UnknownPupil)):
        texts = {RoomNotFound: _CLOSED, NotTheTeacher: "This room is steered from another device."}
        leave(texts.get(type(error), str(error)), forget=True)
    else:
        current().notice = str(error)


def keep() -> None:
    """Keeps this session's place in the browser, and asks once what the browser keeps; takes no room on the page."""
    now = current()
    place = (now.code, now.role, now.token) if now.role else None
    room_keys.keep("class.keys", place, forget=now.forget, ask=not now.heard, on_found=_found)


def tell() -> None:
    """Draws the notice, once."""
    now = current()
    if now.notice:
        st.info(now.notice, icon=":material/info:")
        now.notice = ""


def _enter(role: str, code: str, token: str) -> None:
    _drop_room()  # a press that came late may have made some of it again; the sheet holds what came by the address
    now = current()
    now.role, now.code, now.token = role, code, token
    now.linked, now.forget, now.notice, now.heard = code, "", "", True
    now.kept.setdefault(code, {})[role] = token


def _found(text: object) -> None:
    """Take what the browser keeps, and come back into the room that it was in."""
    now = current()
    if now.heard:
        return
    now.heard = True
    now.kept, code, role = read_kept(text)
    code = now.linked or code
    if now.role or code not in now.kept:
        return
    places = now.kept[code]
    now.awaited = code, role if role in places else next(each for each in _ROLES if each in places)
    with contextlib.suppress(RoomsUnavailable):  # the page says so, and tries again
        come_back()


def come_back() -> bool:
    """Come back into the room that is awaited; True, whether it is there or not.

    Raises:
        RoomsUnavailable: the store cannot be reached to say it.
    """
    now = current()
    if now.awaited is not None:
        _resume(*now.awaited)
        now.awaited = None
    return True


def _resume(code: str, role: str) -> None:
    now = current()
    token = now.kept[code][role]
    try:
        if role == PUPIL:
            token = store.rooms().join(code, now.client, token).token
        else:
            store.rooms().resume(code, token, now.client)
        _enter(role, code, token)
    except RoomsUnavailable:
        raise
    except RoomNotFound as error:
        del now.kept[code][role]
        now.notice = "" if PUPIL in now.kept[code] else str(error)
    except ClassroomError as error:
        now.notice = str(error)


def read_kept(text: object) -> tuple[dict[str, dict[str, str]], str, str]:
    """What a browser told: what it keeps by room and role, the room that its tab was in, and as what.

    What cannot be so is left out.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        return {}, "", ""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "", ""
    if not isinstance(told, dict) or not isinstance(told.get("rooms"), dict):
        return {}, "", ""
    kept = {}
    for code, places in list(told["rooms"].items())[-_MOST_KEPT:]:
        usable = {
            role: places[role] for role in _ROLES if isinstance(places, dict) and isinstance(places.get(role), str)
        }
        if usable and _is_code(code):
            kept[code] = usable
    code, role = told.get("code"), told.get("role")
    return kept, code if isinstance(code, str) else "", role if isinstance(role, str) else ""


def _is_code(text: str) -> bool:
    return len(text) == codes.CODE_LENGTH and set(text) <= set(codes.LETTERS)
