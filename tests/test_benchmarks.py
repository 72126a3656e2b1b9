"""The benchmarks run, on tiny settings; how fast anything is is never asserted."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import threading
import time
import urllib.request

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import (
    crowd,
    drawings,
    floors,
    growth,
    lesson,
    members,
    profile,
    relay,
    report,
    room,
    soak,
    stroke,
    transfer,
    visits,
)
from benchmarks.browser import executable
from benchmarks.protocol import Lost, Visitor
from benchmarks.servers import served
from siamese import Verifier
from siamese.classroom.records import Drawing
from siamese.imaging import strokes

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the benchmarks read Linux's /proc")
needs_browser = pytest.mark.skipif(
    executable() is None and not os.environ.get("CI"),
    reason="needs Chromium (apt install chromium)",
)


@pytest.fixture(scope="module")
def server():
    """A server of the app."""
    with served("app") as running:
        yield running


def test_fabric_s_json_holds_the_strokes_it_was_made_of():
    """What the imitated canvas sends is read back as the same line, to what smoothing changes."""
    line = np.array([[40.0, 60.0], [80.0, 100.0], [150.0, 110.0], [200.0, 220.0]])
    (read,) = strokes.from_canvas(drawings.fabric([line]))
    assert read[0] == pytest.approx(line[0], abs=1)
    assert read[-1] == pytest.approx(line[-1], abs=1)


def test_a_visitor_gets_the_verdict_that_a_verifier_gives(server):
    """Over the protocol alone, each stroke brings the distance that was computed beside it, or a prompt."""

    async def visit() -> tuple[list[str], list[str]]:
        visitor = await Visitor.arrive(server.port, crowd.QUERY)
        found, expected = [], []
        for drawn in drawings.session(np.random.default_rng(0), Verifier.load()):
            await visitor.stroke(drawn.canvas, drawn.drawing)
            found.append(visitor.verdict)
            expected.append(drawn.verdict)
            if sum(map(bool, expected)) == 3:
                break
        await visitor.leave()
        assert not visitor.errors
        return found, expected

    found, expected = asyncio.run(visit())
    assert found == expected


class Listener(Visitor):
    """A visitor who notes of what kind each element is that the server sends."""

    def _show(self, delta) -> None:
        self.kinds.append(delta.new_element.WhichOneof("type") or "block")
        super()._show(delta)


def test_a_stroke_sends_what_it_changes_and_nothing_else(server):
    """Two canvases, the verdict with its scale, the pictures: no picker, button or chart."""

    async def visit() -> list[list[str]]:
        Listener.kinds = []
        visitor = await Listener.arrive(server.port, crowd.QUERY)
        whole, sent = list(Listener.kinds), []
        for drawn, _ in zip(drawings.session(np.random.default_rng(0), Verifier.load()), range(3)):
            Listener.kinds.clear()
            await visitor.stroke(drawn.canvas, drawn.drawing)
            sent.append(sorted(Listener.kinds))
        await visitor.leave()
        return [whole, *sent]

    whole, *sent = asyncio.run(visit())
    assert {"button", "button_group", "slider"} <= set(whole), "these are on the page"
    for kinds in sent:
        assert kinds == ["bidi_component"] * 2 + ["block"] + ["html"] * 2


def test_a_stroke_on_a_broken_connection_arrives(server):
    """A connection that breaks as a stroke is sent loses nothing: coming back brings its verdict."""

    async def visit() -> tuple[str, str]:
        visitor = await Visitor.arrive(server.port, crowd.QUERY)
        for drawn in drawings.session(np.random.default_rng(1), Verifier.load()):
            await visitor.stroke_cut_off(drawn.canvas, drawn.drawing)
            if drawn.verdict:
                await visitor.leave()
                return visitor.verdict, drawn.verdict

    found, expected = asyncio.run(visit())
    assert found == expected


def test_no_server_is_a_loss_and_no_crash(server):
    """A visitor who finds nobody at home is told so by the benchmark's own error."""
    with pytest.raises(Lost):
        asyncio.run(Visitor.arrive(9))  # the port of a service that nobody runs


def test_the_crowd_the_growth_and_the_soak_lose_nothing(monkeypatch):
    """On tiny settings each part ends, and every stroke was answered with the single user's verdict."""
    monkeypatch.setattr(soak, "FAULT", 0.3)
    crowds = crowd.measure(True)["crowd"]
    assert {"one process"} <= set(crowds)
    for part, values in [*crowds.items(), *((part, part.measure(True)) for part in (growth, visits, soak))]:
        assert values["strokes"] > 0, part
        assert (values["lost"], values["other_verdicts"], values["errors"]) == (0, 0, 0), values
    assert sum(values["faults"].values()) > 0


