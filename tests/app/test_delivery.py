"""Messages reach the connection that a session has, though it came back while the server was sending."""

from __future__ import annotations

import pytest
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest

from siamese.app.patches import delivery
from tests.app import upstream

FAULT = "Messages go to the connection that a session had"
INSTALL = "from siamese.app.patches import delivery; delivery.install()"


@pytest.fixture
def streamlits_own(monkeypatch):
    """The server as Streamlit made it, whatever a test before taught it."""
    send = Runtime._send_message
    monkeypatch.setattr(Runtime, "_send_message", getattr(send, "__wrapped__", send))


def test_who_came_back_gets_what_the_session_says(tmp_path):
    """The whole run, from its first message on, and only over the new connection, each of five times."""
    assert upstream.run(FAULT, tmp_path, before=INSTALL).endswith("of 5 runs 0 were lost")


def test_streamlit_still_needs_it(tmp_path):
    """Untaught, the new connection gets nothing; once it does, `delivery` can go, and this says so."""
    said = upstream.run(FAULT, tmp_path)
    if said.endswith("of 5 runs 0 were lost"):
        pytest.skip(f"{said}: siamese/app/patches/delivery and its report in docs/upstream.md can go")
    assert "were lost" in said


@pytest.mark.usefixtures("streamlits_own")
def test_taught_once_however_often_the_page_runs():
    """Every run of every session calls it."""
    delivery.install()
    send = Runtime._send_message
    delivery.install()
    assert Runtime._send_message is send


@pytest.mark.usefixtures("streamlits_own", "no_mnist")
def test_the_app_teaches_it():
    """By starting, without anything to set."""
    before = Runtime._send_message
    AppTest.from_file("../../app.py", default_timeout=60).run()
    assert Runtime._send_message is not before
