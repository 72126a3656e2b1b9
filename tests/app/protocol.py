"""A client that speaks Streamlit's own protocol, so that it can send what no browser would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

WAIT = 120  # seconds


class Session:
    """One session of the app, on one of its pages.

    Attributes:
        html: all HTML of the last run.
        errors: every exception and error box in it.
        widgets: of the widgets that it showed, id -> type.
    """

    def __init__(self, server: str, page: str = "", query: str = "") -> None:
        self.page, self.query = page, query
        self.html, self.errors = "", []
        self.widgets: dict[str, str] = {}
        self._cached: dict[str, ForwardMsg] = {}
        self._connection = connect(
            server.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            origin=server,
            max_size=None,
            open_timeout=WAIT,
        )

    def __enter__(self) -> Session:
        self._socket = self._connection.__enter__()
        return self.run()

    def __exit__(self, *error) -> None:
        self._connection.__exit__(*error)

    def send(self, content: bytes | str) -> None:
        """Send anything at all."""
        self._socket.send(content)

    def receive(self) -> bytes:
        """The next message; `websockets.ConnectionClosed` when the server has hung up."""
        return self._socket.recv(timeout=WAIT)

    def run(self, *states: WidgetState) -> Session:
        """This session, after a run of its page with these widgets changed."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.widgets.extend(states)
        self.send(message.SerializeToString())
        self.html, self.errors, self.widgets = "", [], {}
        for answer in self._answers():
            kind = answer.WhichOneof("type")
            if kind == "delta":
                self._read(answer.delta)
            if kind == "script_finished":
                return self
        return self

    def id(self, key: str) -> str:
        """The identity of the widget with this key."""
        return next(name for name in self.widgets if name.endswith(f"-{key}"))

    def event(self, key: str, name: str, value: Any) -> WidgetState:
        """An event of a component: a click on a point, say."""
        text = json.dumps([{"event": name, "value": value}])
        return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{self.id(key)}__events", json_trigger_value=text)

    def stroke(self, key: str, drawing: Any) -> WidgetState:
        """What a canvas sends."""
        return state(self.id(key), json_value={"drawing": {"raw": drawing}})

    def _answers(self) -> Iterator[ForwardMsg]:
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.receive())
            if answer.WhichOneof("type") == "ref_hash":
                answer = self._cached[answer.ref_hash]
            elif answer.hash:
                self._cached[answer.hash] = answer
            yield answer

    def _read(self, delta: Message) -> None:
        if delta.WhichOneof("type") != "new_element" or not (kind := delta.new_element.WhichOneof("type")):
            return
        content = getattr(delta.new_element, kind)
        if kind == "html":
            self.html += content.body
        elif kind == "exception" or (kind == "alert" and content.format == content.ERROR):
            self.errors.append(str(content))
        elif getattr(content, "id", "").startswith("$$ID"):
            self.widgets[content.id] = kind


def state(identity: str, **value: Any) -> WidgetState:
    """A widget's state with a value of any of the protocol's types; JSON may be text that is none."""
    result = WidgetState(id=identity)
    for name, content in value.items():
        if name.endswith("_array_value"):
            getattr(result, name).SetInParent()
            getattr(result, name).data.extend(content)
        else:
            setattr(
                result, name, json.dumps(content) if name.startswith("json") and content != str(content) else content
            )
    return result
