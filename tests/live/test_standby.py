"""The process on standby: one at most, ended in time, and never an obstacle to a training."""

from __future__ import annotations

import sys
import threading

import pytest

from siamese.errors import TrainingFailed
from siamese.live import memory, standby
from siamese.live.process import Process
from siamese.live.queue import LiveQueue
from siamese.live.settings import LiveSettings
from siamese.live.standby import Standby
from siamese.live.supervisor import CRASHED, Limits, run
from tests.live.conftest import is_alive, wait_for
from tests.live.workers import ENDLESS, GOOD, worker

SETTINGS = LiveSettings(epochs=2)
IDLES = worker("forever()")


@pytest.fixture(autouse=True)
def room(monkeypatch, started):
    """A machine with room, whatever this one has; in the end no thread of a standby is left."""
    monkeypatch.setattr(memory, "has_room", lambda: True)
    yield monkeypatch
    assert not [thread for thread in threading.enumerate() if thread.name == "live-standby"]


@pytest.fixture
def standby_of():
    """Makes standbys, which are closed in the end."""
    made = []

    def make(command=IDLES, **options):
        made.append(Standby(command, **{"delay": 0, **options}))
        return made[-1]

    yield make
    for on_standby in made:
        on_standby.close()


def here() -> bool:
    return True


def appeared(started: list, count: int = 1) -> list:
    """The processes started, as soon as there are `count`."""
    wait_for(lambda: len(started) == count)
    return started


def test_visits_start_one_process_and_a_training_takes_it(standby_of, started):
    """Thirty visitors: one process; who takes it has it, and its training is done by it."""
    on_standby = standby_of(GOOD)
    for visitor in range(30):
        on_standby.visit(visitor, here)
    wait_for(lambda: on_standby.waiting is not None)
    assert len(started) == 1
    process = on_standby.take()
    assert is_alive(process.process.pid)
    assert on_standby.take() is None
    model = run(SETTINGS, "yours-1", lambda message: None, here, command=ENDLESS, ready=process)
    assert model.name == "yours-1"
    assert len(started) == 1, "no other was started"


def test_it_ends_when_all_have_left(standby_of, started):
    """One closes the page, one looks at another page: a moment later it is gone; with one of them there it stays."""
    on_standby, there = standby_of(grace=0.2), {"first": True}
    on_standby.visit("first", lambda: there["first"])
    on_standby.visit("second", here)
    on_standby.leave("second")
    (process,) = appeared(started)
    with pytest.raises(AssertionError):
        wait_briefly(lambda: not is_alive(process.pid))
    there["first"] = False
    wait_for(lambda: process.returncode is not None)
    wait_for(lambda: not on_standby.busy)
    on_standby.visit("first", here)
    appeared(started, 2)  # whoever comes back gets another one


def wait_briefly(condition) -> None:
    """Fails when `condition` has not come true within a second and a half."""
    done = threading.Event()
    for _ in range(15):
        if condition():
            return
        done.wait(0.1)
    raise AssertionError


def test_it_ends_when_nobody_uses_the_page(standby_of, started):
    """The page is open, and nothing is pressed for long."""
    on_standby = standby_of(idle=0.3)
    on_standby.visit("first", here)
    (process,) = appeared(started)
    wait_for(lambda: process.returncode is not None)
    assert on_standby.take() is None


def test_it_never_waits_for_ever(standby_of, started, room):
    """Even with people who use their pages all the time."""
    room.setattr(standby, "LONGEST", 0.3)
    standby_of().visit("first", here)
    (process,) = appeared(started)
    wait_for(lambda: process.returncode is not None)


def test_too_much_memory_ends_it_and_it_is_not_tried_again_at_once(standby_of, started):
    """The limit of a training holds for the process that waits, too."""
    greedy = (sys.executable, "-c", "import time; kept = bytearray(b'x' * 90_000_000); time.sleep(1000)")
    on_standby = standby_of(greedy, limits=Limits(memory=60))
    on_standby.visit("first", here)
    (process,) = appeared(started)
    wait_for(lambda: process.returncode is not None)
    wait_for(lambda: not on_standby.busy)
    on_standby.visit("first", here)
    assert len(started) == 1


