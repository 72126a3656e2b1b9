"""The machine: what a figure was measured on, and how many processors a process may use."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path

_PROCESS, _GROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def description() -> str:
    """This machine in a few words: processor, cores, system."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    return f"{name}, {usable_processors()} cores, {platform.system()}, Python {platform.python_version()}"


def usable_processors(process: Path = _PROCESS, groups: Path = _GROUPS) -> int:
    """The number of processors that this process may run on, and no more than the time that its container is given.

    A part of a processor counts as a whole one: there is always one.

    Args:
        process: Linux' file that names the groups of a process.
        groups: the folder in which Linux shows the limits of groups; elsewhere there is none.
    """
    return max(1, min([_allowed(), *map(math.ceil, _shares(process, groups))]))


def _allowed() -> int:
    """The processors that this process may run on at all."""
    if hasattr(os, "sched_getaffinity"):  # Linux alone has it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _shares(process: Path, groups: Path) -> Iterator[float]:
    """For each group of this process that limits the processors' time: how many of them that is."""
    try:
        lines = process.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, controllers, path, *_ = *line.split(":", 2), "", ""
        if not controllers:
            roots = [groups, groups / "unified"]
        elif "cpu" in controllers.split(","):
            roots = [groups / controllers, groups / "cpu"]
        else:
            continue
        steps = [step for step in path.split("/") if step]
        for root in roots:
            # Every group above counts, too. Within a container those of its host may be named and not be there.
            for depth in range(len(steps) + 1):
                share = _share(root.joinpath(*steps[:depth]))
                if share is not None:
                    yield share


def _share(group: Path) -> float | None:
    """How many processors' time a group's files allow; None where they set no limit."""
    numbers = _numbers(group / "cpu.max")  # one file in the newer kind of groups, two in the older
    if len(numbers) != 2:
        numbers = _numbers(group / "cpu.cfs_quota_us") + _numbers(group / "cpu.cfs_period_us")
    if len(numbers) != 2 or min(numbers) <= 0:
        return None
    quota, period = numbers
    return quota / period


def _numbers(file: Path) -> list[int]:
    """The whole numbers in a file; none where a word is in it ("max" is no limit), or where there is no such file."""
    try:
        return [int(word) for word in file.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []
