"""The address of this machine that phones are given."""

from __future__ import annotations

import sys

import pytest

from siamese.app.pages.class_room import join_address


@pytest.mark.parametrize(
    ("routed", "interfaces", "expected"),
    [
        ("10.0.0.7", ["192.168.50.1"], "10.0.0.7"),
        ("", ["127.0.0.1", "169.254.3.4", "192.168.50.1", "10.0.0.7"], "192.168.50.1"),
        ("127.0.1.1", ["203.0.114.9", "192.168.50.1"], "192.168.50.1"),
        ("", ["203.0.114.9"], "203.0.114.9"),
        ("0.0.0.0", ["127.0.0.1", "169.254.3.4", "nonsense"], None),
        ("", [], None),
    ],
)
def test_this_machines_address_is_found_offline_but_not_in_a_container(
    routed, interfaces, expected, monkeypatch, tmp_path
):
    """A laptop whose network leads nowhere has an address all the same; a container's is one that no phone reaches."""
    mark = tmp_path / ".dockerenv"
    monkeypatch.setattr(join_address, "_CONTAINER_MARKS", (mark,))
    monkeypatch.setattr(join_address, "_routed", lambda: routed)
    monkeypatch.setattr(join_address, "_of_interfaces", lambda: interfaces)
    assert join_address.own_address() == expected
    mark.touch()
    assert join_address.own_address() is None


def test_without_a_way_out_there_is_no_routed_address(monkeypatch):
    """No error: to broadcast is refused as where there is no way; the interfaces tell their addresses all the same."""
    monkeypatch.setattr(join_address, "_ELSEWHERE", ("255.255.255.255", 9))
    assert join_address._routed() == ""
    if sys.platform == "linux":
        assert "127.0.0.1" in join_address._of_interfaces()
