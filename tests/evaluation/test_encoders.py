"""Any encoder measured on all pairs: against values derived by hand, plain loops, and the served models' reports."""

from __future__ import annotations

import re

import numpy as np
import pytest

import siamese
from siamese import Verifier, evaluate_encoder
from siamese.data.mnist import load_mnist
from siamese.errors import InvalidArgument, InvalidDigits, InvalidEmbeddings, SiameseError
from siamese.imaging import pens
from siamese.metrics.distances import pairwise_distances
from siamese.serving.card import load_json
from tests.metrics.embeddings import cloud

PAIR = {"two and three": (2, 3)}
GOOD = np.arange(8.0).reshape(4, 2)
LABELS = np.array([2, 2, 3, 3])


def given(embeddings):
    """The encoder of images that are embeddings already."""
    return embeddings


def test_figures_derived_by_hand():
    """Four images on a line, digits 2 2 3 3 at 0, 1, 3, 7: same pairs at 1 and 4, different ones at 3, 7, 2, 6."""
    line = np.array([[0.0], [1.0], [3.0], [7.0]])
    result = evaluate_encoder(given, line, np.array([2, 2, 3, 3]), threshold=2.5, splits=PAIR)
    figures = result.splits["two and three"]
    # At 2.5: one of two same pairs is accepted, one of four different pairs (distance 2).
    assert figures.false_reject_rate == pytest.approx(1 / 2)
    assert figures.false_accept_rate == pytest.approx(1 / 4)
    assert figures.accuracy == pytest.approx((1 / 2 + 3 / 4) / 2)
    # Of the eight comparisons, 1 is less than 3, 7, 2 and 6, and 4 is less than 7 and 6.
    assert figures.roc_auc == pytest.approx(6 / 8)
    assert (figures.images, figures.pairs) == (4, 6)
    assert (result.threshold, result.dimension) == (2.5, 1)
    assert figures.interval_95[0] < figures.accuracy < figures.interval_95[1]


@pytest.mark.parametrize("threshold", [1e-3, 0.3, 1.2345678, 7.7, 1e4])
def test_accuracy_is_exact_at_any_threshold(rng, threshold):
    """By a plain count of all pairs, at a threshold far below the largest distance, among them, or beyond."""
    embeddings, digits = cloud(rng, 200)
    embeddings = embeddings * rng.lognormal(size=(200, 1))
    result = evaluate_encoder(given, embeddings, digits, threshold=threshold, splits={"all": (2, 3, 4)})
    accepted = pairwise_distances(embeddings, embeddings) <= threshold
    groups = {digit: np.flatnonzero(digits == digit) for digit in (2, 3, 4)}
    same = [accepted[np.ix_(g, g)][np.triu_indices(len(g), 1)].mean() for g in groups.values()]
    apart = [accepted[np.ix_(groups[a], groups[b])].mean() for a in groups for b in groups if a != b]
    assert result.splits["all"].accuracy == pytest.approx((np.mean(same) + 1 - np.mean(apart)) / 2, abs=1e-12)


def test_a_tiny_threshold_leaves_the_area_exact(rng):
    """The area does not depend on the threshold, though the grid of distances does."""
    embeddings, digits = cloud(rng, 200)
    areas = [
        evaluate_encoder(given, embeddings, digits, threshold=threshold, splits=PAIR).splits["two and three"].roc_auc
        for threshold in (1e-6, 1.0)
    ]
    assert areas[0] == pytest.approx(areas[1], abs=1e-3)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_unit_of_the_embeddings_does_not_matter(rng, scale):
    """Embeddings and threshold in another unit: the same figures."""
    embeddings, digits = cloud(rng, 120)
    result = evaluate_encoder(given, embeddings * scale, digits, threshold=scale, splits=PAIR)
    expected = evaluate_encoder(given, embeddings, digits, threshold=1.0, splits=PAIR)
    assert result.splits["two and three"].accuracy == pytest.approx(expected.splits["two and three"].accuracy)
    assert result.splits["two and three"].roc_auc == pytest.approx(expected.splits["two and three"].roc_auc, abs=1e-3)


