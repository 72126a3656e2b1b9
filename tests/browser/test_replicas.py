"""Two replicas behind nginx, as docs/deploy/nginx.conf has it: each visitor stays with one."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser.conftest import distance, serve
from tests.conftest import ROOT


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def balanced(tmp_path: Path):
    """The address of nginx before two replicas."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    port = _free_port()
    site = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "for this test alone"}
    for first in serve(tmp_path / "one", secret):
        for second in serve(tmp_path / "two", secret):
            for old, new in (
                ("127.0.0.1:8501", first[7:]),
                ("127.0.0.1:8502", second[7:]),
                ("listen 8080", f"listen 127.0.0.1:{port}"),
            ):
                assert old in site
                site = site.replace(old, new)
            places = "".join(
                f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            main = (
                f"user {pwd.getpwuid(os.getuid()).pw_name}; daemon off; pid {tmp_path}/pid; "
                f"error_log {tmp_path}/error.log; events {{}}"
            )
            log = f"log_format to '$upstream_addr $cookie_siamese_replica $uri'; access_log {tmp_path}/access.log to;"
            (tmp_path / "nginx.conf").write_text(f"{main}\nhttp {{ {log} {places}\n{site}}}")
            process = subprocess.Popen([nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
            try:
                address = f"http://127.0.0.1:{port}"
                for _ in range(100):
                    try:
                        urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                        break
                    except OSError:
                        assert process.poll() is None, (tmp_path / "error.log").read_text()
                yield address
            finally:
                process.terminate()
                process.wait(10)


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
