"""A clock in the browser: what is on the page asks the server for news, and nothing is redrawn where there is none.

Streamlit's `run_every` redraws its fragment each time. This one calls a function first, which redraws what it likes.
It waits while the pen is down, and while the server is still at the run before.
"""

from __future__ import annotations

from collections.abc import Callable

from siamese.app.components._register import component

_mount = component(__name__)


def ticker(key: str, seconds: float, on_tick: Callable[[], None]) -> None:
    """Calls `on_tick`, a callback, every so many seconds while the page is shown; takes no room on the page.

    Args:
        key: of the component, which stands in a fragment of its own.
        on_tick: may name the fragments that follow, by `st.rerun`.
    """
    _mount(key=key, width="content", height="content", data={"every": 1000 * seconds}, on_tick_change=on_tick)
