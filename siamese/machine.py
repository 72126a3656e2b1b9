"""The machine: its description, and the number of processors that a process may use."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path

_CGROUP_FILE, _CGROUP_ROOT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def description() -> str:
    """This machine in a few words: processor, cores, system, version of Python."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    return f"{name}, {usable_processors()} cores, {platform.system()}, Python {platform.python_version()}"


def usable_processors(cgroup_file: Path = _CGROUP_FILE, cgroup_root: Path = _CGROUP_ROOT) -> int:
    """The number of processors that this process may use, at least 1.

    It is the smallest of the process's affinity and the CPU quotas of its container, rounded up.

    Args:
        cgroup_file: Linux's file that names the control groups of a process.
        cgroup_root: the folder in which Linux shows the limits of control groups; other systems have none.
    """
    return max(1, min([_affinity(), *map(math.ceil, _cpu_quotas(cgroup_file, cgroup_root))]))


def _affinity() -> int:
    """The number of processors that this process may run on, whatever its quota."""
    if hasattr(os, "sched_getaffinity"):  # Linux alone has it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_quotas(cgroup_file: Path, cgroup_root: Path) -> Iterator[float]:
    """The CPU quota, in processors, of each control group of this process that has one."""
    try:
        lines = cgroup_file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, controllers, path, *_ = *line.split(":", 2), "", ""
        if not controllers:
            folders = [cgroup_root, cgroup_root / "unified"]  # version 2
        elif "cpu" in controllers.split(","):
            folders = [cgroup_root / controllers, cgroup_root / "cpu"]  # version 1
        else:
            continue
        names = [name for name in path.split("/") if name]
        for folder in folders:
            # Every parent group counts, too. Within a container, groups of its host may be named and not exist.
            for depth in range(len(names) + 1):
                quota = _cpu_quota(folder.joinpath(*names[:depth]))
                if quota is not None:
                    yield quota


def _cpu_quota(group: Path) -> float | None:
    """The CPU quota of a control group in processors, or None where it has none."""
    numbers = _numbers(group / "cpu.max")  # one file in version 2 of control groups, two in version 1
    if len(numbers) != 2:
        numbers = _numbers(group / "cpu.cfs_quota_us") + _numbers(group / "cpu.cfs_period_us")
    if len(numbers) != 2 or min(numbers) <= 0:
        return None
    quota, period = numbers
    return quota / period


def _numbers(file: Path) -> list[int]:
    """The whole numbers in a file; none where it holds a word ("max" is no limit), or where there is no such file."""
    try:
        return [int(word) for word in file.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []
