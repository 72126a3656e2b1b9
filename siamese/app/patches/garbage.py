"""What stays for good is taken out of the garbage collector's way.

What Streamlit does: it collects all garbage after every run, so after every stroke of every visitor. More than half
of a stroke's processor time went into walking through the objects of imported modules, which never are garbage.

What this changes: nothing in Streamlit. `gc.freeze` moves the objects that exist now to where the collector does not
look. Upstream: Streamlit's issue 3099 asked for that collection; since its pull request 3215 `runner.postScriptGC`
turns it off, but then the garbage of every visitor stays until Python collects it by itself.

When it can go: once a stroke costs the server no more without it. `python -m benchmarks stroke` measures that; no test
does.
"""

from __future__ import annotations

import gc
import sys
import threading
import time

_MORE_MODULES = 50  # a page that brought its own modules: worth freezing them, too
_EVERY_S = 600.0
_lock = threading.Lock()
_modules, _when = 0, 0.0


def freeze() -> None:
    """Freezes the objects that exist now, where many modules have come since the last time or a while has passed.

    Those of sessions that have ended since are let go first, so that none is kept for good.
    """
    global _modules, _when
    with _lock:
        if len(sys.modules) < _modules + _MORE_MODULES and time.monotonic() < _when + _EVERY_S:
            return
        if _modules:  # at the very first visit nothing has ended yet, and the visitor waits
            gc.unfreeze()
            gc.collect()
        _modules, _when = len(sys.modules), time.monotonic()
        gc.freeze()
