"""The machine that a figure was measured on."""

from __future__ import annotations

import platform
from pathlib import Path

from siamese import processors


def machine() -> str:
    """The machine in a few words: processor, cores, system."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    return f"{name}, {processors.usable()} cores, {platform.system()}, Python {platform.python_version()}"
