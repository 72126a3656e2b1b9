"""Who goes back to a page lands where they were on it.

A browser brings back the place of its window by itself; in Streamlit a part of the page scrolls, and the page is built
anew, piece by piece.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app.components._register import component

_mount = component(__name__)


def restore() -> None:
    """Lets the page be scrolled to where it was when someone goes back to it."""
    context = get_script_run_ctx()
    # With the page the data changes: then the script in the browser runs once more.
    _mount(key="place", width="content", height="content", data={"page": context.page_script_hash if context else ""})