@pytest.fixture(scope="module")
def room_values():
    """The part *room* on tiny settings."""
    return room.measure(True)


def test_a_class_in_a_room_loses_and_doubles_nothing(room_values):
    """Each drawing is in the room once, and on the screen, also where the server is killed in the middle."""
    for name, plan in (("lesson", room.QUICK), ("full", room.QUICK_FULL), ("killed", room.QUICK)):
        part = room_values[name]
        assert part["sent"] == plan.phones * plan.digits, name
        assert (part["lost"], part["doubled"], part["not_shown"], part["errors"]) == (0, 0, 0, 0), part
    assert (room_values["lesson"]["broken"], room_values["full"]["broken"]) == (0, 0), room_values
    assert room_values["killed"]["broken"] > 0, "nobody noticed that the server was killed"
    assert room_values["killed"]["in_room"] == room_values["killed"]["sent"]
    assert (room_values["lesson"]["other_verdicts"], room_values["lesson"]["lost_strokes"]) == (0, 0)


def test_a_room_s_floors_and_its_text_follow_from_its_values(room_values):
    """All floors on counts are met, and the text tells of every lesson."""
    counted = {floor.what: floor.met for floor in floors.floors({"room": room_values}) if floor.asked == "none"}
    assert len(counted) == 8
    assert all(counted.values()), counted
    text = report.DESCRIPTIONS["room"](room_values)
    assert text.count(" phones, a digit every") == 3


def test_what_a_room_lacks_has_twice_or_never_showed_is_counted():
    """Of three drawings sent, one is missing, one is there twice and was never shown, the third is shown after 2 s."""
    sent = lesson.Report(sent={(1, b"a"): 10.0, (2, b"b"): 11.0, (3, b"c"): 12.0})
    kept = {
        number: (Drawing(number, 1, digit, digit, True, b""), packed)
        for number, (digit, packed) in enumerate([(2, b"b"), (2, b"b"), (3, b"c")], 1)
    }
    found = lesson.compared(sent, kept, seen={3: 14.0})
    assert (found["sent"], found["lost"], found["doubled"], found["not_shown"]) == (3, 1, 1, 2)
    assert found["shown_ms"] == {"p50": 2000, "p95": 2000, "max": 2000}


def test_a_row_of_the_gallery_names_its_drawings():
    """By the first value of each entry."""
    row = json.dumps({"entries": json.dumps([[7, "iVBO", "Drawing 7, a 4"], [12, "iVBO", "Drawing 12, a 4"]])})
    assert members.numbers_in(row) == [7, 12]


def test_own_steps_name_what_a_stroke_costs_the_app():
    """Every step of the profile took some time."""
    assert all(value > 0 for value in stroke.own_steps().values())


@needs_browser
@pytest.mark.parametrize("part", ["start", "stroke", "transfer", "slow_line", "live"])
def test_parts_in_a_browser_run(part, tmp_path, capsys):
    """On tiny settings each part ends and writes its results and their page."""
    command.main([part, "--quick", "--out", str(tmp_path)])
    assert part in json.loads((tmp_path / "results.json").read_text())
    page = (tmp_path / "RESULTS.md").read_text()
    assert "Quick settings" in page
    assert report.DESCRIPTIONS[part](json.loads((tmp_path / "results.json").read_text())[part]) in page


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("http://a:1/static/js/index.DormvYxC.js", "Streamlit"),
        ("http://a:1/", "Streamlit"),
        (
            "http://a:1/_stcore/bidi-components/streamlit-drawable-canvas.streamlit_drawable_canvas/index.js",
            "the canvas",
        ),
        ("http://a:1/component/siamese.app.components.plot.plotly_library/plotly.min.js?6.0", "Plotly"),
        ("http://a:1/media/0123.png", "pictures"),
        ("http://a:1/static/media/SourceSansVF-Upright.ttf.woff2", "Streamlit"),
    ],
)
def test_each_file_is_somebody_s(address, whose):
    """By its address alone."""
    assert transfer.owner(address) == whose


def test_bytes_of_a_first_visit_are_added_up_by_whose_they_are():
    """3,000 bytes on the wire of which 2,000 are Streamlit's files and 700 the canvas: 300 are messages, 1,000 ours."""
    first = {"wire_down": 3000, "files": 2700, "received": 900, "owners": {"Streamlit": 2000, "the canvas": 700}}
    later = {"wire_down": 450, "files": 50, "received": 900, "owners": {"Streamlit": 50}}
    stroke_ = {"wire_down": 10, "wire_up": 10, "received": 20, "sent": 20}
    part = {"open": {"Compare": first}, "again": {"Compare": later}, "later": {"Compare": later}, "strokes": [stroke_]}
    assert "| Compare | 2.0 | 0.7 | 0.0 | 0.0 | 0.3 | 1.0 | 0.4 |" in report.DESCRIPTIONS["transfer"](part)


