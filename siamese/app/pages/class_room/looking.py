"""What a pupil's session knows of its room, kept up by looking into the store."""

from __future__ import annotations

from dataclasses import dataclass

from siamese.app import session
from siamese.app.pages.class_room import membership, store
from siamese.classroom.records import PupilView


@membership.of_room
@dataclass
class Look:
    """What a pupil's page shows.

    Attributes:
        view: the room as it last looked from here. is_stale: whether more than a step of voting may have changed since.
        drawn: the step of voting that is drawn.
    """

    view: PupilView | None = None
    is_stale: bool = False
    drawn: int | None = None


def view() -> PupilView | None:
    """The room as this pupil last saw it; None before the first look."""
    return session.of(Look).view


def look(*, again: bool = False) -> bool:
    """Look whether there is a step of voting that this page has not shown; whether there is.

    Args:
        again: look at everything, as after a drawing of one's own; where that fails, the next look does so.

    Raises:
        ClassroomError: as `Store.view`.
    """
    now, held = membership.current(), session.of(Look)
    held.is_stale = held.is_stale or again
    known = held.view.step if held.view and not held.is_stale else None
    found = store.rooms().view(now.code, now.token, known)
    held.is_stale = False
    held.view = found or held.view
    return found is not None
