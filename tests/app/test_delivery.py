"""Messages reach the connection that a session has, though it came back while the server was sending."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.runtime import AsyncObjects, RuntimeState
from streamlit.runtime.session_manager import ActiveSessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest

from siamese.app.patches import delivery


class Client:
    """A connection: keeps what it is sent, and may do something on the first message."""

    def __init__(self, on_first=lambda: None) -> None:
        self.got: list[str] = []
        self._on_first = on_first

    def write_forward_msg(self, message: ForwardMsg) -> None:
        self.got.append(message.hash)
        if len(self.got) == 1:
            self._on_first()


class Session:
    """A session with messages to send."""

    def __init__(self, identity: str, *messages: str) -> None:
        self.id, self._queue = identity, [ForwardMsg(hash=message) for message in messages]

    def flush_browser_queue(self) -> list[ForwardMsg]:
        queue, self._queue = self._queue, []
        return queue

    def on_flushed_messages_sent(self) -> None:
        pass


@pytest.fixture
def streamlits_own(monkeypatch):
    """The server as Streamlit made it, whatever a test before taught it."""
    send = Runtime._send_message
    monkeypatch.setattr(Runtime, "_send_message", getattr(send, "__wrapped__", send))


async def one_round() -> SimpleNamespace:
    """The server's own loop over two sessions; the second comes back while the first is served."""
    runtime = object.__new__(Runtime)
    manager = runtime._session_mgr = WebsocketSessionManager(None, None, None, None)
    loop = asyncio.get_running_loop()
    runtime._async_objs = objects = AsyncObjects(
        loop, asyncio.Event(), asyncio.Event(), asyncio.Event(), loop.create_future(), loop.create_future()
    )
    runtime._state = RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED
    old, new, other = Client(), Client(), Session("b", "new_session", "script_finished")

    def comes_back() -> None:
        manager._active_session_info_by_id["b"] = ActiveSessionInfo(new, other)
        objects.must_stop.set()

    manager._active_session_info_by_id |= {
        "a": ActiveSessionInfo(Client(comes_back), Session("a", "anything")),
        "b": ActiveSessionInfo(old, other),
    }
    manager.list_sessions = list  # nothing to close
    await runtime._loop_coroutine()
    return SimpleNamespace(old=old.got, new=new.got)


@pytest.mark.usefixtures("streamlits_own")
def test_who_came_back_gets_what_the_session_says():
    """The whole run, from its first message on, and only over the new connection."""
    delivery.install()
    got = asyncio.run(one_round())
    assert got.new == ["new_session", "script_finished"]
    assert got.old == []


@pytest.mark.usefixtures("streamlits_own")
def test_streamlit_still_needs_it():
    """Untaught, the new connection gets nothing; once it does, `delivery` can go, and this says so."""
    got = asyncio.run(one_round())
    if got.new == ["new_session", "script_finished"]:
        pytest.skip("this Streamlit looks up the present connection itself: siamese/app/patches/delivery can go")
    assert got.old == ["new_session", "script_finished"]
    assert got.new == []


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
