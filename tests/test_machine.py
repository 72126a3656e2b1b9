"""How many processors a process may use, by files as Linux writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siamese import machine

NEWER = "0::/{}\n"
OLDER = "12:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n2:cpuset:/\n1:name=systemd:/docker/abc\n"


@pytest.fixture
def sixteen(monkeypatch):
    """A machine of sixteen processors, all of which this process may run on."""
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: set(range(16)), raising=False)


def counted(folder: Path, cgroup: str, files: dict[str, str]) -> int:
    """What is counted where the process's file holds `cgroup` and the groups have `files`."""
    process = folder / "cgroup"
    process.write_text(cgroup)
    for name, text in files.items():
        file = folder / "groups" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return machine.usable_processors(process, folder / "groups")


@pytest.mark.parametrize(
    ("cgroup", "files", "expected"),
    [
        (NEWER.format(""), {"cpu.max": "200000 100000\n"}, 2),
        (NEWER.format(""), {"cpu.max": "max 100000\n"}, 16),
        (NEWER.format(""), {"cpu.max": "250000 100000\n"}, 3),  # two and a half
        (NEWER.format(""), {"cpu.max": "8000 100000\n"}, 1),  # Community Cloud gives down to 0.08
        (NEWER.format(""), {"cpu.max": "6400000 100000\n"}, 16),  # more than the machine has
        (NEWER.format("pod/app"), {"cpu.max": "max 1000", "pod/cpu.max": "300 100", "pod/app/cpu.max": "max 100"}, 3),
        (NEWER.format("host/only"), {"cpu.max": "400000 100000\n"}, 4),  # the host's path is not in the container
        (NEWER.format(""), {"unified/cpu.max": "500000 100000\n"}, 5),
        (OLDER, {"cpu,cpuacct/cpu.cfs_quota_us": "150000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"}, 2),
        (OLDER, {"cpu/docker/abc/cpu.cfs_quota_us": "700000\n", "cpu/docker/abc/cpu.cfs_period_us": "100000\n"}, 7),
        (OLDER, {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 16),
        (OLDER, {"memory/cpu.max": "100000 100000\n"}, 16),  # another controller's folder
        ("nonsense\n::\n\n", {"cpu.max": "100000\n"}, 16),
        (NEWER.format(""), {"cpu.max": "100000 0\n"}, 16),
    ],
)
def test_a_container_limits_them(sixteen, tmp_path, cgroup, files, expected):
    """Both kinds of groups, those above, parts of a processor; what cannot be read limits nothing."""
    assert counted(tmp_path, cgroup, files) == expected


def test_elsewhere_there_are_no_such_files(sixteen, tmp_path):
    """As on a Mac or under Windows."""
    assert machine.usable_processors(tmp_path / "none", tmp_path) == 16


def test_a_process_may_be_kept_to_some(monkeypatch, tmp_path):
    """As `taskset` does; where nobody can say, the machine's own number counts, and one where that is unknown."""
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert machine.usable_processors(tmp_path / "none", tmp_path) == 2
    monkeypatch.delattr(machine.os, "sched_getaffinity")
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 12)
    assert machine.usable_processors(tmp_path / "none", tmp_path) == 12
    monkeypatch.setattr(machine.os, "cpu_count", lambda: None)
    assert machine.usable_processors(tmp_path / "none", tmp_path) == 1


def test_this_machine_has_as_many_as_its_figures_say():
    """At least one, no more than there are; and figures name the same number."""
    count = machine.usable_processors()
    assert 1 <= count <= os.cpu_count()
    assert f", {count} cores, " in machine.description()
