"""One training under supervision: whatever its process does, the server learns why, and nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from siamese.errors import TrainingFailed
from siamese.live import folders
from siamese.live.folders import PREFIX, sweep
from siamese.live.process import NO_START
from siamese.live.protocol import EpochResult, Stage
from siamese.live.settings import LiveSettings
from siamese.live.supervisor import CRASHED, GARBLED, KILLED, Limits, run
from tests.conftest import ROOT
from tests.live.conftest import is_alive, wait_for
from tests.live.workers import ENDLESS, GOOD, worker

SETTINGS = LiveSettings(epochs=3)


pytestmark = pytest.mark.usefixtures("started")


def failure(command, limits=None, settings=SETTINGS) -> str:
    """The sentence for a person about a failed training by `command`."""
    with pytest.raises(TrainingFailed) as caught:
        run(settings, "yours-1", lambda message: None, lambda: True, limits, command)
    return str(caught.value)


def test_a_good_training_gives_its_model():
    """Every message arrives in order, and the model is in memory when its folder is gone."""
    messages = []
    model = run(SETTINGS, "yours-1", messages.append, lambda: True, command=GOOD)
    assert [message.epoch for message in messages if isinstance(message, EpochResult)] == [1, 2, 3]
    assert [message.name for message in messages if isinstance(message, Stage)] == ["learning", "packing"]
    assert model.name == "yours-1"
    assert model.verifier.compare(*[[[0.0] * 28] * 28] * 2).is_same
    assert model.keras.startswith(b"PK")


def test_a_crash_is_reported():
    """An exception, an exit without a word, a death by a fault."""
    assert failure(worker("learn(1); raise RuntimeError('of ours')")) == CRASHED
    assert failure(worker("sys.exit(0)")) == CRASHED
    assert failure(worker("learn(1); os.abort()")) == CRASHED


def test_a_kill_from_outside_is_reported():
    """What Linux does when memory runs out: the process is gone without a word."""
    assert failure(worker("learn(1); os.kill(os.getpid(), 9)")) == KILLED


def test_the_reason_of_the_process_is_reported():
    """The sentence that the process gives."""
    assert failure(worker("say('failed', text='MNIST is damaged.')")) == "MNIST is damaged."


@pytest.mark.parametrize(
    "body",
    [
        "print('Traceback')",
        "print('x' * 10**6)",
        "say('stage', name='dancing')",
        "sys.stdout.buffer.write(bytes(99) + b'\\n')",
    ],
)
def test_a_line_that_is_no_message_ends_it(body):
    """It ends the training at once, and not at its deadline."""
    assert failure(worker(f"{body}; sys.stdout.flush(); forever()")) == GARBLED


def test_a_message_that_is_refused_ends_it():
    """An epoch that cannot be, such as the fifth of three."""

    def refuse(message):
        raise ValueError("impossible")

    with pytest.raises(TrainingFailed, match="cannot be read"):
        run(SETTINGS, "yours-1", refuse, lambda: True, command=ENDLESS)


def test_it_has_limited_time():
    """One that never ends is ended, and the sentence says what to do."""
    assert "longer than 1 seconds. Choose fewer epochs" in failure(ENDLESS, Limits(seconds=1))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is watched on Linux")
def test_it_has_limited_memory():
    """One that takes too much is ended, although it would go on."""
    greedy = worker("kept = []\nwhile True:\n    kept.append(bytearray(b'x' * 10_000_000)); time.sleep(.01)")
    assert "more than 200 MB of memory" in failure(greedy, Limits(memory=200))


@pytest.mark.parametrize(
    "damage",
    [
        "os.truncate(os.path.join(request['folder'], request['name'], 'encoder.tflite'), 100)",
        "os.unlink(os.path.join(request['folder'], request['name'], 'histograms.npz'))",
        "shutil.rmtree(os.path.join(request['folder'], request['name']))",
    ],
)
def test_a_damaged_model_is_not_used(damage):
    """The files are compared with their card before anything is made of them."""
    assert "yours-1" in failure(worker(f"learn(3); pack(); {damage}; say('done')"))


@pytest.mark.parametrize("stage", ["time.sleep(1000)", "learn(2); forever()", "learn(3); pack(); forever()"])
def test_stop_ends_it_at_any_stage(stage):
    """Stopped while it starts, learns or packs: no model, no error."""
    begun = time.monotonic()
    wanted = lambda: time.monotonic() < begun + 0.8  # noqa: E731
    assert run(SETTINGS, "yours-1", lambda message: None, wanted, command=worker(stage)) is None


def test_processes_that_it_has_started_end_with_it(tmp_path):
    """A process that it has started is in its group and ends with it."""
    file = tmp_path / "pid"
    body = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
    body += f"open({str(file)!r}, 'w').write(str(child.pid)); os.rename({str(file)!r}, {str(file) + 's'!r}); forever()"
    run(SETTINGS, "yours-1", lambda message: None, lambda: not Path(f"{file}s").exists(), command=worker(body))
    pid = int(Path(f"{file}s").read_text())
    wait_for(lambda: not is_alive(pid))


def test_a_command_that_does_not_start_is_reported():
    """No such program: a sentence, no traceback."""
    assert failure(("/nowhere/python",)) == NO_START


def test_no_room_for_its_folder_is_reported(monkeypatch):
    """A full or read-only disk."""

    def full(**options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.tempfile, "mkdtemp", full)
    assert failure(GOOD) == NO_START


def test_the_folder_of_a_dead_server_is_swept_and_a_living_one_s_is_not(tmp_path):
    """A folder by its server's process id."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    place = Path(tempfile.gettempdir())
    old, foreign = place / f"{PREFIX}{int(dead.stdout)}-abc", place / f"{PREFIX}{os.getppid()}-abc"
    for folder in (old, foreign):
        folder.mkdir()
        (folder / "encoder.keras").write_bytes(b"x")
    sweep()
    assert not old.exists()
    assert foreign.exists()
    (foreign / "encoder.keras").unlink()
    foreign.rmdir()


def test_a_running_folder_is_not_swept_and_one_of_an_earlier_server_with_our_number_is():
    """A second queue in this process leaves the first one's training alone; in a container numbers come again."""
    earlier = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}-abc"
    earlier.mkdir()
    found = []

    def on_message(message):
        if not found:
            sweep()
            found.extend(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))

    model = run(SETTINGS, "yours-1", on_message, lambda: True, command=GOOD)
    assert model is not None, "its folder was there to the end"
    assert [folder.name.split("-")[2] for folder in found] == [str(os.getpid())]
    assert found != [earlier]
    assert not earlier.exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_real_process_ends_with_its_server(end, tmp_path):
    """The server is killed: its training process notices, removes its folder, and is gone."""
    code = f"""
import sys, tempfile
tempfile.tempdir = {str(tmp_path / "temporary")!r}
from siamese.live.supervisor import run
from siamese.live.settings import LiveSettings
def on_message(message):
    print("begun", flush=True)
run(LiveSettings(epochs=20, source="pens"), "yours-1", on_message, lambda: True)
"""
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert server.stdout.readline() == b"begun\n"
    (child,) = children(server.pid)
    server.send_signal(end)
    server.wait(20)
    server.stdout.close()
    wait_for(lambda: not is_alive(child))
    wait_for(lambda: not list((tmp_path / "temporary").iterdir()))


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
