"""Where a server's processor time goes under load, from samples of its stacks."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import Server

EVERY_S = 0.005
#: What a stroke is made of: files whose frame is the innermost of ours, the first step that fits.
STEPS = {
    "reading the strokes": ("siamese/imaging/strokes/canvas_json.py", "siamese/imaging/strokes/link_text.py"),
    "embedding": ("siamese/serving/", "siamese/metrics/distances.py", "siamese/imaging/normalisation.py"),
    "drawing and framing them": ("siamese/imaging/",),
    "our HTML, our session": ("siamese/", "app.py"),
}
STREAMLIT = "Streamlit's own"
#: The innermost frames of threads that wait: what a function's name ends in, and its file's.
_WAITING = {
    "select": "/selectors.py",
    "wait": "/threading.py",
    "_worker": "/concurrent/futures/thread.py",
    "task": "/streamlit/watcher/polling_path_watcher.py",
}


@contextmanager
def sampled(server: Server, seconds: float) -> Iterator[dict[str, float]]:
    """Shares of the server's active samples by `STEPS`, known after the block, which must last that long.

    It stays empty where this system lets no process look into another one.
    """
    shares: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder) / "stacks"
        program = str(Path(sys.executable).with_name("py-spy"))
        command = [program, "record", "--pid", str(server.process.pid), "--duration", str(round(seconds))]
        command += ["--rate", str(round(1 / EVERY_S)), "--format", "raw", "--full-filenames", "--output", str(stacks)]
        watching = threading.Thread(
            target=subprocess.run, args=(command,), kwargs={"capture_output": True, "check": False}
        )
        watching.start()
        try:
            yield shares
        finally:
            watching.join()
        if stacks.is_file():
            shares |= told(stacks.read_text(encoding="utf-8"))


def told(stacks: str) -> dict[str, float]:
    """The share of each step in stacks as py-spy writes them, a line each: frames from outer to inner, and a count."""
    counts: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, count = line.rpartition(" ")
        stack = frames.split(";")
        if not _waits(stack[-1]):
            counts[_step(stack)] += int(count)
    return {step: counts[step] / counts.total() for step in (*STEPS, STREAMLIT)} if counts else {}


def _waits(frame: str) -> bool:
    function, _, file = frame.partition(" (")
    return any(function.endswith(name) and place in file for name, place in _WAITING.items())


def _step(stack: list[str]) -> str:
    """The step that the innermost frame of ours or of Streamlit's belongs to."""
    for frame in reversed(stack):
        if "/streamlit/" in frame:
            return STREAMLIT
        for step, files in STEPS.items():
            if any(file in frame for file in files):
                return step
    return STREAMLIT
