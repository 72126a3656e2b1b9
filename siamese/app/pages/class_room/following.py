"""What the teacher's session knows of its room, kept up by asking the store for what is new."""

from __future__ import annotations

from dataclasses import dataclass, field

from siamese.app import session
from siamese.app.pages.class_room import membership, store
from siamese.classroom.records import Drawing, RoomState
from siamese.imaging.data_urls import png_url

NOW, STEP = "class-now", "class-step"  # the fragments that follow the room


@membership.of_room
@dataclass
class Following:
    """The room as this session last saw it.

    Attributes:
        code: of the room. room: how it stands; None before the first look.
        drawings: by their numbers, those that wait for approval among them.
        pictures: of those that a browser got, by their numbers: the PNG in base64.
        drawn: the revision of the room that each fragment shows.
    """

    code: str = ""
    room: RoomState | None = None
    drawings: dict[int, Drawing] = field(default_factory=dict)
    pictures: dict[int, str] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[Drawing]:
        """The drawings that may be shown, in order of their numbers."""
        return [self.drawings[number] for number in sorted(self.drawings) if self.drawings[number].approved]

    @property
    def waiting(self) -> list[Drawing]:
        """The drawings that wait for approval, in order of their numbers."""
        return [self.drawings[number] for number in sorted(self.drawings) if not self.drawings[number].approved]

    def picture(self, number: int) -> str:
        """A drawing as browsers get it: its PNG in base64, made once and dropped with the drawing."""
        if number not in self.pictures:
            pixels = self.drawings[number].pixels // 16 * 17  # sixteen greys are enough here, and half the bytes
            self.pictures[number] = png_url(pixels).partition(",")[2]
        return self.pictures[number]

    def drop(self, number: int) -> None:
        """Forgets a drawing that was removed."""
        self.drawings.pop(number, None)
        self.pictures.pop(number, None)


def current() -> Following:
    """What this session knows of its room."""
    return session.of(Following)


def is_behind() -> bool:
    """Whether a fragment shows less than this session knows."""
    now = current()
    return now.room is not None and any(now.drawn.get(name) != now.room.revision for name in (NOW, STEP))


def follow() -> bool:
    """Take what is new in the room; whether anything is.

    Raises:
        ClassroomError: as `Store.since`.
    """
    now, who = current(), membership.current()
    if now.code != who.code:
        now = session.current().states[Following] = Following(who.code)
    changes = store.rooms().since(who.code, who.token, now.room.revision if now.room else 0)
    if changes is None:
        return False
    now.room = changes.room
    now.drawings |= {drawing.number: drawing for drawing in changes.drawings}
    for number in changes.removed:
        now.drop(number)
    return True
