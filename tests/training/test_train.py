"""One tiny real training, and the refusal of unseen digits."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.data.splits import SEEN_DIGITS
from siamese.errors import UnknownRecipe, UnseenDigitInTraining
from siamese.imaging import pens
from siamese.training.recipes import RECIPES, recipe_named
from siamese.training.train import train


@pytest.fixture(scope="module")
def pen_digits():
    """Twenty pen digits each of 0 to 9, uint8."""
    images, digits = pens.images(20, np.random.default_rng(0))
    return np.round(images * 255).astype(np.uint8), digits


def test_a_tiny_training_learns_its_training_images(pen_digits):
    """A few epochs on a handful of digits: the loss falls, the train accuracy is far above chance."""
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)
    measured = []
    trained = train(recipe_named("baseline", epochs=4, batch=16), images[kept], digits[kept], measured.append)
    assert [epoch.number for epoch in measured] == [1, 2, 3, 4]
    assert measured[-1].loss < measured[0].loss
    assert measured[-1].train_accuracy > 0.85
    assert trained.chosen == 1 + int(np.argmax([epoch.validation_accuracy for epoch in trained.epochs]))
    chosen = trained.epochs[trained.chosen - 1]
    assert all(np.array_equal(a, b) for a, b in zip(trained.encoder.get_weights(), chosen.weights))
    assert trained.calibration.slope > 0


def test_the_same_seed_gives_the_same_weights(pen_digits):
    """Two runs of one recipe end with equal weights; another seed does not."""
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)

    def weights(seed):
        return train(recipe_named("baseline", epochs=1, seed=seed), images[kept], digits[kept]).encoder.get_weights()[0]

    first = weights(3)
    assert np.array_equal(first, weights(3))
    assert not np.array_equal(first, weights(4))


@pytest.mark.parametrize("digit", [0, 1, 8, 9])
@pytest.mark.parametrize("name", list(RECIPES))
def test_no_recipe_starts_with_an_unseen_digit(pen_digits, name, digit):
    """One image of an unseen digit among the training images, and training refuses to start."""
    images, digits = pen_digits
    kept = np.isin(digits, SEEN_DIGITS)
    kept[np.flatnonzero(digits == digit)[0]] = True
    with pytest.raises(UnseenDigitInTraining, match=str(digit)):
        train(recipe_named(name), images[kept], digits[kept])


def test_unknown_recipes_are_named_errors():
    """The error lists the recipes there are."""
    with pytest.raises(UnknownRecipe, match="baseline"):
        recipe_named("nonsense")


@pytest.mark.parametrize("name", list(RECIPES))
def test_recipes_are_frozen_and_go_into_json(name):
    """A recipe cannot be changed, and its JSON names its kind and digits."""
    import json

    recipe = recipe_named(name)
    with pytest.raises(AttributeError):
        recipe.seed = 5
    assert json.loads(json.dumps(recipe.to_json()))["digits"] == list(SEEN_DIGITS)
