"""What the tests of live training share: a watch over processes, threads and files, and waiting with an end."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from siamese.live import process as live_process


@pytest.fixture
def started(tmp_path, monkeypatch):
    """The processes that a test has started; in the end no process, no thread and no file of them may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    processes = []
    popen = subprocess.Popen

    def spied(*arguments, **options):
        processes.append(popen(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(live_process.subprocess, "Popen", spied)
    yield processes
    assert list(folder.iterdir()) == []
    for process in processes:
        assert process.returncode is not None
        assert not is_alive(process.pid)
    assert not [thread for thread in threading.enumerate() if thread.name == "live-listener"]


def is_alive(pid: int) -> bool:
    """Whether a process exists and is more than the remains of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition) -> None:
    """Return when `condition` holds; a test that waits in vain fails."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen")
