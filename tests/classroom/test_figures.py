"""The figures of a class: the same as those of the page Accuracy, however the drawings came, went and changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.classroom.figures import ClassDistances, hardest, heat_map, split_figures
from siamese.classroom.records import Drawing
from siamese.data.splits import SPLITS
from siamese.evaluation.people import Drawings, accuracy_over_writers, measure
from siamese.metrics.distances import pairwise_distances
from siamese.metrics.histograms import pair_histograms
from siamese.metrics.rates import called_same

THRESHOLD = 0.9


def drawing(number: int, pupil: int, digit: int) -> Drawing:
    return Drawing(number, pupil, digit, digit, True, bytes(784))


def a_class(rng, pupils: int, rounds: int = 1, width: int = 8):
    """Drawings and embeddings (n, d) of a class in which each pupil has drawn each digit in every round."""
    digits = np.tile(np.arange(10), pupils * rounds)
    writers = np.repeat(np.arange(1, pupils + 1), 10 * rounds)
    centres = rng.normal(size=(10, width))
    own = rng.normal(0, 0.3, (pupils + 1, width))
    embeddings = centres[digits] + own[writers] + rng.normal(0, 0.7, (len(digits), width))
    embeddings = (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32)
    drawings = [drawing(k + 1, int(writers[k]), int(digits[k])) for k in range(len(digits))]
    return drawings, embeddings


def logit(rates) -> np.ndarray:
    return np.log(np.array(rates) / (1 - np.array(rates)))


def table_of(drawings, embeddings) -> ClassDistances:
    table = ClassDistances(THRESHOLD)
    for each, embedding in zip(drawings, embeddings):
        table.put(each, embedding)
    return table


def test_the_figures_are_those_of_drawn_by_people(rng):
    """Accuracy of each split as `evaluate --drawings` reports it, to six decimals; the interval but for its quantile.

    On the logit scale it is wider as Student's (2.0687, 23 degrees of freedom) is to the normal one (1.9600).
    """
    drawings, embeddings = a_class(rng, 24)
    table = table_of(drawings, embeddings)
    file = Drawings(np.zeros((240, 28, 28)), table.digits, table.pupils, 0, "")
    report = measure(embeddings, file, THRESHOLD, 2.0, lambda distances: np.full_like(distances, 0.5))
    for name, figures in split_figures(table).items():
        assert figures.accuracy == pytest.approx(report["splits"][name]["accuracy"], abs=1e-6)
        reported, found = (logit(ends) for ends in (report["splits"][name]["interval_95"], figures.interval))
        assert np.ptp(found) == pytest.approx(np.ptp(reported) * 2.0687 / 1.96, rel=1e-4)
        assert found.mean() == pytest.approx(reported.mean(), abs=1e-4)
        low, high = figures.interval
        assert low < figures.accuracy < high


def test_the_heat_map_is_that_of_the_accuracy_page(rng):
    """Cell by cell; NaN where no pair is, as on the diagonal for a single drawing."""
    drawings, embeddings = a_class(rng, 12)
    kept = [k for k, each in enumerate(drawings) if each.digit != 3 or each.pupil == 1]
    table = table_of([drawings[k] for k in kept], embeddings[kept])
    expected = called_same(pair_histograms(embeddings[kept], table.digits, 2.0), THRESHOLD)
    assert np.isnan(expected[3, 3])
    assert heat_map(table) == pytest.approx(expected, nan_ok=True)


def test_figures_come_from_ten_drawings_a_digit_on(rng):
    """Before, it is said how many are missing; of a single pupil there is an accuracy and no interval."""
    drawings, embeddings = a_class(rng, 10)
    table = table_of(drawings[:-1], embeddings)  # the last one is a 9
    figures = split_figures(table)
    assert figures["seen"].accuracy is not None
    assert (figures["unseen"].accuracy, figures["unseen"].interval, figures["unseen"].missing) == (None, None, 1)
    table.put(drawings[-1], embeddings[-1])
    assert split_figures(table)["unseen"].missing == 0
    alone = table_of([replace(each, pupil=1) for each in drawings], embeddings)
    for name, figures in split_figures(alone).items():
        assert figures.interval is None
        assert figures.accuracy == pytest.approx(split_figures(table)[name].accuracy)
    assert {each.missing for each in split_figures(ClassDistances(1.0)).values()} == {60, 100, 40}


def test_one_pupil_with_all_unseen_digits(rng):
    """Where leaving one out leaves no pair, there is no interval, and no warning."""
    drawings, embeddings = a_class(rng, 12)
    drawings = [replace(each, pupil=1) if each.digit in SPLITS["unseen"] else each for each in drawings]
    figures = split_figures(table_of(drawings, embeddings))
    assert figures["seen"].interval is not None
    assert figures["unseen"].interval is None
    assert figures["mixed"].interval is None


@pytest.mark.parametrize(("threshold", "why"), [(1.0, "no pair is wrong"), (3.0, "the same without anybody")])
def test_an_interval_of_no_width_is_none_with_a_word_why(threshold, why):
    """Where every pair is right, as where all are called same, five pupils show no certainty: another may differ."""
    table = ClassDistances(threshold)  # one digit at distance 0, two at 1.41
    for number in range(100):
        table.put(drawing(number + 1, number // 20 + 1, number % 10), np.eye(10)[number % 10])
    for figures in split_figures(table).values():
        assert figures.accuracy == (1.0 if threshold == 1 else 0.5)
        assert (figures.interval, figures.no_interval) == (None, why)


def test_the_interval_of_a_small_class_holds_as_often_as_it_says(rng):
    """Of 200 classes of four pupils nine in ten or more hold a large class's accuracy; the normal quantile's do not.

    Each pupil writes each of the four digits in a way of their own (0.2) and a little otherwise each time (0.2).
    """

    def a_table(pupils: int) -> ClassDistances:
        table, own = ClassDistances(1.25), rng.normal(0, 0.2, (pupils, 4, 8))
        for number in range(12 * pupils):
            pupil, digit = number // 12, number % 4
            embedding = np.eye(8)[digit] + own[pupil, digit] + rng.normal(0, 0.2, 8)
            table.put(drawing(number + 1, pupil + 1, digit), embedding)
        return table

    true = split_figures(a_table(80), {"all": range(4)})["all"].accuracy
    held = narrow = 0
    for _ in range(200):
        table = a_table(4)
        low, high = split_figures(table, {"all": range(4)})["all"].interval
        held += low <= true <= high
        _, low, high = accuracy_over_writers(table.accepted, table.digits, table.pupils, range(4))
        narrow += low <= true <= high
    assert narrow < 180 <= held


def test_the_hardest_pairs_are_wrong_and_sorted(rng):
    """Numbers of drawings; of one digit the furthest first, of two the nearest; none that is right."""
    drawings, embeddings = a_class(rng, 12)
    table = table_of(drawings, embeddings)
    digit = {each.number: each.digit for each in drawings}
    row = {each.number: k for k, each in enumerate(drawings)}
    between = pairwise_distances(embeddings, embeddings)
    for same in (True, False):
        pairs = hardest(table)[same]
        assert pairs
        distances = [pair.distance for pair in pairs]
        assert distances == sorted(distances, reverse=same)
        for pair in pairs:
            assert (digit[pair.left] == digit[pair.right]) == same == pair.is_same
            assert (pair.distance <= THRESHOLD) != same
            assert pair.distance == pytest.approx(between[row[pair.left], row[pair.right]], abs=1e-5)
    furthest = max(between[a, b] for a in range(120) for b in range(a) if drawings[a].digit == drawings[b].digit)
    assert hardest(table)[True][0].distance == pytest.approx(furthest, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["put", "remove", "relabel"]), st.integers(1, 90)), max_size=150))
def test_any_order_of_changes_gives_the_same(steps):
    """Added, removed, set to another digit in any order: distances and digits as if computed at once."""
    embeddings = np.random.default_rng(1).normal(size=(91, 5)).astype(np.float32)
    table, expected = ClassDistances(2.5), {}
    for step, number in steps:
        if step == "put" and number not in expected:
            expected[number] = drawing(number, number % 7, number % 10)
            table.put(expected[number], embeddings[number])
        elif step == "remove":
            expected.pop(number, None)
            table.remove(number)
        elif step == "relabel" and number in expected:
            expected[number] = replace(expected[number], digit=(expected[number].digit + 1) % 10)
            table.put(expected[number], embeddings[number])
    assert sorted(table.drawings, key=lambda each: each.number) == [expected[k] for k in sorted(expected)]
    chosen = embeddings[[each.number for each in table.drawings]]
    between = pairwise_distances(chosen, chosen)
    assert table.distances == pytest.approx(between, abs=1e-5)
    assert np.array_equal(table.accepted, between <= 2.5)
    assert table.embeddings.tolist() == chosen.tolist()


@pytest.mark.parametrize("embedding", [np.zeros((1, 8)), np.zeros(7), np.full(8, np.nan), np.full(8, np.inf)])
def test_an_embedding_of_another_kind_is_refused(rng, embedding):
    """Another length or shape, or numbers that are not finite; the table stays as it was."""
    table = table_of(*a_class(rng, 1))
    with pytest.raises(ValueError, match="finite vector"):
        table.put(drawing(99, 1, 1), embedding)
    assert len(table) == 10
