"""What a hostile client can send: forged widgets, payloads, names, paths. It gets no further than its own session."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from websockets.exceptions import ConnectionClosed

from siamese.imaging import pens, strokes
from tests.app.protocol import Session, state
from tests.browser.conftest import serve
from tests.conftest import ROOT

PAGES = ("", "map", "teach", "class", "accuracy", "live", "how")
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
LIBRARY = "/component/siamese.app.components.plot.plotly_library"
DRAWN = "left=d&right=d"  # Compare with two empty canvases

#: For each type of widget, values of the type that it sends, but none that it offers.
WRONG = {
    "slider": [{"double_array_value": value} for value in ([1e308], [-1e308], [], [1.0, 2.0, 3.0])],
    "button_group": [{"string_array_value": value} for value in (["../../etc/passwd"], [SCRIPT], ["a"] * 1000, [""])],
    "selectbox": [{"string_value": value} for value in ("../../etc/passwd", SCRIPT, "x" * 100_000, "", "\0")],
    "number_input": [{"double_value": value} for value in (1e308, -1e308, 49.0, 101.0)],
    "text_input": [{"string_value": value} for value in (SCRIPT, "x" * 1_000_000, "\0\u202e\ud7ff")],
}
#: What no canvas sends.
DRAWINGS = [
    None,
    7,
    "text",
    [],
    {},
    {"objects": None},
    {"objects": [None, 7, "x", {}, {"type": "path"}]},
    {"objects": [{"type": "path", "path": [["M", 1, 2], ["L", "3", None]]}]},
    {"objects": [{"type": "path", "path": [["M", 1e300, 2], ["L", 3, 4]]}]},
    {"objects": [{"type": "path", "path": [["M", 1, 2], [SCRIPT, 3, 4]]}]},
    {"objects": [{"type": "path", "path": [["M", 1, 2], ["L", 3, 4]], "angle": SCRIPT}]},
    {"objects": [{"type": "path", "path": [["M", 1, 2]] * 6001}]},
    {"objects": [{"type": "path", "path": [["M", 1, 2], ["L", 3, 4]]}] * 61},
    {"objects": [{"type": "path", "path": [["M", 1, 2], ["L", 3, 4]] * 1000}] * 50},  # two megabytes
]
#: Values of a type that the widget never sends: Streamlit itself stumbles over some of them.
FOREIGN = [
    {"bytes_value": b"\xff\0"},
    {"double_value": float("nan")},
    {"int_array_value": [-1, 2**31]},
    {"double_array_value": [float("nan")]},
    {"json_value": "{"},
    {"json_value": "[" * 50_000},
    {"json_value": {"drawing": "x"}},
    {"json_trigger_value": "{"},
    {"string_array_value": [SCRIPT]},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """A server whose log must hold no traceback of ours at the end."""
    yield from serve(tmp_path_factory.mktemp("forged"), {})


@pytest.fixture(scope="module")
def rough_server(tmp_path_factory) -> Iterator[str]:
    """A server whose log may: for what Streamlit itself stumbles over in the middle of a page."""
    yield from serve(tmp_path_factory.mktemp("rough"), {}, clean=False)


@pytest.fixture
def neighbour(server, rng) -> Iterator[Session]:
    """Another session with a drawing on the left; after the test it is as it was."""
    with Session(server, query=urlencode({"left": "d" + strokes.encode(pens.draw(3, rng)), "t": 0.5})) as session:
        before = session.html
        assert 'data-testid="verdict"' in before
        yield session
        session.run()
        assert session.html == before
        assert not session.errors


@pytest.mark.parametrize("page", PAGES)
def test_values_that_no_widget_offers_change_nothing(server, neighbour, page):
    """Every slider, choice and text of the page: out of range, not offered, megabytes, markup. No error, no markup."""
    with Session(server, page) as session:
        tried = 0
        for identity, kind in list(session.widgets.items()):
            if identity.endswith("-how.step"):  # a slider of words: Streamlit itself stumbles over other values
                continue
            for value in WRONG.get(kind, []):
                session.run(state(identity, **value))
                assert not session.errors, (identity, value)
                assert "<script>" not in session.html
                tried += 1
        assert tried
        session.run()
        assert not session.errors


@pytest.mark.parametrize(("page", "query", "key"), [("", DRAWN, "left.canvas"), ("teach", "", "teach.ask.canvas")])
def test_drawings_that_no_canvas_sends_are_refused_in_words(server, neighbour, rng, page, query, key):
    """Wrong types, numbers that are none, floods of strokes: a sentence for a verdict, and then a good drawing."""
    with Session(server, page, query) as session:
        for drawing in DRAWINGS:
            session.run(session.stroke(key, drawing))
            assert not session.errors, str(drawing)[:100]
            assert re.search("cannot be read|too many|more than|Draw", session.html), str(drawing)[:100]
            assert "<script>" not in session.html
        session.run(session.stroke(key, strokes.to_canvas(pens.draw(7, rng))))
        assert not re.search("cannot be read|too many points|more than", session.html)
        assert not session.errors


def pressed(session: Session, key: str) -> Session:
    """The session after a press on a button."""
    return session.run(state(session.id(key), trigger_value=True))


def test_a_pupils_messages_steer_no_room(server, neighbour, rng):
    """What no canvas sends is refused in words; the teacher's buttons, pressed from a pupil's session, do nothing."""
    with Session(server, "class") as teacher:
        teacher.run(teacher.event("class.keys", "found", "{}"))
        pressed(teacher, "class.open.go")
        code = re.search("room=([A-Z]{4})", teacher.html)[1]
        with Session(server, "class", f"room={code}") as pupil:
            pupil.run(pupil.event("class.keys", "found", json.dumps({"rooms": {code: {"teacher": "guess"}}})))
            pressed(pupil, "class.join.link")
            for drawing in DRAWINGS:
                pupil.run(pupil.stroke("class.canvas", drawing))
                pressed(pupil, "class.send")
                assert not pupil.errors, str(drawing)[:100]
                assert "<script>" not in pupil.html
            values = {"checkbox": {"bool_value": True}, "button": {"trigger_value": True}}
            theirs = [(one, kind) for one, kind in teacher.widgets.items() if kind in values]
            assert len(theirs) > 2
            for identity, kind in theirs:
                pupil.run(state(identity, **values[kind]))
                assert not pupil.errors, identity
                assert 'data-testid="counts"' not in pupil.html
        teacher.run()
        assert 'data-pupils="1" data-drawings="0"' in teacher.html
        assert not teacher.errors


@pytest.mark.parametrize(("page", "key"), [("map", "map.chart"), ("accuracy", "accuracy.digits")])
def test_clicks_on_points_that_are_not_there_change_nothing(server, neighbour, page, key):
    """A chart's click with a row that does not exist, or is none."""
    with Session(server, page) as session:
        for row in (-1, 10**30, 99_999, 1.5, True, None, SCRIPT, [], {"row": 1}):
            session.run(state(session.id(key), json_value={}), session.event(key, "point", row))
            assert not session.errors, row
            session.run(session.event(key, "point", row))
            assert not session.errors, row
            assert "<script>" not in session.html