def test_time_belongs_to_the_innermost_frame_of_ours_or_of_streamlit_s():
    """Eight samples, of which two wait: one reads strokes, two embed, in NumPy, one is the page, two others."""
    ours, theirs = "_pair (/a/siamese/app/pages/compare/page.py:1)", "run (/b/streamlit/runtime/x.py:2)"
    stacks = [
        f"{theirs};{ours};from_canvas (/a/siamese/imaging/strokes/canvas_json.py:3) 1",
        f"{theirs};{ours};compare (/a/siamese/serving/verifier.py:3);stack (/b/numpy/x.py:4) 2",
        f"{theirs};{ours};html (/b/streamlit/elements/html.py:4);sub (/c/re.py:1) 1",
        f"{theirs};{ours} 1",
        f"{theirs};send (/c/asyncio/x.py:4) 1",
        "run (/c/threading.py:1);EpollSelector.select (/c/selectors.py:4) 1",
        "run (/c/threading.py:1);_worker (/c/concurrent/futures/thread.py:4) 1",
    ]
    shares = profile.told("\n".join(stacks))
    assert shares == pytest.approx(
        {
            "reading the strokes": 1 / 6,
            "embedding": 2 / 6,
            "drawing and framing them": 0,
            "our HTML, our session": 1 / 6,
            "Streamlit's own": 2 / 6,
        }
    )


def test_the_largest_class_is_the_last_that_waits_a_second_at_most_and_loses_nothing():
    """Sixty are borne; ninety wait too long."""
    rungs = [{"people": people, "p95_ms": wait, "lost": 0} for people, wait in ((30, 40), (60, 900), (90, 1100))]
    assert floors.largest_class(rungs) == 60
    assert floors.largest_class([rungs[2]]) == 0
    assert floors.largest_class([rungs[0] | {"lost": 1}]) == 0


def test_a_slow_line_is_slow():
    """20,000 bytes at 100,000 a second and 0.1 s to the server and back: no sooner than 0.2 + 0.1 + 0.1 s."""
    with http.server.HTTPServer(("127.0.0.1", 0), Bytes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with relay.relayed(server.server_port, relay.Line(100_000, 0.1)) as slow:
            started = time.perf_counter()
            with urllib.request.urlopen(slow.address) as answer:
                assert len(answer.read()) == 20_000
            assert time.perf_counter() - started >= 0.4
            assert slow.down >= 20_000
        server.shutdown()


class Bytes(http.server.BaseHTTPRequestHandler):
    """Answers with 20,000 bytes."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "20000")
        self.end_headers()
        self.wfile.write(bytes(20_000))

    def log_message(self, *told) -> None:
        pass


def test_parts_that_are_not_measured_stay(tmp_path, monkeypatch, capsys):
    """A part measured alone replaces its own results and keeps the others."""
    (tmp_path / "results.json").write_text(json.dumps({"transfer": SAVED}))
    monkeypatch.setitem(command.PARTS, "growth", lambda quick: GROWTH)
    command.main(["growth", "--out", str(tmp_path)])
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["transfer"] == SAVED
    assert results["growth"]["drift_mb"] == GROWTH["drift_mb"]
    assert "**missed**" in capsys.readouterr().out  # nine megabytes are more than five


def test_an_unknown_part_is_refused(capsys):
    """A misspelt part ends at once with a sentence."""
    with pytest.raises(SystemExit):
        command.main(["strokes"])
    assert "no such part: strokes" in capsys.readouterr().err


SAVED = {
    "machine": "another one",
    "load": 0.1,
    "quick": False,
    "seconds": 1,
    "open": {"Map": {"files": 1000, "received": 2000, "sent": 10, "wire_down": 1900, "wire_up": 10}},
    "again": {"Map": {"files": 0, "received": 500, "sent": 10, "wire_down": 200, "wire_up": 10}},
    "strokes": [{"files": 0, "received": 10, "sent": 20, "wire_down": 8, "wire_up": 9}],
}
_HELD = {"processes": 1, "threads": 6, "files": 10}
GROWTH = {
    "sessions": 1,
    "strokes": 20,
    "waited_s": 1,
    "drift_mb": 9.0,
    "before": {"memory_mb": 200.0, **_HELD},
    "after": {"memory_mb": 209.0, **_HELD},
    "lost": 0,
    "other_verdicts": 0,
    "errors": 0,
}
