"""A verdict that is two seconds late is marked as waiting, until the answer has come.

Where a network stalls, the connection stays open: a stroke is on the canvas, the verdict beside it is that of the
drawing before, and Streamlit says nothing for a minute. The browser alone can know of it. So it records when it asks
the server for a run, and when a run has ended after that; the server does nothing for it.

On quick steps back through the browser's history Streamlit asks for a page at each, and when one arrives whose entry
has been left meanwhile, it adds an entry for it: six quick steps ended elsewhere than six slow ones, and the way on was
cut off. So no entry is added while a step is not answered; where Streamlit was about to add one, the page is asked for
once more.

Where the connection is lost, the line of `style` says so, in its own words. Streamlit's dialog, which tells the reader
to start the server with a command, is closed as it opens.
"""

from __future__ import annotations

from collections.abc import Iterable

from siamese.app.components._register import component

LATE_MS = 2000
#: The first byte of a message that asks for a run: the number of `BackMsg.rerun_script`, and that a message follows.
RUN_MESSAGE = 11 << 3 | 2

_mount = component(__name__)


def watch(path: str, paths: Iterable[str]) -> None:
    """Has the page marked while an answer is late; takes no room on the page.

    Args:
        path: of the page that this run shows; empty for the default page.
        paths: of all pages but the default one.
    """
    _mount(
        key="waiting",
        width="content",
        height="content",
        data={
            "path": path,
            "paths": " ".join(sorted(set(paths))),
            "lateMs": LATE_MS,
            "runMessage": RUN_MESSAGE,
        },
    )
