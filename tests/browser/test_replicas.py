"""Two replicas behind nginx, as docs/deploy/nginx.conf has it: each visitor stays with one."""

from __future__ import annotations

from pathlib import Path

import pytest

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
