"""Training on all pairs of each batch: every choice learns, and a rehearsal changes nothing but the time."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from siamese.data.splits import TrainingData
from siamese.live.settings import LiveSettings
from siamese.training import all_pairs
from siamese.training.encoder import convolutional_encoder


@pytest.mark.parametrize("loss", ["contrastive", "supervised"])
@pytest.mark.parametrize("augment", [False, True])
def test_each_choice_of_loss_and_augmentation_learns(loss, augment):
    """In three epochs of a few images the loss is a number, and the weights have moved."""
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
    learner = all_pairs.rehearse(LiveSettings().recipe("rehearsal"))
    assert all_pairs.rehearsed(recipe) is learner
    assert [layer.name for layer in convolutional_encoder(recipe).layers] == names
    rehearsed, another = fitting(), fitting()
    assert rehearsed.encoder is learner.encoder
    assert another.encoder is not learner.encoder
    assert all_pairs.rehearsed(recipe) is None
    assert all(map(np.array_equal, rehearsed.encoder.get_weights(), weights))
    assert not any(np.any(variable) for variable in learner.optimizer.variables)
    assert np.isfinite(list(rehearsed.losses)).all()
    assert not any(map(np.array_equal, rehearsed.encoder.get_weights()[:1], weights[:1]))


@pytest.mark.parametrize("change", [{"embedding": 8}, {"loss": "contrastive"}, {"augment": False}])
def test_other_choices_do_not_take_what_was_rehearsed(change):
    """Their graph is another one; other digits, epochs or images have the same."""
    default = all_pairs.graph_key(LiveSettings().recipe("yours-1"))
    assert all_pairs.graph_key(LiveSettings((0, 7), epochs=3, source="pens").recipe("yours-2")) == default
    assert all_pairs.graph_key(LiveSettings(**change).recipe("yours-3")) != default
