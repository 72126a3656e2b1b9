"""One photograph of twelve megapixels: `python -m benchmarks.photograph FILE`; `WIDTH@FILE` makes it."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.comparison import memory_mb
from benchmarks.processes import fresh
from siamese.imaging.framing import from_drawing
from siamese.serving.verifier import Verifier

TIMES = 7
WIDE, QUICK = 4000, 800  # pixels; the other side is three quarters of it


def measure(quick: bool) -> dict:
    """In a fresh process, on one core."""
    side = QUICK if quick else WIDE
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "photograph.jpg"
        fresh("photograph", f"{side}@{file}")
        return {"pixels": side * side * 3 // 4, "bytes": file.stat().st_size} | fresh("photograph", str(file))


def write(file: Path, side: int) -> None:
    """Make the photograph: two digits on squared paper, on a table, in a shadow."""
    from tests.imaging.photographs import photograph

    size = side, side * 3 // 4
    file.write_bytes(photograph("everyday-desk", (4, 7), np.random.default_rng(5), size=size).content)
    print("{}")


def peak_mb() -> float:
    """Peak resident memory of this process, MB. The one of `resource` counts the parent's, too, until it is passed."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return memory_mb()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def read(file: Path) -> None:
    """Print what reading a file takes as JSON: the first time, with the libraries' import, and later ones."""
    content = file.read_bytes()
    verifier = Verifier.load()
    drawing = np.zeros((280, 280, 4), np.uint8)
    drawing[60:220, 130:150, 3] = 255
    verifier.compare(from_drawing(drawing), from_drawing(drawing))
    idle = peak_mb()
    began = time.perf_counter()
    import cv2

    cv2.setNumThreads(1)
    from siamese.imaging.photographs.reader import from_picture

    found = len(from_picture(content).digits)
    first = time.perf_counter() - began
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        from_picture(content)
        times.append(time.perf_counter() - began)
    values = {"digits": found, "first_s": first, "median_s": float(np.median(times)), "above_idle_mb": peak_mb() - idle}
    print(json.dumps(values))


if __name__ == "__main__":
    wide, made, name = sys.argv[1].partition("@")
    write(Path(name), int(wide)) if made else read(Path(wide))