def test_the_threshold_is_chosen_on_the_validation_images_alone(rng):
    """It is the same whatever is reported, and given back by name it gives the same figures."""
    embeddings, digits = cloud(rng, 300, spread=0.5)
    validation = embeddings[:150], digits[:150]
    first = evaluate_encoder(given, embeddings[150:], digits[150:], validation=validation, splits=PAIR)
    second = evaluate_encoder(given, embeddings[200:], digits[200:], validation=validation, splits=PAIR)
    assert first.threshold == second.threshold > 0
    again = evaluate_encoder(given, embeddings[150:], digits[150:], threshold=first.threshold, splits=PAIR)
    assert again == first


def test_an_encoder_worse_than_chance_is_measured_all_the_same():
    """Same pairs at 9, different ones at 0 and 9: no threshold is better than to call all pairs same."""
    crossed = np.array([[0.0], [9.0], [0.0], [9.0]])
    result = evaluate_encoder(given, crossed + 100, LABELS, validation=(crossed, LABELS), splits=PAIR)
    assert result.threshold == 9
    assert result.splits["two and three"].accuracy == 0.5
    assert result.splits["two and three"].roc_auc < 0.5


def test_images_that_are_all_the_same_are_measured_at_a_given_threshold():
    """All pairs are called same: half of the balanced pairs are right."""
    result = evaluate_encoder(given, np.ones((4, 3)), np.array([2, 2, 3, 3]), threshold=1.0, splits=PAIR)
    assert result.splits["two and three"].accuracy == 0.5


def test_digits_of_no_split_do_not_count(rng):
    """Images of other digits change nothing but the time."""
    embeddings, digits = cloud(rng, 120)
    kept = digits != 4
    assert evaluate_encoder(given, embeddings, digits, threshold=1.0, splits=PAIR) == evaluate_encoder(
        given, embeddings[kept], digits[kept], threshold=1.0, splits=PAIR
    )


@pytest.mark.parametrize(
    ("embed", "error"),
    [
        (lambda images: images[:, 0], "expected embeddings"),
        (lambda images: images[:3], "expected embeddings"),
        (lambda images: images[:, :0], "expected embeddings"),
        (lambda images: [[1.0], [2.0, 3.0], [4.0], [5.0]], "one length"),
        (lambda images: images.astype(str), "real numbers"),
        (lambda images: images + 1j, "real numbers"),
        (lambda images: np.where(images == 3, np.nan, images), "finite"),
        (lambda images: np.where(images == 3, np.inf, images), "finite"),
        (lambda images: images * 1e300, "finite"),
    ],
)
def test_what_is_no_embedding_is_refused(embed, error):
    """Another shape, another type, numbers that are not finite or whose distances are not."""
    with pytest.raises(InvalidEmbeddings, match=error):
        evaluate_encoder(embed, GOOD, LABELS, threshold=1.0, splits=PAIR)


