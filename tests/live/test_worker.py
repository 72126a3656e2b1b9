"""The real training process, with TensorFlow and tiny settings."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from siamese.errors import InvalidArtefact
from siamese.live import data as live_data
from siamese.live import worker
from siamese.live.data import images_to_test
from siamese.live.process import Process
from siamese.live.protocol import EpochResult, Request, Stage
from siamese.live.settings import LiveSettings
from siamese.live.supervisor import run
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.rates import accuracy_at
from tests.live.conftest import wait_for

TINY = LiveSettings(digits=(2, 3, 5), epochs=2, embedding=8, source="pens")


@pytest.mark.usefixtures("no_mnist")
def test_a_real_training_in_a_process_of_its_own():
    """It sends its stages and epochs, and its network has exactly the figures of the last epoch."""
    messages = []
    model = run(TINY, "yours-1", messages.append, lambda: True)
    assert [message.name for message in messages if isinstance(message, Stage)] == [
        "starting",
        "images",
        "learning",
        "packing",
    ]
    results = [message for message in messages if isinstance(message, EpochResult)]
    assert [result.epoch for result in results] == [1, 2]
    assert results[-1].seen > 0.7, "far above chance"
    assert model.verifier.card.digits == (2, 3, 5)
    assert model.verifier.card.embedding == 8
    assert model.splits["unseen"] == (0, 1, 4, 6, 7, 8, 9)
    assert model.documents["history.json"] == [result.to_json() for result in results]
    images, digits = images_to_test(TINY)
    histograms = pair_histograms(model.verifier.embed(images), digits, 2.0)
    assert np.array_equal(histograms.counts, model.histograms.counts)
    for split, members in model.splits.items():
        accuracy = accuracy_at(histograms, members, model.verifier.threshold)
        assert model.documents["report.json"]["splits"][split]["accuracy"] == pytest.approx(accuracy, abs=1e-6)
        assert getattr(results[-1], split) == pytest.approx(accuracy, abs=0.002)
    with pytest.raises(InvalidArtefact):
        model.verifier.card.read("encoder.keras")  # its folder is gone
    assert json.loads(model.card)["recipe"]["kind"] == "LiveRecipe"


@pytest.mark.usefixtures("no_mnist")
@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="looks at the process's name")
def test_a_process_that_waits_has_loaded_its_library_and_ends_with_its_server():
    """Without a request it loads TensorFlow and waits, modestly; its input closes: it is gone, and its folder, too."""
    process = Process()
    pid = process.process.pid
    try:
        wait_for(lambda: Path(f"/proc/{pid}/comm").read_text().strip() == worker.WAITS)
        wait_for(lambda: "libtensorflow" in Path(f"/proc/{pid}/maps").read_text())
        assert os.getpriority(os.PRIO_PROCESS, pid) >= 10
        process.input.close()
        assert process.process.wait(60) == 1
        assert not process.folder.exists()
    finally:
        process.end()


def test_prepared_images_are_those_of_the_training(monkeypatch):
    """A training takes the images drawn beforehand; those of a digit do not depend on the other digits."""
    monkeypatch.setitem(live_data.PER_DIGIT, "pens", (6, 4))
    monkeypatch.setattr(live_data, "cached_mnist_path", lambda: None)
    assert len(list(live_data.prepare())) == 20
    monkeypatch.setattr(live_data.pens, "image", lambda *_: 1 / 0)
    (some, names), (more, _) = (
        live_data.images_to_learn(LiveSettings(digits, source="pens")) for digits in ((2, 3), (1, 2, 3))
    )
    assert names.tolist() == [2] * 6 + [3] * 6
    assert np.array_equal(some, more[6:])
    assert len(images_to_test(TINY)[0]) == 40


def test_a_request_cuts_the_preparation_short(monkeypatch):
    """A request has arrived: neither rehearsal nor images. None has: both. What fails in it fails nothing else."""
    done = []
    monkeypatch.setattr("siamese.training.all_pairs.rehearse", lambda recipe: done.append("rehearsal"))
    monkeypatch.setattr(worker, "prepare", lambda: (done.append("images") for _ in range(3)))
    worker.get_ready(lambda: True)
    assert not done
    worker.get_ready(lambda: False)
    assert done == ["rehearsal", "images", "images", "images"]
    monkeypatch.setattr("siamese.training.all_pairs.rehearse", lambda recipe: 1 / 0)
    worker.get_ready(lambda: False)


@pytest.mark.usefixtures("no_mnist")
def test_a_full_disk_is_a_sentence(monkeypatch, tmp_path, capfdbinary):
    """The network cannot be written: the process says so and ends in order."""

    def full(request, send):
        raise OSError(28, "No space left on device")

    lines = []
    monkeypatch.setattr(worker, "learn", full)
    assert worker.serve(Request(TINY, tmp_path, "yours-1", 60.0), Lines(lines)) == 0
    assert b"disk is full" in b"".join(lines)


def test_a_process_whose_server_is_gone_leaves_its_end_to_the_listener(monkeypatch, tmp_path):
    """The output is broken: nothing is raised, so that the thread that removes the folder is not cut short."""
    waits = []
    monkeypatch.setattr(worker.time, "sleep", waits.append)
    monkeypatch.setattr(worker, "learn", lambda request, send: send(Stage("starting")))
    assert worker.serve(Request(TINY, tmp_path, "yours-1", 60.0), Broken()) == 1
    assert len(waits) == 1


class Broken:
    """An output that nobody reads any more."""

    def write(self, line):
        """Fails as a pipe without a reader does."""
        raise BrokenPipeError


class Lines:
    """An output that keeps what is written."""

    def __init__(self, lines):
        self.write = lines.append

    def flush(self):
        """Nothing waits."""
