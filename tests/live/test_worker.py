"""The real training process, with TensorFlow and tiny settings; and its losses."""

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
from siamese.live.process import FOLDER_VARIABLE, Process, run
from siamese.live.protocol import EpochResult, Request, Stage
from siamese.live.settings import LiveSettings
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.rates import accuracy_at
from tests.live.test_process import wait_for

TINY = LiveSettings(digits=(2, 3, 5), epochs=2, embedding=8, source="pens")


@pytest.mark.usefixtures("no_mnist")
def test_a_real_training_in_a_process_of_its_own():
    """It tells its stages and epochs and hands over a network whose figures are its last epoch's, exactly."""
    heard = []
    model = run(TINY, "yours-1", heard.append, lambda: True)
    assert [message.name for message in heard if isinstance(message, Stage)] == [
        "starting",
        "images",
        "learning",
        "packing",
    ]
    results = [message for message in heard if isinstance(message, EpochResult)]
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


def test_what_is_prepared_is_what_is_learned_from(monkeypatch):
    """Drawn beforehand, the images are the ones that a training then takes; a digit's are the same beside others."""
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
    """Somebody has asked already: neither rehearsal nor images; nobody: both. What fails there fails nothing."""
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

    def full(request, say):
        raise OSError(28, "No space left on device")

    lines = []
    monkeypatch.setattr(worker, "learn", full)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    line = Request(TINY, tmp_path, "yours-1", 60.0).to_line()
    monkeypatch.setattr(worker, "_listen", lambda folder, requests: requests.put(line))
    monkeypatch.setattr(worker, "get_ready", lambda asked: None)
    for name in ("_be_modest", "_until", "_call_it"):
        monkeypatch.setattr(worker, name, lambda *_: None)
    monkeypatch.setattr(worker, "_own_output", lambda: Lines(lines))
    assert worker.main() == 0
    assert b"disk is full" in b"".join(lines)


class Lines:
    """An output that keeps what is written."""

    def __init__(self, lines):
        self.write = lines.append

    def flush(self):
        """Nothing waits."""


def test_the_contrastive_loss_of_all_pairs_by_hand():
    """Two images a class on a line: same pairs 0 apart; different ones √2 apart, and beyond or within the margin."""
    import tensorflow as tf

    from siamese.training.all_pairs import contrastive_loss

    embeddings = tf.constant([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    classes = tf.constant([0, 0, 1, 1])
    assert float(contrastive_loss(embeddings, classes, 1.0)) == pytest.approx(0, abs=1e-5)
    # All different pairs lack 2 - √2 of a margin of 2; half of the weight is theirs.
    assert float(contrastive_loss(embeddings, classes, 2.0)) == pytest.approx((2 - 2**0.5) ** 2 / 2, abs=1e-5)
    # All same pairs are √2 apart, squared 2; different ones are 0 apart half of the time, which costs 1.
    mixed = tf.constant([0, 1, 0, 1])
    assert float(contrastive_loss(embeddings, mixed, 1.0)) == pytest.approx((2 + 0.5) / 2, abs=1e-3)


@pytest.mark.parametrize("loss", ["contrastive", "supervised"])
@pytest.mark.parametrize("augment", [False, True])
def test_each_choice_of_loss_and_augmentation_learns(loss, augment):
    """In three epochs of a few images the loss is a number, and the weights have moved."""
    from siamese.data.splits import TrainingData
    from siamese.training import all_pairs

    rng = np.random.default_rng(1)
    images, digits = rng.random((40, 28, 28)).astype(np.float32), np.repeat([0, 7], 20).astype(np.uint8)
    data = TrainingData(images, digits, images[::10], digits[::10], (0, 7))
    recipe = LiveSettings((0, 7), loss=loss, augment=augment, embedding=2, epochs=3).recipe("yours-1")
    fitting = all_pairs.fit(recipe, data, rng)
    before = [weights.numpy().copy() for weights in fitting.encoder.trainable_variables]
    assert np.isfinite(list(fitting.losses)).all()
    after = [weights.numpy() for weights in fitting.encoder.trainable_variables]
    assert not any(np.array_equal(*pair) for pair in zip(before, after))


def test_a_rehearsal_leaves_nothing_but_time_saved():
    """A training after it starts from the weights and the optimizer that it would have had, and no two share them."""
    import keras

    from siamese.data.splits import TrainingData
    from siamese.training import all_pairs
    from siamese.training.encoder import convolutional_encoder

    recipe = LiveSettings((0, 7), augment=True, epochs=3).recipe("yours-1")
    rng = np.random.default_rng(1)
    images, digits = rng.random((40, 28, 28)).astype(np.float32), np.repeat([0, 7], 20).astype(np.uint8)
    data = TrainingData(images, digits, images[::10], digits[::10], (0, 7))

    def fitting():
        keras.utils.set_random_seed(3)
        return all_pairs.fit(recipe, data, np.random.default_rng(3))

    keras.backend.clear_session()
    names = [layer.name for layer in convolutional_encoder(recipe).layers]
    weights = fitting().encoder.get_weights()
    keras.backend.clear_session()
    all_pairs.rehearse(LiveSettings().recipe("rehearsal"))
    (learner,) = all_pairs._rehearsed.values()
    assert [layer.name for layer in convolutional_encoder(recipe).layers] == names
    rehearsed, another = fitting(), fitting()
    assert rehearsed.encoder is learner.encoder
    assert another.encoder is not learner.encoder
    assert not all_pairs._rehearsed
    assert all(map(np.array_equal, rehearsed.encoder.get_weights(), weights))
    assert not any(np.any(variable) for variable in learner.optimizer.variables)
    assert np.isfinite(list(rehearsed.losses)).all()
    assert not any(map(np.array_equal, rehearsed.encoder.get_weights()[:1], weights[:1]))


@pytest.mark.parametrize("change", [{"embedding": 8}, {"loss": "contrastive"}, {"augment": False}])
def test_other_choices_do_not_take_what_was_rehearsed(change):
    """Their graph is another one; other digits, epochs or images have the same."""
    from siamese.training import all_pairs

    usual = all_pairs._graph(LiveSettings().recipe("yours-1"))
    assert all_pairs._graph(LiveSettings((0, 7), epochs=3, source="pens").recipe("yours-2")) == usual
    assert all_pairs._graph(LiveSettings(**change).recipe("yours-3")) != usual


def test_supervised_contrastive_loss_by_hand():
    """Two classes of two, at right angles, temperature 1: each image has one positive among three others."""
    import tensorflow as tf

    from siamese.training.all_pairs import supervised_contrastive_loss

    embeddings = tf.constant([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    # log of e^1 / (e^1 + 2 e^0), for each image
    expected = -np.log(np.e / (np.e + 2))
    assert float(supervised_contrastive_loss(embeddings, tf.constant([0, 0, 1, 1]), 1.0)) == pytest.approx(expected)


def test_pair_loss_prefers_classes_apart():
    """Equal within and opposite between classes costs less than the reverse."""
    import tensorflow as tf

    from siamese.training.all_pairs import pair_loss

    embeddings = tf.constant([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    good, bad = (float(pair_loss(embeddings, tf.constant(classes))) for classes in ([0, 0, 1, 1], [0, 1, 0, 1]))
    assert good < 0.1 < bad
