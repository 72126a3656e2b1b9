"""The settings of a live training: what no control offers is refused, in a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamese.errors import InvalidSettings
from siamese.live.settings import LiveSettings, digits_in_words

GOOD = LiveSettings().to_json()


def test_settings_survive_json():
    """What is written is read again as the same settings."""
    settings = LiveSettings(digits=(0, 3, 9), loss="contrastive", margin=0.7, embedding=2, augment=False, source="pens")
    assert LiveSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("digits", []),
        ("digits", [3]),
        ("digits", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("digits", [1, 1, 2]),
        ("digits", [1, 10]),
        ("digits", [True, 2]),
        ("digits", ["1", "2"]),
        ("digits", "23"),
        ("loss", "triplet"),
        ("loss", ["contrastive"]),
        ("margin", float("nan")),
        ("margin", 3.0),
        ("margin", "1"),
        ("embedding", 3),
        ("embedding", 2.0),
        ("augment", 1),
        ("epochs", 0),
        ("epochs", 10_000),
        ("epochs", True),
        ("source", "/etc/passwd"),
        ("more", 1),
    ],
)
def test_other_values_are_refused(key, value):
    """Each value that the page does not offer is an error whose text is a sentence."""
    with pytest.raises(InvalidSettings, match=r"^[A-Z].*\.$"):
        LiveSettings.from_json({**GOOD, key: value})


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda deeper: st.lists(deeper)))
def test_nonsense_is_refused(values):
    """Whatever JSON holds, the result is settings or the named error."""
    with pytest.raises(InvalidSettings):
        LiveSettings.from_json(values)


def test_seen_and_unseen_follow_from_the_digits():
    """The splits of a network that learned 0, 1 and 2: these, all, and the other seven."""
    splits = LiveSettings(digits=(0, 1, 2)).splits
    assert splits == {"seen": (0, 1, 2), "mixed": tuple(range(10)), "unseen": (3, 4, 5, 6, 7, 8, 9)}


def test_the_recipe_holds_every_choice():
    """Nothing that was chosen is lost on the way to the training."""
    recipe = LiveSettings((1, 4), "contrastive", 0.5, 8, False, 3).recipe("yours-1")
    assert (recipe.digits, recipe.loss, recipe.margin) == ((1, 4), "contrastive", 0.5)
    assert (recipe.embedding, recipe.augment, recipe.epochs) == (8, False, 3)


@pytest.mark.parametrize(("digits", "words"), [((2, 3, 4), "2–4"), ((0, 1), "0, 1"), ((0, 1, 8, 9), "0, 1, 8, 9")])
def test_digits_in_words(digits, words):
    """A run of digits is shortened, others are listed."""
    assert digits_in_words(digits) == words
