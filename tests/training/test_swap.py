"""A folder takes the place of another: at any moment the old one or the new one is there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from siamese.training import swap
from tests.conftest import ROOT


def folder(path: Path, text: str) -> Path:
    """A folder of two files that both hold `text`."""
    path.mkdir(parents=True)
    for name in ("card.json", "encoder.tflite"):
        (path / name).write_text(text)
    return path


def content(path: Path) -> set[str]:
    return {file.read_text() for file in path.iterdir()}


@pytest.fixture(params=["exchange", "two steps"])
def method(request, monkeypatch):
    """Both ways to swap: the system's exchange where it has one, and two renames."""
    if request.param == "two steps":
        monkeypatch.setattr(swap, "exchange", lambda first, second: False)
    return request.param


@pytest.mark.parametrize("before", [True, False])
def test_the_new_folder_is_there_and_nothing_else(tmp_path, method, before):
    """Whether or not there was one before, the new folder stands alone under the name."""
    target = tmp_path / "model"
    if before:
        folder(target, "old")
    swap.put_in_place(folder(tmp_path / ".work" / "model", "new"), target)
    assert content(target) == {"new"}
    (tmp_path / ".work").rmdir()  # empty
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def breaks_off(monkeypatch, made: Path, error: BaseException) -> None:
    """Two renames are needed, and the second one, of `made`, raises `error`."""
    monkeypatch.setattr(swap, "exchange", lambda first, second: False)
    rename = Path.rename

    def renamed(self, to):
        if self == made:
            raise error
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", renamed)


def test_a_second_step_that_fails_leaves_the_old_folder(tmp_path, monkeypatch):
    """Where two renames are needed and the second fails, the old folder is back under its name."""
    target, made = folder(tmp_path / "model", "old"), folder(tmp_path / "made", "new")
    breaks_off(monkeypatch, made, OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="space"):
        swap.put_in_place(made, target)
    assert content(target) == {"old"}


def test_what_a_crash_between_two_steps_left_is_put_back(tmp_path, monkeypatch):
    """After the first of two renames the process ends: `recover` puts the old folder back."""
    target, made = folder(tmp_path / "model", "old"), folder(tmp_path / "made", "new")
    breaks_off(monkeypatch, made, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        swap.put_in_place(made, target)
    monkeypatch.undo()
    assert not target.exists()
    swap.recover(target)
    assert content(target) == {"old"}
    swap.recover(target)  # nothing left to do
    assert content(target) == {"old"}


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system cannot exchange two folders")
def test_who_looks_while_folders_are_swapped_sees_a_whole_one(tmp_path):
    """A reader that opens the folder again and again never finds none, and never a mixture."""
    target = folder(tmp_path / "model", "0")
    wrong: list[object] = []
    done = threading.Event()

    def look():
        while not done.is_set():
            try:
                handle = os.open(target, os.O_RDONLY)
            except FileNotFoundError as error:
                wrong.append(error)
                return
            os.close(handle)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(1, 60):
        swap.put_in_place(folder(tmp_path / ".work", str(number)), target)
    done.set()
    reader.join()
    assert not wrong
    assert content(target) == {"59"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_at_any_moment_leaves_a_whole_folder(tmp_path):
    """A process that swaps without end is killed a few times: what stands there is one version, whole."""
    target = folder(tmp_path / "model", "0")
    code = (
        "import sys; from pathlib import Path; from siamese.training import swap\n"
        "base, number = Path(sys.argv[1]), 0\n"
        "print('begun', flush=True)\n"
        "while True:\n"
        "    number += 1; work = base / f'.work-{number}'; work.mkdir()\n"
        "    for name in ('card.json', 'encoder.tflite'): (work / name).write_text(f'{sys.argv[2]} {number}')\n"
        "    swap.put_in_place(work, base / 'model')\n"
    )
    for turn in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(turn)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):  # some swaps later, wherever it is
            process.wait(0.02 * (turn + 1))
        process.kill()
        process.wait()
        process.stdout.close()
        swap.recover(target)
        assert len(content(target)) == 1
        for path in tmp_path.glob(".work-*"):
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