def test_one_that_crashed_is_not_handed_out(standby_of, started):
    """A broken library: nothing waits, it is not tried at every visit, and nobody hears of it."""
    on_standby = standby_of((sys.executable, "-c", "raise SystemExit(3)"))
    on_standby.visit("first", here)
    (process,) = appeared(started)
    wait_for(lambda: process.poll() is not None)
    assert on_standby.take() is None
    wait_for(lambda: not on_standby.busy)


def test_one_that_cannot_be_started_is_no_error(standby_of):
    """No such program, no room on the disk."""
    on_standby = standby_of(("/nowhere/python",))
    on_standby.visit("first", here)
    wait_for(lambda: not on_standby.busy)
    assert on_standby.take() is None
    assert on_standby.retry_at > 0


def test_a_training_starts_anew_when_the_one_that_waited_says_nothing(started):
    """Killed between hand-over and its first word: a fresh process does the training."""
    ready = Process(worker("os.abort()"))
    model = run(SETTINGS, "yours-1", lambda message: None, here, command=GOOD, ready=ready)
    assert model.name == "yours-1"
    assert len(started) == 2


def test_a_training_that_has_begun_is_not_begun_again(started):
    """One that waited, learned and crashed is a failed training, as without a standby."""
    ready = Process(worker("learn(1); os.abort()"))
    with pytest.raises(TrainingFailed) as caught:
        run(SETTINGS, "yours-1", lambda message: None, here, command=GOOD, ready=ready)
    assert str(caught.value) == CRASHED
    assert len(started) == 1


def test_who_passes_by_or_starts_at_once_costs_nothing(standby_of, started):
    """Left within the delay, or Start pressed within it: no process is started beside the one of the training."""
    on_standby = standby_of(delay=0.3)
    on_standby.visit("first", here)
    on_standby.leave("first")
    wait_for(lambda: not on_standby.busy)
    on_standby.visit("first", here)
    assert on_standby.take() is None
    wait_for(lambda: not on_standby.busy)
    assert not started


def test_nothing_waits_without_room(standby_of, started, room):
    """A small host: trainings start as before."""
    room.setattr(memory, "has_room", lambda: False)
    standby_of().visit("first", here)
    assert not started


def test_the_queue_s_training_takes_it_and_none_waits_beside_a_training(started):
    """A visit, a start, another visit: one process in all; closing the queue ends one that waits."""
    queue = LiveQueue(command=ENDLESS)
    queue.visit("first")
    appeared(started)
    job = queue.submit(SETTINGS)
    wait_for(lambda: queue.status(job).progress.results)
    queue.visit("second")
    assert len(started) == 1
    job.stop()
    wait_for(lambda: not queue.busy and not queue.standby.busy)
    queue.visit("second")
    appeared(started, 2)
    queue.close()
    assert started[1].returncode is not None
    queue.visit("second")
    assert len(started) == 2, "after the end nothing is started"


@pytest.mark.parametrize(("limit", "left"), [("max", None), ("1000", 1000 - 700 + 200)])
def test_a_container_s_limit_counts(tmp_path, limit, left):
    """Its limit less what is used; pages of files that can go are as good as free. No limit: no number."""
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 200\n")
    assert memory.free_in_container(tmp_path) == left


def test_room_is_asked_of_machine_and_container(room):
    """Either one that is short of memory keeps the process from starting; an unknown limit does not."""
    room.undo()
    plenty, little = 4000 << 20, 700 << 20
    for machine, container, expected in ((plenty, None, True), (None, None, True), (plenty, little, False)):
        room.setattr(memory, "free_on_machine", lambda machine=machine: machine)
        room.setattr(memory, "free_in_container", lambda container=container: container)
        assert memory.has_room() == expected
    assert memory.free_on_machine is not None
