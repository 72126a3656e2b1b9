"""A visitor without a browser: one session of the app over Streamlit's own WebSocket protocol.

Speaks the same messages as Streamlit's front end, with the protobuf classes of the installed package. It
keeps no cache of messages, so the server sends everything in full.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

ANSWER_S = 20  # a stroke that is not answered by then counts as lost
_ANSWER = re.compile(r'data-testid="(?:prompt|verdict)"(?:[^>]*data-(?:distance="([0-9.]+)"|(strokes)))?')


class Lost(Exception):
    """The server closed the connection, or did not answer in time."""


class Visitor:
    """One open session.

    Attributes:
        verdict: the distance that the page shows, as its HTML has it, or "" for a prompt in its place; None for the
            echo page, which compares nothing.
        answered: when verdict or prompt came, on the clock of `time.perf_counter`, or 0.
        errors: exceptions and error boxes that the page showed.
        sent, received: bytes.
    """

    def __init__(self, connection: ClientConnection, port: int, query: str, path: str = "") -> None:
        self._connection, self.port, self._query, self._path = connection, port, query, path
        self._widgets: dict[str, tuple[str, str]] = {}  # key -> (id, its fragment)
        self._states: dict[str, WidgetState] = {}
        self._page = ""
        self._wanted: list[str] = []  # the fragments of the run that was asked for; none for the whole page
        self._running: list[str] | None = None
        self.session = ""
        self.verdict: str | None = ""
        self.answered = 0.0
        self.errors: list[str] = []
        self.sent = self.received = 0

    @classmethod
    async def arrive(cls, port: int, query: str = "", path: str = "") -> Self:
        """A visitor who has opened the page at `path` and waited for its first run.

        Raises:
            Lost: as `stroke`.
        """
        visitor = cls(await _connected(port), port, query, path)
        await visitor.rerun()
        return visitor

    async def come_back(self) -> None:
        """Connect again to the same session after `cut`, and show its page again, as the front end does."""
        self._connection = await _connected(self.port, self.session)
        await self.rerun()

    async def leave(self) -> None:
        """Close the connection as a browser does when its tab is closed."""
        await self._connection.close()

    def cut(self) -> None:
        """Break the connection without a word, as a lost network does."""
        self._connection.transport.abort()

    async def press(self, button: str) -> None:
        """Press the button with this key."""
        identity, fragment = self._widgets[button]
        await self.rerun(fragment, [WidgetState(id=identity, trigger_value=True)])

    async def stroke(self, canvas: str, drawing: str) -> float:
        """Send the JSON text of what a canvas holds after a stroke; seconds until the answer to it came.

        Raises:
            Lost: none came.
        """
        self.answered = 0.0
        start = time.perf_counter()
        await self.rerun(self._hold(canvas, drawing))
        if not self.answered:
            raise Lost("the run ended without an answer")
        return self.answered - start

    async def stroke_cut_off(self, canvas: str, drawing: str) -> float:
        """Send a stroke over a connection that breaks at once, come back; seconds until the answer to it came.

        Raises:
            Lost: none came.
        """
        start = time.perf_counter()
        await self.send(self._request(self._hold(canvas, drawing)))
        self.cut()
        self.answered = 0.0
        await self.come_back()
        if not self.answered:
            raise Lost("after coming back there was no answer")
        return self.answered - start

    def _hold(self, canvas: str, drawing: str) -> str:
        """Hold what a canvas now shows; its fragment."""
        # The app's canvases are called left.canvas and right.canvas, the echo page's left and right.
        identity, fragment = self._widgets.get(canvas) or self._widgets[canvas.removesuffix(".canvas")]
        self._states[identity] = WidgetState(id=identity, json_value=drawing)
        return fragment

    async def rerun(self, fragment: str = "", triggers: Iterable[WidgetState] = ()) -> None:
        """Ask for a run, of one fragment or of the whole page, and wait for its end."""
        try:
            await self.send(self._request(fragment, triggers))
            # After coming back, what an earlier run still had to say comes first.
            self._wanted, self._running = [fragment] if fragment else [], None
            async with asyncio.timeout(ANSWER_S):
                while not self._take(await self._connection.recv()):
                    pass
        except (TimeoutError, OSError, ConnectionClosed) as error:
            raise Lost(f"no answer ({type(error).__name__})") from error

    def _request(self, fragment: str, triggers: Iterable[WidgetState] = ()) -> bytes:
        return self._message(fragment, triggers).SerializeToString()

    def _message(self, fragment: str, triggers: Iterable[WidgetState]) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self._page, fragment
        state.page_name = "" if self._page else self._path
        state.widget_states.widgets.extend([*self._states.values(), *triggers])
        return message

    async def send(self, content: bytes | str) -> None:
        """Send anything: for hostile visitors."""
        self.sent += len(content)
        await self._connection.send(content)

    def _take(self, content: bytes | str) -> bool:
        """Keep what one message tells; whether the run that was asked for has ended with it."""
        self.received += len(content)
        return self._read(ForwardMsg.FromString(content))

    def _read(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._running = list(message.metadata.run.fragment_ids)
            self.session = message.new_session.initialize.session_id or self.session
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "delta":
            self._show(message.delta)
        finished = kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return finished and self._is_wanted()

    def _is_wanted(self) -> bool:
        """Whether the run that has ended is the one that was asked for."""
        return self._running == self._wanted

    def _show(self, delta: Delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "html":
            if found := _ANSWER.search(element.html.body):
                self.verdict, self.answered = None if found[2] else found[1] or "", time.perf_counter()
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.errors.append(element.alert.body)
        elif kind and hasattr(getattr(element, kind), "id"):
            # A widget's id ends in the key that the page gave it.
            identity = getattr(element, kind).id
            self._widgets[identity.split("-", 2)[-1]] = identity, delta.fragment_id


async def _connected(port: int, session: str = "") -> ClientConnection:
    # As the front end does: the protocol's name, a token that only logged-in users need, the former session.
    protocols = [Subprotocol(name) for name in (["streamlit", "none", session] if session else ["streamlit"])]
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    try:
        return await connect(address, subprotocols=protocols, max_size=None)
    except (OSError, TimeoutError, WebSocketException) as error:
        raise Lost(f"no connection ({type(error).__name__})") from error
