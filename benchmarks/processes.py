"""A measurement in a process of its own, so that one way's imports and caches do not help or hurt another's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fresh(script: str, way: str, **environment: str) -> dict:
    """What a fresh process that runs `benchmarks.SCRIPT` in this way prints as JSON."""
    command = [sys.executable, "-m", f"benchmarks.{script}", way]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
