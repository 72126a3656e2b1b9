"""What the address of Class holds: the room, and a pupil's drawing until it is sent. It holds no secret."""

from __future__ import annotations

import numpy as np

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.pages.class_room import looking, membership
from siamese.app.pages.class_room.sheet import Sheet
from siamese.app.parameters import Group, Parameter, Written
from siamese.classroom import codes
from siamese.errors import InvalidDrawing
from siamese.imaging import strokes


@links.allowing("the four letters of a room")
def _code(text: str) -> str:
    return codes.read_code(text)


def _follow_link(code: str) -> None:
    membership.current().linked = code


@links.allowing("a drawing that was not sent yet")
def _drawing(text: str) -> tuple[int, list[np.ndarray]]:
    """The digit that was asked for, and the strokes."""
    return links.whole(0, 9)(text[:1]), strokes.decode(text[1:])


def _read(reader: links.Reader) -> None:
    found = reader.get("drawn", "drawing", _drawing)
    if found is not None:
        sheet = session.of(Sheet)
        sheet.digit = found[0]
        sheet.drawing.restart(found[1])


def _write() -> Written:
    sheet, seen = session.of(Sheet), looking.view()
    # Until the page has found its place again, the digit that the address named.
    digit = sheet.digit if seen is None else seen.next_digit
    if digit is None or sheet.drawing.is_empty:
        return {}, ""
    try:
        return {"drawn": f"{digit}{strokes.encode(sheet.drawing.strokes)}"}, ""
    except InvalidDrawing as error:
        return {}, f", but: {error}"


ADDRESS = Address(
    "class",
    (Parameter("room", "room", _code, lambda: membership.current().linked, _follow_link, ""), Group(_read, _write)),
)
