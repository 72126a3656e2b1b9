"""Scrolls a part of the page into sight."""

from __future__ import annotations

from siamese.app.components._register import component

_mount = component(__name__)


def show(key: str, part: str, event: str, *, block: str = "nearest", motion: str = "instant") -> None:
    """Brings `part` into sight when `event` is another one than at the last call.

    Args:
        key: of the component; part: a CSS selector.
        event: names what happened; "" for nothing yet.
        block, motion: as the browser's `scrollIntoView` takes them.
    """
    _mount(key=key, data={"part": part, "event": event, "block": block, "motion": motion, "settle": False})


def show_when_settled(key: str, part: str, *, block: str = "center") -> None:
    """Brings `part` into sight and holds it there until what stands above it has its height; with every call anew.

    Args:
        key: of the component; part: a CSS selector.
        block: as the browser's `scrollIntoView` takes it.
    """
    _mount(key=key, data={"part": part, "block": block, "settle": True})