def symbol(name: str, example: str) -> str:
    """A symbol as a link holds it, without the care that our own links take."""
    return f"{quote(name, safe='')}~{example}"


def test_a_name_is_text_wherever_it_is_shown(server, neighbour, rng):
    """A symbol named with markup, a megabyte or signs that turn the text: escaped and short on every element."""
    example = strokes.encode(pens.draw(4, rng), limit=400)
    for name in (SCRIPT, "x" * 1500, '"><b onclick="x">', "\u202e\u2067evil", "&lt;b&gt;"):
        query = urlencode({"s1": symbol(name, example), "s2": symbol("plain", example), "ask": example})
        with Session(server, "teach", query) as session:
            assert not session.errors
            assert not re.search(r"<script|<img src=x|<b onclick|\u202e", session.html)
            assert "x" * 200 not in session.html
            assert "plain" in session.html


@pytest.mark.parametrize(
    "query",
    [
        {"model": "../../../etc/passwd"},
        {"model": "..%2f..%2fsecret"},
        {"model": "strokes/../baseline"},
        {"model": "strokes\0"},
        {"model": SCRIPT, "t": "nan", "split": SCRIPT, "left": SCRIPT, "s1": SCRIPT + "~", "chosen": "-1"},
        {"left": "d" + "A" * 1_000_000},
        {f"x{number}": "y" for number in range(2000)},
    ],
    ids=["path", "quoted path", "inner path", "zero byte", "markup", "megabyte", "thousands"],
)
def test_links_of_a_stranger_open_the_page(server, neighbour, query):
    """Paths in a model's name, markup, megabytes: the page opens with an example, and nothing of it is shown."""
    with Session(server, query=urlencode(query)) as session:
        assert not session.errors
        assert 'data-testid="verdict"' in session.html
        assert "<script>" not in session.html
        assert "passwd" not in session.html


