"""The app talks to its own visitors and to nobody else, on either side."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
from playwright.sync_api import Browser

from siamese.data.download import MNIST_URL
from siamese.imaging import pens
from tests.app.protocol import Session
from tests.browser.conftest import WAIT, draw, serve, settled, start_drawing, verdict

PAGES = ("compare", "map", "teach", "class", "accuracy", "live", "how")
#: Every connection and every name that Python asks for, written to a file: Python's own audit events.
WATCH = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        target = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        target = (arguments[0],)
    else:
        return
    host = target[0] if isinstance(target, tuple) else target
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", ""):
        with open({log!r}, "a") as file:
            file.write(host + "\\n")

sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A file that lists the hosts that a server asks for, and the settings that make it do so."""
    log = tmp_path / "hosts.txt"
    log.touch()
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH.replace("{log!r}", repr(str(log))))
    return log, {"PYTHONPATH": str(tmp_path / "watch")}


def hosts(log: Path) -> set[str]:
    return set(log.read_text().split())


def test_the_watch_sees_a_connection(watched):
    """What the next tests trust: a process that asks for a name is noticed."""
    log, settings = watched
    code = "import socket\ntry: socket.create_connection(('name.invalid', 80), 1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **settings}, check=True)
    assert hosts(log) == {"name.invalid"}


def test_every_page_asks_its_own_server_only(watched, browser: Browser, tmp_path: Path):
    """All pages are opened and used, the server started as the README says: the browser's requests and sockets go
    to the server, and the server asks for nobody."""
    log, settings = watched
    asked: list[str] = []
    for address in serve(tmp_path, settings, bind=False):
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        for name in PAGES:
            page.goto(f"{address}/{name}")
            page.wait_for_selector("h1")
            settled(page)
        page.goto(address)
        page.wait_for_selector("h1")
        start_drawing(page)
        for side in ("left", "right"):
            draw(page, side, pens.draw(4, np.random.default_rng(1)))
        verdict(page)
        settled(page)
        context.close()
    foreign = {url for url in asked if urlparse(url).netloc != urlparse(address).netloc}
    assert not {url for url in foreign if not url.startswith(("data:", "blob:"))}
    assert len(asked) > 50
    assert hosts(log) == set()


def test_the_download_of_mnist_is_the_one_exception(watched, tmp_path: Path):
    """Where it is not forbidden, MNIST's server is asked for, and no other."""
    log, settings = watched
    for address in serve(tmp_path, {**settings, "SIAMESE_DOWNLOAD": "1"}):
        with Session(address) as session:
            assert not session.errors
        for _ in range(WAIT // 100):
            if hosts(log):
                break
            with Session(address):
                pass
    assert hosts(log) <= {urlparse(MNIST_URL).hostname, *proxies()}
    assert hosts(log)


def proxies() -> set[str]:
    """The hosts of this machine's proxies, through which it asks for others."""
    return {urlparse(address).hostname for address in urllib.request.getproxies().values()} - {None}
