"""The images of a live training: which digits, and that learning and testing never share one."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.errors import MnistUnavailable
from siamese.live.data import PER_DIGIT, images_to_learn, images_to_test
from siamese.live.settings import LiveSettings


@pytest.fixture
def few(monkeypatch):
    """Few images, so that drawing them is quick."""
    monkeypatch.setitem(PER_DIGIT, "pens", (6, 4))


@pytest.mark.usefixtures("few")
def test_built_in_digits_to_learn_are_the_chosen_ones():
    """Nothing but the chosen digits to learn from; all ten to test on; no image in both."""
    settings = LiveSettings((1, 5), source="pens")
    images, digits = images_to_learn(settings)
    assert images.shape == (12, 28, 28)
    assert images.dtype == np.uint8
    assert np.unique(digits).tolist() == [1, 5]
    tests, names = images_to_test(settings)
    assert np.bincount(names).tolist() == [4] * 10
    assert not {image.tobytes() for image in images} & {image.tobytes() for image in tests}


def test_mnist_is_used_where_it_is(mnist_file, monkeypatch):
    """As many images of each digit as PER_DIGIT gives, and the same ones each time."""
    monkeypatch.setenv("SIAMESE_MNIST", str(mnist_file))
    settings = LiveSettings((0, 7))
    images, digits = images_to_learn(settings)
    assert np.bincount(digits).tolist() == [1000, 0, 0, 0, 0, 0, 0, 1000]
    assert np.array_equal(images, images_to_learn(settings)[0])
    assert np.bincount(images_to_test(settings)[1]).tolist() == [200] * 10


@pytest.mark.usefixtures("no_mnist")
def test_mnist_is_never_fetched():
    """Where it is not, the error says so; a training does not wait for a network."""
    with pytest.raises(MnistUnavailable, match="not on this machine"):
        images_to_learn(LiveSettings())
