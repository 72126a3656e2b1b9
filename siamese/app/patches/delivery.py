"""What a session says goes to the connection that it has now.

Streamlit's server takes a list of the open sessions and works through it, other tasks between. Who loses the
connection and comes back in that time stands on the list with the old one: the first messages of the run that
was asked for on coming back went there, and the page stayed as it was. Only with several visitors, and the
more often the busier the machine: it was the only cause of lost strokes in the soak of `benchmarks`.
"""

from __future__ import annotations

import functools
from typing import Any

from streamlit.runtime import Runtime


def to_the_present_connection() -> None:
    """Teaches the server to look up a session's connection at each message; once taught, does nothing."""
    send = getattr(Runtime, "_send_message", None)
    if send is None or hasattr(send, "__wrapped__"):
        return

    @functools.wraps(send)
    def send_to_present(runtime: Any, listed: Any, message: Any) -> None:
        send(runtime, runtime._session_mgr.get_active_session_info(listed.session.id) or listed, message)

    setattr(Runtime, "_send_message", send_to_present)  # noqa: B010, for a private method has no type to keep to
