"""Two replicas behind nginx, as docs/deploy/nginx.conf has it: each visitor stays with one."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import servers
from tests.browser.class_places import behind_nginx, streams
from tests.browser.conftest import distance


@pytest.fixture
def balanced(tmp_path: Path):
    """The address of nginx before two replicas."""
    yield from behind_nginx(tmp_path, {})


def test_a_visitor_stays_with_one_replica(balanced, open_page, tmp_path):
    """Pages of several visitors work through nginx; the WebSockets of one of them all go to one replica."""
    visitors = set()
    for _ in range(3):
        page = open_page(balanced)
        shown = distance(page)
        page.get_by_role("button", name="Sample a pair").click()
        page.wait_for_function(
            "old => document.querySelector('[data-testid=verdict]')?.dataset.distance != old", arg=f"{shown:.6f}"
        )
        (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "siamese_replica"]
        visitors.add(cookie["value"])
        page.reload()
        distance(page)
        page.goto("about:blank")  # nginx writes a WebSocket down when it ends

    found = streams(tmp_path / "access.log", 6)
    assert len(found) == 6
    assert {cookie for cookie, _ in found} == visitors
    assert len(visitors) == len(set(found)) == 3


class Answers(BaseHTTPRequestHandler):
    """Answers whatever is asked for, and logs nothing."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def replica() -> Iterator[int]:
    """The port of something that answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_nginx_logs_no_drawing_that_is_in_an_address(replica, tmp_path):
    """Neither of a page's address nor of the referer of what it loads, not even where a replica is down.

    Browsers are told to name no more than the origin as referer.
    """
    if servers.nginx() is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    down = servers.free_port()
    with servers.balanced(tmp_path, [replica, down], is_logged=False) as (_, port):
        page = f"http://127.0.0.1:{port}/class?room=CDFG&drawn=7AbCd"
        for number in range(20):  # some of these visitors are led to the replica that is down, and on to the other one
            headers = {"Cookie": f"siamese_replica=visitor{number}", "Referer": page}
            with urllib.request.urlopen(urllib.request.Request(page, headers=headers)) as answer:
                assert answer.headers["Referrer-Policy"] == "strict-origin"
    logged = b"".join(file.read_bytes() for file in tmp_path.rglob("*.log"))
    assert b"drawn" not in logged
    assert b"127.0.0.1" not in logged
