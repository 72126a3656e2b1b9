"""The queue of live trainings: one at a time, a place that one can leave, and nothing shared between its jobs."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from siamese.errors import QueueFull
from siamese.live.queue import ABANDONED, LiveQueue
from siamese.live.settings import LiveSettings
from siamese.live.supervisor import Limits
from tests.live.conftest import wait_for
from tests.live.workers import ENDLESS, GOOD, worker

SETTINGS = LiveSettings(epochs=2)


@pytest.fixture
def queue_of(monkeypatch, tmp_path):
    """Makes queues, which are closed in the end; then no thread and no file of theirs is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    queues = []

    def made(command, **options):
        queues.append(LiveQueue(command=command, **options))
        return queues[-1]

    yield made
    for queue in queues:
        queue.close()
    assert list(folder.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("live-")]


def ended(queue, job) -> None:
    wait_for(lambda: queue.status(job).over)


def running(queue, job) -> None:
    wait_for(lambda: queue.status(job).state == "running" and queue.status(job).progress.results)


def test_a_training_goes_from_the_queue_to_its_model(queue_of):
    """Done: every epoch, and a network under the name of its job."""
    queue = queue_of(GOOD)
    job = queue.submit(SETTINGS)
    ended(queue, job)
    status = queue.status(job)
    assert status.state == "done"
    assert [result.epoch for result in status.progress.results] == [1, 2]
    assert status.model.name == job.name


def test_one_at_a_time_in_the_order_of_requests(queue_of):
    """The second and the third wait behind the first; each sees how many come before it."""
    queue = queue_of(ENDLESS)
    first, second, third = (queue.submit(SETTINGS) for _ in range(3))
    running(queue, first)
    assert [queue.status(job).ahead for job in (first, second, third)] == [0, 1, 2]
    assert queue.status(second).state == queue.status(third).state == "waiting"
    first.stop()
    running(queue, second)
    assert queue.status(third).ahead == 1
    assert queue.status(first).state == "stopped"


def test_leaving_the_queue_makes_room(queue_of):
    """The second leaves: the third moves up, and the second never runs."""
    queue = queue_of(ENDLESS)
    first, second, third = (queue.submit(SETTINGS) for _ in range(3))
    running(queue, first)
    second.stop()
    assert queue.status(third).ahead == 1
    first.stop()
    running(queue, third)
    assert queue.status(second).state == "stopped"
    assert not queue.status(second).progress.results


def test_a_full_queue_says_so(queue_of):
    """No more than there is room for; who leaves makes room again."""
    queue = queue_of(ENDLESS, room=1)
    first = queue.submit(SETTINGS)
    running(queue, first)
    second = queue.submit(SETTINGS)
    with pytest.raises(QueueFull, match=r"^1 trainings wait already.*Try again in a few minutes\.$"):
        queue.submit(SETTINGS)
    second.stop()
    assert queue.submit(SETTINGS)


def test_jobs_share_nothing(queue_of):
    """Two trainings of equal settings have different names and networks."""
    queue = queue_of(GOOD)
    first, second = queue.submit(SETTINGS), queue.submit(SETTINGS)
    ended(queue, second)
    assert first.name != second.name
    assert queue.status(first).model is not queue.status(second).model


def test_a_failure_belongs_to_its_job_and_the_next_one_runs(queue_of, monkeypatch):
    """A crash, then a good training in the same queue."""
    flag = os.path.join(tempfile.gettempdir(), "crashed")
    body = f"learn(1)\nif not os.path.exists({flag!r}): open({flag!r}, 'w').close(); os.abort()\n"
    queue = queue_of(worker(body + "learn(0); os.unlink(" + repr(flag) + "); pack(); say('done')"))
    first, second = queue.submit(SETTINGS), queue.submit(SETTINGS)
    ended(queue, second)
    assert queue.status(first).state == "failed"
    assert "ended unexpectedly" in queue.status(first).problem
    assert queue.status(second).state == "done"


def test_a_fault_of_the_server_does_not_stop_the_queue(queue_of, monkeypatch):
    """Even an error that nobody thought of costs one training only."""
    queue = queue_of(GOOD)
    monkeypatch.setattr("siamese.live.queue.run", lambda *_: 1 / 0)
    first = queue.submit(SETTINGS)
    ended(queue, first)
    assert queue.status(first).state == "failed"
    monkeypatch.undo()
    second = queue.submit(SETTINGS)
    ended(queue, second)
    assert queue.status(second).state == "done"


def test_a_training_ends_with_its_page(queue_of):
    """Pages closed while one runs and one waits: both end, and the third's turn comes."""
    queue = queue_of(ENDLESS, grace=0.3)
    here = {"first": True, "second": True}
    first = queue.submit(SETTINGS, lambda: here["first"])
    second = queue.submit(SETTINGS, lambda: here["second"])
    third = queue.submit(SETTINGS)
    running(queue, first)
    here["second"] = False
    wait_for(lambda: queue.status(third).ahead == 1)
    here["first"] = False
    running(queue, third)
    assert queue.status(first).state == queue.status(second).state == "stopped"
    assert queue.status(first).problem == ABANDONED


def test_a_page_may_be_away_for_a_moment(queue_of):
    """A phone that changes its network comes back within the grace: the training goes on."""
    away = threading.Event()
    queue = queue_of(worker("learn(1); time.sleep(1.5); learn(0); pack(); say('done')"), grace=30)
    job = queue.submit(LiveSettings(epochs=1), lambda: not away.is_set())
    running(queue, job)
    away.set()
    time.sleep(0.5)
    away.clear()
    ended(queue, job)
    assert queue.status(job).state == "done"


def test_closing_ends_everything(queue_of):
    """The server stops: the running process and the waiting jobs end, and nothing new is taken."""
    queue = queue_of(ENDLESS)
    first, second = queue.submit(SETTINGS), queue.submit(SETTINGS)
    running(queue, first)
    queue.close()
    assert queue.status(first).state == queue.status(second).state == "stopped"
    with pytest.raises(QueueFull):
        queue.submit(SETTINGS)


def test_limits_reach_the_process(queue_of):
    """The job says that its time was up."""
    queue = queue_of(ENDLESS, limits=Limits(seconds=1))
    job = queue.submit(SETTINGS)
    ended(queue, job)
    assert "took longer" in queue.status(job).problem


@pytest.mark.parametrize("stage", ["learning", "packing"])
def test_stop_while_it_learns_or_packs_leaves_nothing(queue_of, stage):
    """Stopped in the middle of writing the network: its process and its folder are gone, there is no model."""
    file = Path(tempfile.gettempdir()).parent / "pid"
    body = f"open({str(file)!r} + '~', 'w').write(str(os.getpid())); os.rename({str(file)!r} + '~', {str(file)!r})\n"
    body += "learn(1)\n" + ("pack()\n" if stage == "packing" else "") + "forever()"
    queue = queue_of(worker(body))
    job = queue.submit(SETTINGS)
    wait_for(lambda: queue.status(job).progress.stage == stage and file.exists())
    job.stop()
    assert queue.status(job).state == "stopped"
    pid = int(file.read_text())
    wait_for(lambda: not Path(f"/proc/{pid}").exists())
    assert queue.status(job).model is None
    file.unlink()
