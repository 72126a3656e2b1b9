"""What a session says goes to the connection that it has now.

What Streamlit does: its server takes a list of the open sessions and works through it, other tasks between. A browser
that loses its connection and comes back in that time stands on the list with the old one: the first messages of the
run that it asked for on coming back go there, and the page stays as it was. This takes several visitors, and comes the
more often the busier the machine is: it was the only cause of lost strokes in the soak of `benchmarks`.

What this changes: `Runtime._send_message` looks the connection up at each message. Upstream: docs/upstream.md has the
report, with a script that shows the fault.

When it can go: `test_streamlit_still_needs_it` in tests/app/test_delivery.py is skipped once Streamlit looks it up
itself, and says so.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime import Runtime

from siamese.app.patches.wrapping import Function, wrap


def install() -> None:
    """Has the server look up a session's connection at each message; does nothing when called again."""
    wrap(Runtime, "_send_message", _to_present)


def _to_present(send: Function) -> Function:
    def send_to_present(runtime: Any, listed: Any, message: Any) -> None:
        send(runtime, runtime._session_mgr.get_active_session_info(listed.session.id) or listed, message)

    return send_to_present