def test_what_is_no_message_ends_that_connection_alone(server, neighbour):
    """Text, random bytes and more than the limit: the server hangs up and serves all others."""
    for content in ("text", b"\xff\xff\xff\xff", b"\x5a" * 5_000_000):
        with Session(server) as session:
            session.send(content)
            with pytest.raises(ConnectionClosed):
                session.run()


def test_foreign_values_hurt_nobody_else_and_tell_nothing(rough_server):
    """Values of types that a widget never sends may spoil their sender's page, but no other session's; and
    nothing that is sent back names a file, a line or a traceback."""
    with Session(rough_server, query=DRAWN) as other:
        before = other.html
        for page in PAGES:
            with Session(rough_server, page) as session:
                identities = list(session.widgets)
            for value in FOREIGN:
                with Session(rough_server, page) as session:
                    session.run(*(state(identity, **value) for identity in identities))
                    assert not re.search(rf"{ROOT}|Traceback|site-packages|\.py|line \d", str(session.errors))
        other.run()
        assert not other.errors
        assert other.html == before
    with Session(rough_server) as fresh:
        assert not fresh.errors
        assert 'data-testid="verdict"' in fresh.html


@pytest.mark.parametrize(
    "path",
    [
        f"{LIBRARY}/../../../streamlit/config.py",
        f"{LIBRARY}/%2e%2e/%2e%2e/datasets/__init__.py",
        f"{LIBRARY}//etc/passwd",
        "/media/../app.py",
        "/media/%2e%2e%2fapp.py",
        "/app/static/../../siamese/data.py",
        "/.streamlit/config.toml",
        "/siamese/data.py",
        "/assets/models/strokes/card.json",
        "/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_to_a_file_of_the_machine(server, path):
    """Whatever path is asked for: an error, or Streamlit's own page, never a file of ours or of the system."""
    with Session(server, "map"):  # declares the component whose folder is served
        connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
        connection.request("GET", path)  # urllib would tidy the path up
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
    assert answer.status in (400, 403, 404) or b"<title>Streamlit</title>" in content
    assert b"root:" not in content
    assert b"import " not in content[:2000]


def test_plotlys_folder_serves_its_library(server):
    """The one component that serves files of a folder: the library comes, as a script."""
    with Session(server, "map"), urllib.request.urlopen(f"{server}{LIBRARY}/plotly.min.js") as answer:
        assert "javascript" in answer.headers["content-type"]


def test_an_upload_needs_the_token_and_is_limited(server):
    """Without Streamlit's token an upload is forbidden; with it, one above the limit of config.toml is refused."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    with urllib.request.urlopen(f"{server}/_stcore/health") as answer:
        cookie = answer.headers["set-cookie"].split(";")[0]
    with Session(server) as session:
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.file_names.append("a.png")
        session.send(message.SerializeToString())
        urls = None
        while urls is None:
            answer = ForwardMsg()
            answer.ParseFromString(session.receive())
            if answer.WhichOneof("type") == "file_urls_response":
                urls = answer.file_urls_response.file_urls[0]

        def put(size: int, **headers: str) -> int:
            body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n' + bytes(size)
            connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
            headers["Content-Type"] = "multipart/form-data; boundary=b"
            with contextlib.suppress(OSError):  # it may answer and hang up in the middle
                connection.request("PUT", urls.upload_url, body + b"\r\n--b--\r\n", headers)
            with contextlib.closing(connection):
                return connection.getresponse().status

        token = {"Cookie": cookie, "X-Xsrftoken": cookie.split("=", 1)[1]}
        assert put(100) == 403
        assert put(100, **token) in (200, 204)
        assert put(21_500_000, **token) == 413


def test_another_sites_page_cannot_open_a_session(server):
    """A browser on another site sends its own origin, and is turned away."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    with pytest.raises(InvalidStatus):
        connect(server.replace("http", "ws", 1) + "/_stcore/stream", origin="https://elsewhere.example")


def test_the_server_offers_no_remote_control(server):
    """Streamlit's interface for programs, which could drive the app, is off."""
    with urllib.request.urlopen(f"{server}/_stcore/agent/openapi.json") as answer:
        described = json.load(answer)
    assert not any("post" in operations for operations in described.get("paths", {}).values()) or "off" in str(
        described
    )