@pytest.mark.parametrize(
    ("digits", "error"),
    [
        (LABELS[:3], "expected digits"),
        (LABELS[:, None], "expected digits"),
        (LABELS.astype(float), "whole numbers"),
        (LABELS == 2, "whole numbers"),
        (LABELS + 7, "0 to 9"),
        (-LABELS, "0 to 9"),
        (np.array([2, 2, 2, 3]), r"fewer of \[3\]"),
        (np.array([2, 2, 4, 4]), r"fewer of \[3\]"),
    ],
)
def test_digits_that_do_not_fit_are_refused(digits, error):
    """Of another number or type, outside 0 to 9, or fewer than two of one that the split names."""
    with pytest.raises(InvalidDigits, match=error):
        evaluate_encoder(given, GOOD, digits, threshold=1.0, splits=PAIR)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "either a threshold"),
        ({"threshold": 1.0, "validation": (GOOD + 99, LABELS)}, "either a threshold"),
        ({"threshold": 0.0}, "above 0"),
        ({"threshold": -1.0}, "above 0"),
        ({"threshold": np.nan}, "above 0"),
        ({"threshold": np.inf}, "above 0"),
        ({"threshold": 1.0, "splits": {}}, "at least one split"),
        ({"threshold": 1.0, "splits": {"one": (2, 2)}}, "'one' needs at least two"),
        ({"threshold": 1.0, "splits": {"far": (2, 10)}}, "'far' needs at least two"),
        ({"validation": (GOOD, LABELS)}, "4 of the validation images are among"),
        ({"validation": (np.concatenate([GOOD[:1], GOOD + 99]), np.array([2, *LABELS]))}, "1 of the validation"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(arguments, error):
    """No threshold or two, no split, and validation images among those reported."""
    with pytest.raises(InvalidArgument, match=error):
        evaluate_encoder(given, GOOD, LABELS, **{"splits": PAIR} | arguments)


def test_validation_that_chooses_nothing_is_refused():
    """One digit alone, one image of a digit, or one embedding for all."""
    for validation, error in (
        ((GOOD + 99, np.array([2, 2, 2, 2])), InvalidDigits),
        ((GOOD + 99, np.array([2, 2, 2, 3])), InvalidDigits),
        ((np.ones((4, 2)) * 99, LABELS), InvalidEmbeddings),
    ):
        with pytest.raises(error):
            evaluate_encoder(given, GOOD, LABELS, validation=validation, splits=PAIR)
    assert issubclass(InvalidDigits, SiameseError)


def test_the_result_is_a_table(rng):
    """As text and as HTML: every split with its figures; a name is text, and no colour is set."""
    embeddings, digits = cloud(rng, 120)
    result = evaluate_encoder(given, embeddings, digits, threshold=1.0, splits={"<b>": (2, 3), "all": (2, 3, 4)})
    accuracy = f"{result.splits['all'].accuracy:.2%}"
    text, html = str(result), result._repr_html_()
    assert [line.split()[0] for line in text.splitlines()[:3]] == ["split", "<b>", "all"]
    for shown in (text, html):
        assert accuracy in shown
        assert "Threshold 1" in shown
    assert "&lt;b&gt;" in html
    assert html.count("<tr>") == 3
    assert not re.search(r"style=|color", html)


def test_a_perfect_accuracy_claims_no_interval():
    """Two classes far apart: 100%, and in the table no interval that would say that it is certain."""
    result = evaluate_encoder(given, np.array([[0.0], [0.1], [9.0], [9.1]]), LABELS, threshold=1.0, splits=PAIR)
    assert result.splits["two and three"].interval_95 == (1.0, 1.0)
    assert re.search(r"100\.00% +no spread", str(result))


def test_other_images_than_digits_of_28_by_28_are_as_good(rng):
    """Any shape that the encoder takes: colour pictures of two classes."""
    pictures, digits = rng.random((40, 8, 6, 3)), np.arange(40) % 2
    result = evaluate_encoder(
        lambda images: images.mean((1, 2)), pictures, digits, threshold=0.05, splits={"both": (0, 1)}
    )
    assert result.dimension == 3
    assert result.splits["both"].pairs == 40 * 39 // 2


def test_it_is_found_at_the_top():
    """`from siamese import evaluate_encoder` is all that somebody with an encoder needs."""
    assert siamese.evaluate_encoder is evaluate_encoder
    assert {"evaluate_encoder", "EncoderEvaluation"} <= set(siamese.__all__)


def test_pen_digits_tell_the_served_encoder_from_pixels():
    """Our encoder, at its own threshold, is better than raw pixels with a threshold of their own."""
    images, digits = pens.images(12, np.random.default_rng(1))
    validation = pens.images(12, np.random.default_rng(2))
    verifier = Verifier.load()
    ours = evaluate_encoder(verifier.embed, images, digits, threshold=verifier.threshold)
    pixels = evaluate_encoder(lambda x: x.reshape(len(x), -1), images, digits, validation=validation)
    assert list(ours.splits) == ["seen", "mixed", "unseen"]
    assert ours.splits["mixed"].accuracy > pixels.splits["mixed"].accuracy + 0.1


def test_a_served_model_gets_the_figures_of_its_report(mnist_file):
    """All fifty million pairs of MNIST's test images, counted on another grid: what the committed report says."""
    verifier = Verifier.load("baseline")
    images, digits = load_mnist("test", mnist_file)
    result = evaluate_encoder(verifier.embed, images, digits, threshold=verifier.threshold)
    for name, expected in load_json(verifier.card, "report.json")["splits"].items():
        figures = result.splits[name]
        assert figures.accuracy == pytest.approx(expected["accuracy"], abs=2e-5)
        assert figures.interval_95 == pytest.approx(expected["interval_95"], abs=1e-4)
        assert figures.false_accept_rate == pytest.approx(expected["false_accept_rate"], abs=4e-5)
        assert figures.roc_auc == pytest.approx(expected["roc_auc"], abs=1e-4)
        assert figures.equal_error_rate == pytest.approx(expected["equal_error_rate"], abs=1e-4)
