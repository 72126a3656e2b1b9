"""The process that waits for a training: one at most, ended in time, and never in a training's way."""

from __future__ import annotations

import sys
import threading

import pytest

from siamese.errors import TrainingFailed
from siamese.live import standby
from siamese.live.process import CRASHED, Limits, Process, run
from siamese.live.queue import LiveQueue
from siamese.live.settings import LiveSettings
from siamese.live.standby import Spare
from tests.live.test_process import lives, nothing_left, wait_for  # noqa: F401 - the fixture is used by all
from tests.live.workers import ENDLESS, GOOD, worker

SETTINGS = LiveSettings(epochs=2)
IDLES = worker("forever()")


@pytest.fixture(autouse=True)
def room(monkeypatch):
    """A machine with room, whatever this one has; in the end no thread of a spare is left."""
    monkeypatch.setattr(standby, "_has_room", lambda: True)
    yield monkeypatch
    assert not [thread for thread in threading.enumerate() if thread.name == "live-spare"]


@pytest.fixture
def spare_of():
    """Makes spares, which are closed in the end."""
    made = []

    def make(command=IDLES, **options):
        made.append(Spare(command, **{"delay": 0, **options}))
        return made[-1]

    yield make
    for spare in made:
        spare.close()


def here() -> bool:
    return True


def appeared(started: list, count: int = 1) -> list:
    """The processes started, when there are so many."""
    wait_for(lambda: len(started) == count)
    return started


def test_visits_start_one_process_and_a_training_takes_it(spare_of, nothing_left):  # noqa: F811
    """Thirty visitors: one process; who takes it has it, and its training is done by it."""
    spare = spare_of(GOOD)
    for visitor in range(30):
        spare.visit(visitor, here)
    wait_for(lambda: spare._process is not None)
    assert len(nothing_left) == 1
    process = spare.take()
    assert lives(process.process.pid)
    assert spare.take() is None
    model = run(SETTINGS, "yours-1", lambda message: None, here, command=ENDLESS, ready=process)
    assert model.name == "yours-1"
    assert len(nothing_left) == 1, "no other was started"


def test_it_ends_when_all_have_left(spare_of, nothing_left):  # noqa: F811
    """One closes the page, one looks at another page: a moment later it is gone; with one of them there it stays."""
    spare, there = spare_of(grace=0.2), {"first": True}
    spare.visit("first", lambda: there["first"])
    spare.visit("second", here)
    spare.leave("second")
    (process,) = appeared(nothing_left)
    with pytest.raises(AssertionError):
        wait_briefly(lambda: not lives(process.pid))
    there["first"] = False
    wait_for(lambda: process.returncode is not None)
    wait_for(lambda: spare._thread is None)
    spare.visit("first", here)
    appeared(nothing_left, 2)  # whoever comes back gets another one


def wait_briefly(condition) -> None:
    """Fails when `condition` has not come true within a second and a half."""
    done = threading.Event()
    for _ in range(15):
        if condition():
            return
        done.wait(0.1)
    raise AssertionError


def test_it_ends_when_nobody_uses_the_page(spare_of, nothing_left):  # noqa: F811
    """The page is open, and nothing is pressed for long."""
    spare = spare_of(idle=0.3)
    spare.visit("first", here)
    (process,) = appeared(nothing_left)
    wait_for(lambda: process.returncode is not None)
    assert spare.take() is None


def test_it_never_waits_for_ever(spare_of, nothing_left, room):  # noqa: F811
    """Even with people who use their pages all the time."""
    room.setattr(standby, "LONGEST", 0.3)
    spare_of().visit("first", here)
    (process,) = appeared(nothing_left)
    wait_for(lambda: process.returncode is not None)


def test_too_much_memory_ends_it_and_it_is_not_tried_again_at_once(spare_of, nothing_left):  # noqa: F811
    """The limit of a training holds for the process that waits, too."""
    greedy = (sys.executable, "-c", "import time; kept = bytearray(b'x' * 90_000_000); time.sleep(1000)")
    spare = spare_of(greedy, limits=Limits(memory=60))
    spare.visit("first", here)
    (process,) = appeared(nothing_left)
    wait_for(lambda: process.returncode is not None)
    wait_for(lambda: spare._thread is None)
    spare.visit("first", here)
    assert len(nothing_left) == 1


