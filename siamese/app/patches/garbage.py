"""What stays for good is taken out of the garbage collector's way.

Streamlit collects all garbage after every run, so after every stroke of every visitor. More than half of a
stroke's processor time went into walking through the objects of imported modules, which never are garbage.
"""

from __future__ import annotations

import gc
import sys
import threading
import time

MORE_MODULES = 50  # a page that brought its own modules: worth setting them aside, too
EVERY_S = 600.0
_lock = threading.Lock()
_modules, _when = 0, 0.0


def set_aside() -> None:
    """Set the objects there are now aside, where much has come since the last time, or a while has passed.

    Those of sessions that have ended since are let go first, so that none is kept for good.
    """
    global _modules, _when
    with _lock:
        if len(sys.modules) < _modules + MORE_MODULES and time.monotonic() < _when + EVERY_S:
            return
        if _modules:  # at the very first visit nothing has ended yet, and the visitor waits
            gc.unfreeze()
            gc.collect()
        _modules, _when = len(sys.modules), time.monotonic()
        gc.freeze()
