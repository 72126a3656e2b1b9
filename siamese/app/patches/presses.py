"""What a person pressed, drew or chose is carried out, whatever is asked for next.

What Streamlit does: a run gives way to a newer one at each look into `st.session_state`. It looks there before it calls
the callbacks of what a browser sent, and most callbacks do. The newer run knows nothing of what the older one was asked
for: the press is lost, without a word.

What this changes: `SafeSessionState.on_script_will_rerun`, in which callbacks are called, gives way at its end only.
With `runner.fastReruns` off (.streamlit/config.toml), a run that waits for its turn is joined with what is asked for
next, and no longer dropped. Upstream: docs/upstream.md has the report, with a script that shows the fault.

When it can go: `test_streamlit_still_needs_it` in tests/app/test_presses.py is skipped once Streamlit loses no press
any more, and says so.
"""

from __future__ import annotations

import functools
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState


def install() -> None:
    """Has callbacks carried out to their end; does nothing when called again."""
    start = getattr(SafeSessionState, "on_script_will_rerun", None)
    if start is None or hasattr(start, "__wrapped__"):
        return

    @functools.wraps(start)
    def start_whole(state: Any, *told: Any, **named: Any) -> None:
        give_way = state._yield_callback
        object.__setattr__(state, "_yield_callback", lambda: None)  # the class hands its attributes on to the session
        try:
            start(state, *told, **named)
        finally:
            object.__setattr__(state, "_yield_callback", give_way)

    setattr(SafeSessionState, "on_script_will_rerun", start_whole)  # noqa: B010, its arguments are Streamlit's own
