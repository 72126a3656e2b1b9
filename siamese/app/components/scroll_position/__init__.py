"""The scroll position of a page, for someone who goes back to it.

A browser restores the position of its window by itself; in Streamlit a part of the page scrolls, and the page is built
anew, piece by piece.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app.components._register import component

_mount = component(__name__)


def restore() -> None:
    """Has the page scrolled to where it was when someone goes back to it; takes no room on the page."""
    context = get_script_run_ctx()
    # With the page the data changes: then the script in the browser runs once more.
    _mount(key="place", width="content", height="content", data={"page": context.page_script_hash if context else ""})
