"""Each patch of a function is put in place by the app's start, and once."""

from __future__ import annotations

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from siamese.app.patches import delivery, fragments, presses, wrapping
from tests.app import upstream

#: What each of them changes.
FUNCTIONS = {
    delivery: (Runtime, "_send_message"),
    fragments: (ForwardMsgQueue, "clear"),
    presses: (SafeSessionState, "__init__"),
}


@pytest.fixture(params=FUNCTIONS, ids=lambda patch: patch.__name__.rpartition(".")[2])
def patch(request, monkeypatch):
    """A patch that is not in place, whatever a test before installed."""
    upstream.unwrap(monkeypatch, *FUNCTIONS[request.param])
    return request.param


def test_taught_once_however_often_the_page_runs(patch):
    """Every run of every session calls it."""
    owner, name = FUNCTIONS[patch]
    before = getattr(owner, name)
    patch.install()
    taught = getattr(owner, name)
    assert taught is not before
    patch.install()
    assert getattr(owner, name) is taught


@pytest.mark.usefixtures("no_mnist")
def test_the_app_teaches_it(patch):
    """By starting, without anything to set."""
    owner, name = FUNCTIONS[patch]
    before = getattr(owner, name)
    AppTest.from_file("../../app.py", default_timeout=60).run()
    assert getattr(owner, name) is not before


def test_what_streamlit_no_longer_has_is_left_alone():
    """A newer Streamlit may have another function: the page starts all the same."""

    class Newer: ...

    wrapping.wrap(Newer, "gone", lambda function: function)
    assert not hasattr(Newer, "gone")
