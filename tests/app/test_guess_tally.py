"""The tally of a person against the network."""

from __future__ import annotations

import pytest

from siamese.app.pages.compare.guess_tally import UNLABELLED, Count, Tally, pair_split


def test_each_split_counts_both_players():
    """Same, different, same are answered same, same, different: right, wrong, wrong. The network is right."""
    tally = Tally()
    for split, answer, label in (("seen", True, True), ("seen", True, False), ("unseen", False, True)):
        tally = tally.with_answer(split, answer, label, label, "strokes")
    assert tally.row("seen") == Count(pairs=2, agreed=1, person=1, network=2)
    assert tally.row("unseen") == Count(pairs=1, agreed=0, person=0, network=1)
    assert tally.row("mixed") == Count()
    assert tally.labelled == Count(pairs=3, agreed=1, person=1, network=3)
    assert tally.pairs == 3
    assert "mixed" not in tally.counts


def test_drawings_count_agreement_and_nobody_as_right():
    """Nobody knows the label of a drawing: it is in no split, and neither player gains."""
    tally = Tally().with_answer(UNLABELLED, True, True, None, "a").with_answer(UNLABELLED, False, True, None, "a")
    assert tally.row(UNLABELLED) == Count(pairs=2, agreed=1, person=0, network=0)
    assert tally.labelled == Count()
    assert tally.pairs == 2


def test_rounds_add_up_and_name_all_networks():
    """Two rounds with two networks: the counts add, both names are there, and neither round is changed."""
    first = Tally().with_answer("mixed", True, False, True, "a")
    second = Tally().with_answer("mixed", True, True, True, "b")
    assert (first + second).row("mixed") == Count(pairs=2, agreed=1, person=2, network=1)
    assert (first + second).networks == {"a", "b"}
    assert first.row("mixed").pairs == 1


@pytest.mark.parametrize(("row", "label"), [("seen", None), (UNLABELLED, True), ("all", True)])
def test_a_label_must_fit_its_row(row, label):
    """A sampled pair has a label, a drawn one has none, and no other row exists."""
    with pytest.raises(ValueError, match="label"):
        Tally().with_answer(row, True, True, label, "a")


def test_a_pair_from_two_splits_is_mixed():
    """Two digits sampled from one split are of it; else only mixed holds both."""
    assert pair_split("unseen", "unseen") == "unseen"
    assert pair_split("seen", "unseen") == "mixed"
    assert pair_split("mixed", "seen") == "mixed"
