"""The public contract, on every committed model."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from siamese import Verification, Verifier
from siamese.errors import InvalidImage
from siamese.imaging import pens
from siamese.machine import usable_processors
from siamese.serving.verifier import VALUE_TOLERANCE


@pytest.fixture(scope="module", params=Verifier.available())
def verifier(request):
    """Each committed model in turn."""
    return Verifier.load(request.param)


@pytest.fixture(scope="module")
def images():
    """Two pen digits each of 0 to 9."""
    return pens.images(2, np.random.default_rng(4))[0]


def test_the_default_is_the_first_available():
    """load() without a name is load(available()[0]); the baseline is among them."""
    assert Verifier.load().name == Verifier.available()[0]
    assert "baseline" in Verifier.available()


def test_a_verification_says_everything(verifier, images):
    """Distance, threshold, verdict, probability and the images are there, and they fit together."""
    result = verifier.compare(images[0], images[5])
    assert isinstance(result, Verification)
    assert result.threshold == verifier.threshold
    assert result.is_same == (result.distance <= result.threshold)
    assert 0 <= result.probability_same <= 1
    assert result.left.shape == result.right.shape == (28, 28)


def test_equal_images_are_at_distance_zero_and_same(verifier, images):
    """An image compared with itself: distance exactly 0, verdict same."""
    result = verifier.compare(images[3], images[3])
    assert result.distance == 0.0
    assert result.is_same


def test_the_distance_is_symmetric(verifier, images):
    """Left and right may be swapped, to the last bit."""
    assert verifier.compare(images[2], images[9]).distance == verifier.compare(images[9], images[2]).distance


def test_embeddings_do_not_depend_on_the_batch(verifier, images):
    """One by one, together, or in a long batch over several threads: the same bits."""
    together = verifier.embed(images)
    assert together.dtype == np.float32
    assert together.shape == (len(images), verifier.card.embedding)
    alone = np.concatenate([verifier.embed(image[None]) for image in images])
    long = verifier.embed(np.concatenate([images] * 8))
    assert np.array_equal(together, alone)
    assert np.array_equal(together, long[: len(images)])


def test_uint8_and_float_give_the_same(verifier, images):
    """Images may be 0..255 or 0..1."""
    pixels = np.round(images * 255).astype(np.uint8)
    assert np.array_equal(verifier.embed(pixels), verifier.embed(pixels / np.float32(255)))


def test_threads_share_a_verifier(verifier, images):
    """Sixteen threads at once get the distances that one thread gets."""
    pairs = [(images[i % 20], images[(i * 7 + 1) % 20]) for i in range(64)]
    expected = [verifier.compare(*pair).distance for pair in pairs]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda pair: verifier.compare(*pair).distance, pairs)) == expected


def test_after_a_burst_the_interpreters_that_nobody_uses_go(images):
    """Thirty at once make thirty; later as many stay as there are processors, though no further request comes."""
    verifier = Verifier.load()
    pool, gone = verifier.interpreters, threading.Event()
    pool.idle_seconds = 0.3
    with contextlib.ExitStack() as burst:
        for _ in range(30):
            burst.enter_context(pool.lease(verifier._new_interpreter))
        assert not len(pool)
    assert len(pool) == 30
    for _ in range(200):
        if len(pool) <= usable_processors():
            break
        gone.wait(0.05)
    assert len(pool) == usable_processors()
    assert verifier.compare(images[0], images[5]).distance > 0


def test_another_threshold_changes_the_verdict_only(verifier, images):
    """The verdict follows the threshold given; distance and probability do not."""
    usual = verifier.compare(images[0], images[7])
    limits = (usual.distance / 2, usual.distance)
    strict, generous = (verifier.compare(images[0], images[7], threshold=limit) for limit in limits)
    assert not strict.is_same
    assert generous.is_same
    assert strict.probability_same == usual.probability_same == generous.probability_same


def test_no_images_give_no_embeddings(verifier):
    """An empty batch is allowed."""
    assert verifier.embed(np.empty((0, 28, 28), np.float32)).shape == (0, verifier.card.embedding)


def test_blank_images_are_finite(verifier):
    """Black images have an embedding: nothing divides by no ink."""
    assert np.isfinite(verifier.embed(np.zeros((2, 28, 28), np.float32))).all()


@pytest.mark.parametrize(
    "bad",
    [np.zeros((28, 27)), np.zeros((1, 28, 28)), np.full((28, 28), np.nan), np.full((28, 28), 2.0), np.zeros(784), "7"],
    ids=str,
)
def test_bad_images_are_named_errors(verifier, images, bad):
    """Wrong shapes, types and values are InvalidImage on either side."""
    with pytest.raises(InvalidImage):
        verifier.compare(bad, images[0])
    with pytest.raises(InvalidImage):
        verifier.compare(images[0], bad)


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(max_dims=3, max_side=28)) | some.none() | some.text())
def test_any_array_is_embedded_or_refused_by_name(value):
    """Every dtype and shape: finite embeddings of as many rows, or InvalidImage."""
    try:
        embeddings = Verifier.load().embed(value)
    except InvalidImage:
        return
    assert len(embeddings) == len(value)
    assert np.isfinite(embeddings).all()


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(np.uint8, (3, 28, 28)))
def test_distances_are_distances_for_any_images(images):
    """Noise of any kind: symmetric, zero for equal images, within the triangle, whatever the batch."""
    verifier = Verifier.load()
    a, b, c = images
    distance = {key: verifier.compare(*pair).distance for key, pair in {"ab": (a, b), "ba": (b, a)}.items()}
    assert distance["ab"] == distance["ba"] >= 0
    assert verifier.compare(a, a).distance == 0
    through = verifier.compare(a, c).distance + verifier.compare(c, b).distance
    assert distance["ab"] <= through + 1e-6
    together = verifier.embed(images).astype(np.float64)
    assert float(np.sqrt(((together[0] - together[1]) ** 2).sum())) == distance["ab"]


def test_a_threshold_that_is_no_number_is_refused(verifier, images):
    """NaN compares false with everything: it would call every pair different."""
    with pytest.raises(ValueError, match="threshold"):
        verifier.compare(images[0], images[1], threshold=float("nan"))


def test_keras_and_litert_agree_on_every_test_image(verifier, mnist_file):
    """On all 10,000 images no value of an embedding differs by more than the card says, far below the tolerance."""
    from siamese.data.mnist import load_mnist
    from siamese.training.encoder import load_encoder

    images, _ = load_mnist("test", mnist_file)
    encoder = load_encoder(verifier.card.folder / "encoder.keras")
    expected = encoder.predict(verifier.normalise(images), batch_size=512, verbose=0)
    difference = float(np.abs(verifier.embed(images) - expected).max())
    stated = verifier.card.raw["largest_export_difference"]
    assert stated <= VALUE_TOLERANCE
    assert difference <= max(2 * stated, 1e-6)  # another processor rounds in another order


def test_the_report_says_how_many_verdicts_rounding_could_change(verifier):
    """Less than one pair in a thousand lies as near to the threshold as the tolerance reaches."""
    from siamese.serving import card

    report = card.load_json(verifier.card, "report.json")
    near = report["near_threshold"]
    assert near["tolerance"] == pytest.approx(2 * verifier.card.embedding**0.5 * VALUE_TOLERANCE, abs=1e-6)
    assert near["pairs"] < report["pairs"] / 1000


def leaves(value, path=""):
    """(path, value) of every number and word in nested dictionaries and lists."""
    if isinstance(value, (dict, list, tuple)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, f"{path}/{key}")
    else:
        yield path, value


def of_all_pairs(report):
    """`report` with each tenth of certainty as its part of all pairs: one pair more or less shows in a small tenth."""
    splits = {
        name: {**split, "reliability": [[mean * part, same * part, part] for mean, same, part in split["reliability"]]}
        for name, split in report["splits"].items()
    }
    return {**report, "splits": splits}


def test_the_committed_report_is_rebuilt(verifier, mnist_file):
    """Evaluating the served encoder on all pairs of MNIST's test file gives the committed report.

    To the last digit on the processor that wrote it. Another kind adds in another order: the few pairs that lie on
    a step of the grid may then fall to its other side, and rates move by some millionths.
    """
    from siamese.data.mnist import load_mnist
    from siamese.evaluation.report import evaluate
    from siamese.serving import card

    images, digits = load_mnist("test", mnist_file)
    histograms, report = evaluate(verifier.card, images, digits)
    written_report = card.load_json(verifier.card, "report.json")
    written_report.pop("people", None)  # its file is not ours to commit
    found, written = (dict(leaves(of_all_pairs(each))) for each in (report, written_report))
    near = "/near_threshold/pairs"
    assert found.pop(near) == pytest.approx(written.pop(near), rel=0.01)
    assert found == pytest.approx(written, abs=1e-5)
    counts = card.load_histograms(verifier.card).counts
    assert histograms.counts.sum() == counts.sum()
    assert np.abs(histograms.counts - counts).sum() <= 1e-4 * counts.sum()
