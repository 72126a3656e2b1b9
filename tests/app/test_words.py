"""The words of the interface that stand in more than one place."""

from __future__ import annotations

import pytest

from siamese.app.words import DIFFERENT, MAX_NAME, SAME, clean_name, decision, place_words


def test_each_decision_has_its_own_words():
    """Both are told apart by word, by sign and by sentence, so that no colour is needed."""
    assert decision(True) is SAME
    assert decision(False) is DIFFERENT
    assert (SAME.title, DIFFERENT.title) == ("Same digit", "Different digits")
    assert SAME.sign != DIFFERENT.sign


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  my \n star ", "my star"),
        ("<script>", "<script>"),
        ("ش", "ش"),
        ("a\u202eb", "ab"),
        ("x" * 40, "x" * MAX_NAME),
        (" \t", ""),
    ],
)
def test_names_are_one_short_line_of_any_script(typed, name):
    """Line breaks, control characters and turned directions go; everything else stays as text."""
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (14, 14, "in the middle"),
        (4, 4, "at the top left"),
        (24, 14, "at the bottom"),
        (14, 22, "at the right"),
        (11, 16, "in the middle"),
        (10, 17, "at the top right"),
    ],
)
def test_places_have_plain_words(row, column, words):
    """The middle is six pixels wide; beyond it, sides and corners."""
    assert place_words(row, column) == words
