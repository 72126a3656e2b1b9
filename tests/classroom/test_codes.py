"""Codes, secrets and passphrases."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.classroom import codes
from siamese.classroom.word_list import WORDS
from siamese.errors import RoomNotFound, WrongPassphrase


def test_a_code_cannot_be_misread():
    """Four letters, none a vowel or like a digit or another letter, and no rude ones."""
    made = {codes.new_code() for _ in range(2000)}
    assert len(made) > 1500
    assert not set("".join(made)) & set("AEIOUYBGLQSZ0123456789")
    assert all(len(code) == 4 for code in made)
    assert not any("FCK" in code for code in made)


def test_a_code_is_read_as_typed():
    """Small letters, spaces, hyphens."""
    assert codes.read_code("  fh-k m ") == "FHKM"


@settings(deadline=None)
@given(st.one_of(st.text(), st.none(), st.integers(), st.binary()))
def test_anything_else_is_no_code(typed):
    """A named error, or four letters of the alphabet."""
    with contextlib.suppress(RoomNotFound):
        assert set(codes.read_code(typed)) <= set(codes.LETTERS)


def test_words_are_short_plain_and_enough():
    """At least 256, so that three have 24 bits; none twice."""
    assert len(set(WORDS)) == len(WORDS) >= 256
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 9 for word in WORDS)


def test_a_passphrase_is_kept_as_a_hash():
    """Salted: the same words give another hash; the right words are known again, others are not."""
    words = codes.new_passphrase()
    kept = codes.hash_passphrase(words)
    assert words.split()[0] not in kept
    assert codes.hash_passphrase(words) != kept
    assert codes.is_passphrase(codes.read_passphrase(words.upper().replace(" ", " - ")), kept)
    assert not codes.is_passphrase("acorn acorn acorn", kept)


@settings(deadline=None)
@given(st.one_of(st.text(), st.none(), st.integers()))
def test_anything_else_is_no_passphrase(typed):
    """A named error, or three words."""
    with contextlib.suppress(WrongPassphrase):
        assert codes.read_passphrase(typed).count(" ") == 2


@pytest.mark.parametrize("forged", [None, 5, b"secret", "", "é" * 10, "\ud800"])
def test_a_secret_is_compared_with_anything(forged):
    """No other value is it, and none is an error."""
    secret = codes.new_secret()
    assert codes.is_secret(secret, codes.hash_secret(secret))
    assert not codes.is_secret(forged, codes.hash_secret(secret))