def test_one_that_crashed_is_not_handed_out(spare_of, nothing_left):  # noqa: F811
    """A broken library: nothing waits, it is not tried at every visit, and nobody hears of it."""
    spare = spare_of((sys.executable, "-c", "raise SystemExit(3)"))
    spare.visit("first", here)
    (process,) = appeared(nothing_left)
    wait_for(lambda: process.poll() is not None)
    assert spare.take() is None
    wait_for(lambda: spare._thread is None)


def test_one_that_cannot_be_started_is_no_error(spare_of):
    """No such program, no room on the disk."""
    spare = spare_of(("/nowhere/python",))
    spare.visit("first", here)
    wait_for(lambda: spare._thread is None)
    assert spare.take() is None
    assert spare._not_before > 0


def test_a_training_starts_anew_when_the_one_that_waited_says_nothing(nothing_left):  # noqa: F811
    """Killed between hand-over and its first word: a fresh process does the training."""
    ready = Process(worker("os.abort()"))
    model = run(SETTINGS, "yours-1", lambda message: None, here, command=GOOD, ready=ready)
    assert model.name == "yours-1"
    assert len(nothing_left) == 2


def test_a_training_that_has_begun_is_not_begun_again(nothing_left):  # noqa: F811
    """One that waited, learned, and crashed: that is told, as ever."""
    ready = Process(worker("learn(1); os.abort()"))
    with pytest.raises(TrainingFailed) as caught:
        run(SETTINGS, "yours-1", lambda message: None, here, command=GOOD, ready=ready)
    assert str(caught.value) == CRASHED
    assert len(nothing_left) == 1


def test_who_passes_by_or_starts_at_once_costs_nothing(spare_of, nothing_left):  # noqa: F811
    """Left within the delay, or Start pressed within it: no process is started beside the one of the training."""
    spare = spare_of(delay=0.3)
    spare.visit("first", here)
    spare.leave("first")
    wait_for(lambda: spare._thread is None)
    spare.visit("first", here)
    assert spare.take() is None
    wait_for(lambda: spare._thread is None)
    assert not nothing_left


def test_nothing_waits_without_room(spare_of, nothing_left, room):  # noqa: F811
    """A small host: trainings start as before."""
    room.setattr(standby, "_has_room", lambda: False)
    spare_of().visit("first", here)
    assert not nothing_left


def test_the_queue_s_training_takes_it_and_none_waits_beside_a_training(nothing_left):  # noqa: F811
    """A visit, a start, another visit: one process in all; closing the queue ends one that waits."""
    queue = LiveQueue(command=ENDLESS)
    queue.visit("first")
    appeared(nothing_left)
    job = queue.submit(SETTINGS)
    wait_for(lambda: queue.status(job).progress.results)
    queue.visit("second")
    assert len(nothing_left) == 1
    job.stop()
    wait_for(lambda: queue._thread is None and queue._spare._thread is None)
    queue.visit("second")
    appeared(nothing_left, 2)
    queue.close()
    assert nothing_left[1].returncode is not None
    queue.visit("second")
    assert len(nothing_left) == 2, "after the end nothing is started"


@pytest.mark.parametrize(("limit", "left"), [("max", None), ("1000", 1000 - 700 + 200)])
def test_a_container_s_limit_counts(tmp_path, limit, left):
    """Its limit less what is used; pages of files that can go are as good as free. No limit: no number."""
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 200\n")
    assert standby._container_s(tmp_path) == left


def test_room_is_asked_of_machine_and_container(room):
    """Either one that is short of memory keeps the process from starting; what cannot be told does not."""
    room.undo()
    plenty, little = 4000 << 20, 700 << 20
    for machine, container, expected in ((plenty, None, True), (None, None, True), (plenty, little, False)):
        room.setattr(standby, "_machine_s", lambda machine=machine: machine)
        room.setattr(standby, "_container_s", lambda container=container: container)
        assert standby._has_room() == expected
    assert standby._machine_s is not None
