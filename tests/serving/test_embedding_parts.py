"""The two parts of an embedding are those that the encoder put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from siamese.errors import InvalidArtefact
from siamese.imaging import pens
from siamese.serving import catalogue
from siamese.serving.embedding_parts import EmbeddingParts, has_two_parts, split_embeddings
from siamese.serving.verifier import Verifier


def test_two_pairs_by_hand():
    """Shapes at right angles are √2 apart, probabilities (1, 0) and (0, 1), too; the mean of the squares is 2."""
    roots = np.sqrt(np.array([[1, 0], [0, 1], [0.25, 0.25]]) + 1e-4)
    parts = EmbeddingParts(np.array([[1.0, 0], [0, 1], [1, 0]]), roots, 2.0)
    assert parts.distances(0, 1) == pytest.approx((np.sqrt(2), np.sqrt(2), np.sqrt(2)), abs=0.02)
    assert parts.class_probabilities == pytest.approx(np.array([[1, 0, 0], [0, 1, 0], [0.25, 0.25, 0.5]]), abs=1e-6)
    shapes, roots, whole = parts.distances(0, 2)
    assert shapes == 0
    assert whole == pytest.approx(roots * 2 / np.sqrt(5))


@pytest.mark.parametrize("name", ["strokes", "digits"])
def test_the_parts_of_a_served_embedding_make_its_distance(name):
    """Shapes are of unit length, probabilities sum to one, and both give the distance of the verdict."""
    verifier = Verifier.load(name)
    rng = np.random.default_rng(1)
    left, right = pens.image(4, rng), pens.image(9, rng)
    result = verifier.compare(left, right)
    parts = split_embeddings(verifier.card, result.embeddings)
    assert np.linalg.norm(parts.shapes, axis=1) == pytest.approx(np.ones(2), abs=1e-4)
    assert parts.class_probabilities.shape == (2, 7)
    assert parts.class_probabilities.sum(1) == pytest.approx(np.ones(2), abs=1e-3)
    assert parts.distances(0, 1)[2] == pytest.approx(result.distance, abs=1e-5)


def test_known_digits_are_recognised_by_their_class_probabilities():
    """Of our own pen's digits 2 to 7 the most probable class is mostly the digit."""
    verifier = Verifier.load("strokes")
    rng = np.random.default_rng(2)
    digits = np.repeat(verifier.card.digits, 10)
    embeddings = verifier.embed(np.stack([pens.image(int(d), rng) for d in digits]))
    probabilities = split_embeddings(verifier.card, embeddings).class_probabilities
    assert (np.array(verifier.card.digits)[probabilities[:, :-1].argmax(1)] == digits).mean() > 0.9


def test_a_model_without_parts_says_so():
    """The baseline has one part; a card that tells of other lengths is refused, too."""
    baseline = catalogue.load_card("baseline")
    assert not has_two_parts(baseline)
    with pytest.raises(InvalidArtefact, match="what parts"):
        split_embeddings(baseline, np.zeros((1, baseline.embedding), np.float32))
    card = catalogue.load_card("strokes")
    assert has_two_parts(card)
    other = replace(card, raw={**card.raw, "recipe": {**card.raw["recipe"], "embedding": 5}})
    with pytest.raises(InvalidArtefact, match="what parts"):
        split_embeddings(other, np.zeros((1, card.embedding), np.float32))
