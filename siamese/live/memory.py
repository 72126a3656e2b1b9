"""How much memory a process holds, and how much is free on this machine and in this container; read from Linux."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1 << 20
ROOM = 1500  # megabytes that must be free for a process that stands by; it takes some 800, and up to 1,000 in training


def resident(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 where that is unknown."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def has_room() -> bool:
    """Whether machine and container have `ROOM` megabytes free; a limit that is unknown counts as none."""
    return all(free >= ROOM * MEGABYTE for free in (free_on_machine(), free_in_container()) if free is not None)


def free_on_machine() -> int | None:
    """Bytes of memory that a new process can have on this machine, or None where that is unknown."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (line,) = (line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None


def free_in_container(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Bytes of memory that this container's limit leaves, or None without a limit."""
    try:
        limit, used = (int((folder / name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current"))
        # Pages of files that were read count as used, and are freed when memory is needed.
        stat = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
        return limit - used + int(stat.get("inactive_file", 0))
    except (OSError, ValueError):
        return None
