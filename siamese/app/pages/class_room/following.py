"""What the teacher's session knows of its room, kept up by asking the store for what is new."""

from __future__ import annotations

from dataclasses import dataclass, field

from siamese.app import session
from siamese.app.pages.class_room import membership, store
from siamese.classroom.records import Drawing, RoomState

NOW, STEP = "class-now", "class-step"  # the fragments that follow the room


@membership.of_room
@dataclass
class Following:
    """The room as this session last saw it.

    Attributes:
        code: of the room. room: how it stands; None before the first look.
        drawings: by their numbers, those that wait for approval among them.
        drawn: the revision of the room that each fragment shows.
    """

    code: str = ""
    room: RoomState | None = None
    drawings: dict[int, Drawing] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[Drawing]:
        """The drawings that may be shown, in order of their numbers."""
        return [self.drawings[number] for number in sorted(self.drawings) if self.drawings[number].approved]

    @property
    def waiting(self) -> list[Drawing]:
        """The drawings that wait for approval, in order of their numbers."""
        return [self.drawings[number] for number in sorted(self.drawings) if not self.drawings[number].approved]


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
        now.code, now.room, now.drawings, now.drawn = who.code, None, {}, {}
    changes = store.rooms().since(who.code, who.token, now.room.revision if now.room else 0)
    if changes is None:
        return False
    now.room = changes.room
    now.drawings |= {drawing.number: drawing for drawing in changes.drawings}
    for number in changes.removed:
        now.drawings.pop(number, None)
    return True
