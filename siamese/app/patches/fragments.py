"""What a run drew reaches the browser, though a fragment's run begins before it was sent.

What Streamlit does: when a fragment's run begins, what the run before has drawn in that fragment, and has not been sent
yet, is dropped; that the run before has come to its end is told all the same. The browser then takes away what that run
did not draw, and the fragment's elements no longer find their places: "Bad delta path".

What this changes: `ForwardMsgQueue.clear` drops nothing for a fragment. Upstream: docs/upstream.md has the report, with
a script that shows the fault.

When it can go: `test_streamlit_still_needs_it` in tests/app/test_fragments.py is skipped once Streamlit drops nothing
itself, and says so.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from siamese.app.patches.wrapping import Function, wrap


def install() -> None:
    """Has what was drawn stay in the queue; does nothing when called again."""
    wrap(ForwardMsgQueue, "clear", _for_app)


def _for_app(clear: Function) -> Function:
    def clear_for_app(queue: Any, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: Any = None) -> None:
        if fragment_ids_this_run is None:
            clear(queue, retain_lifecycle_msgs)
        else:
            queue._delta_index_map = {}  # what the fragment draws anew comes after its run's beginning

    return clear_for_app
