"""What a person pressed, drew or chose is carried out, whatever is asked for next.

What Streamlit does: a run gives way to a newer one at each look into `st.session_state`. It looks there before it calls
the callbacks of what a browser sent, and most callbacks do. The newer run knows nothing of what the older one was asked
for: the press is lost, without a word.

What this changes: `SafeSessionState` asks whether to give way once the callbacks are done, not before. With
`runner.fastReruns` off (.streamlit/config.toml), a run that waits for its turn is joined with what is asked for next,
and no longer dropped. Upstream: docs/upstream.md has the report, with a script that shows the fault.

When it can go: `test_streamlit_still_needs_it` in tests/app/test_presses.py is skipped once Streamlit loses no press
any more, and says so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState

from siamese.app.patches.wrapping import Function, wrap


def install() -> None:
    """Has callbacks carried out to their end in every run from now on; does nothing when called again."""
    wrap(SafeSessionState, "__init__", _patient)


def _patient(make: Function) -> Function:
    def make_patient(state: Any, held: Any, yield_callback: Callable[[], None]) -> None:
        make(state, held, functools.partial(_give_way, yield_callback))

    return make_patient


def _give_way(ask: Callable[[], None]) -> None:
    """Ask whether a newer run waits, but for the time before this one's script has begun: callbacks come before it."""
    run = get_script_run_ctx(suppress_warning=True)
    if run is None or run.has_script_started:
        ask()
