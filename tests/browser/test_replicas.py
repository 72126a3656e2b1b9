"""Two replicas behind nginx, as docs/deploy/nginx.conf has it: each visitor stays with one."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks import servers
from tests.browser.conftest import distance, serve


@pytest.fixture
def balanced(tmp_path: Path):
    """The address of nginx before two replicas."""
    if servers.nginx() is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "for this test alone"}
    for first in serve(tmp_path / "one", secret):
        for second in serve(tmp_path / "two", secret):
            with servers.balanced(tmp_path, [urlsplit(address).port for address in (first, second)]) as (_, port):
                yield f"http://127.0.0.1:{port}"


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

    def streams():
        lines = [line.split() for line in (tmp_path / "access.log").read_text().splitlines()]
        return [(cookie, replica) for replica, cookie, path in lines if "/_stcore/stream" in path]

    deadline = time.monotonic() + 20
    while len(streams()) < 6 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(streams()) == 6
    assert {cookie for cookie, _ in streams()} == visitors
    assert len(visitors) == len(set(streams())) == 3
