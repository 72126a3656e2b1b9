"""The hardest pairs: which they are, and that a file of them is believed only when it can be true."""

from __future__ import annotations

import io
import json
import shutil

import numpy as np
import pytest

from siamese.data.mnist import load_mnist
from siamese.data.splits import ALL_DIGITS
from siamese.errors import InvalidArtefact
from siamese.evaluation import hardest_pairs
from siamese.evaluation.hardest_pairs import COUNT, PAIRS_OF_DIGITS
from siamese.serving import card, catalogue
from siamese.serving.verifier import Verifier


def test_on_a_line_they_are_seen_by_eye():
    """Two 3s at 0 and 5, a third at 1, a 7 at 4.5: the 3s furthest apart, and the 7 with the 3 beside it."""
    found = hardest_pairs.find_hardest(np.array([[0.0], [4.5], [5.0], [1.0]]), np.array([3, 7, 3, 3]))
    same = found.pairs(ALL_DIGITS, ALL_DIGITS, True)
    # 0 and 5 are 5 apart; both images are taken, so that no other pair of 3s is left
    assert [(pair.left, pair.right, pair.distance) for pair in same] == [(0, 2, 5.0)]
    different = found.pairs((7,), (3,), False)
    assert [(pair.left_digit, pair.right_digit, pair.left, pair.right) for pair in different] == [(3, 7, 2, 1)]
    assert different[0].distance == 0.5
    assert found.pairs((3,), (7,), True) == []


def test_no_image_twice_and_none_harder_left_out(rng):
    """Against a slow search through all pairs, for the same digit and for two digits."""
    digits = np.repeat([4, 9], 30)
    embeddings = rng.normal(size=(60, 3))
    found = hardest_pairs.find_hardest(embeddings, digits)
    every = [(i, j) for i in range(60) for j in range(i + 1, 60)]
    apart = {(i, j): float(np.linalg.norm(embeddings[i] - embeddings[j])) for i, j in every}
    for a, b in ((4, 4), (4, 9)):
        rest = sorted((p for p in every if (digits[p[0]], digits[p[1]]) == (a, b)), key=apart.get, reverse=a == b)
        expected = []
        while rest and len(expected) < COUNT:
            expected.append(rest[0])
            rest = [pair for pair in rest if not set(pair) & set(rest[0])]
        assert [(pair.left, pair.right) for pair in found.pairs((a,), (b,), a == b)] == expected


def test_a_split_shows_the_hardest_of_its_pairs_of_digits(rng):
    """Over several digits, the list is the hardest of the lists of each pair of digits, and no longer."""
    digits = np.repeat(np.arange(10), 20)
    found = hardest_pairs.find_hardest(rng.normal(size=(200, 4)), digits)
    pairs = found.pairs((0, 1, 8), (0, 1, 8), False)
    distances = [pair.distance for pair in pairs]
    assert len(pairs) == COUNT
    assert distances == sorted(distances)
    cells = [pair for a, b in ((0, 1), (0, 8), (1, 8)) for pair in found.pairs((a,), (b,), False)]
    assert distances == sorted(pair.distance for pair in cells)[:COUNT]


@pytest.mark.parametrize("name", catalogue.available())
def test_the_committed_file_is_that_of_the_model(name, mnist_file):
    """Each pair's digits are MNIST's, and its distance is what the verifier says of the two images."""
    verifier = Verifier.load(name)
    found = hardest_pairs.load_hardest(verifier.card)
    images, digits = load_mnist("test", mnist_file)
    for row, (a, b) in enumerate(PAIRS_OF_DIGITS):
        left, right = found.indices[row].T
        assert set(digits[left]) == {a}
        assert set(digits[right]) == {b}
        assert len(set(found.indices[row].ravel())) == 2 * COUNT
        apart = verifier.compare(images[left[0]], images[right[0]]).distance
        assert apart == pytest.approx(found.distances[row, 0], abs=1e-4)


def changed(folder, **arrays):
    """The card of a model in `folder` whose file has these arrays in place of its own."""
    shutil.copytree(catalogue.load_card().folder, folder / "model")
    path = folder / "model" / hardest_pairs.FILE
    with np.load(io.BytesIO(path.read_bytes())) as archive:
        values = {name: archive[name].copy() for name in archive}
    for name, change in arrays.items():
        values[name] = change(values[name])
    np.savez_compressed(path, **values)
    return sealed(folder / "model")


def sealed(folder):
    """The card of `folder`, with the SHA-256 of the file of hardest pairs as it is now."""
    raw = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    raw["files"][hardest_pairs.FILE] = card.sha256((folder / hardest_pairs.FILE).read_bytes())
    (folder / "card.json").write_text(json.dumps(raw), encoding="utf-8")
    return card.read_card(folder)


def first(value):
    """Puts `value` into the first place of an array."""

    def change(array):
        array.flat[0] = value
        return array

    return change


def test_a_file_that_is_left_alone_is_read(tmp_path):
    """What the next test changes is what makes it fail."""
    assert hardest_pairs.load_hardest(changed(tmp_path)).indices.shape == (55, COUNT, 2)


@pytest.mark.parametrize(
    "arrays",
    [
        {"indices": first(10_000)},
        {"indices": first(-1)},  # half a pair
        {"indices": lambda array: np.concatenate([array[..., :1]] * 2, -1)},  # an image and itself
        {"indices": lambda array: array[1:]},
        {"indices": lambda array: array.astype(float)},
        {"distances": first(np.nan)},
        {"distances": first(np.inf)},
        {"distances": first(-0.1)},
        {"distances": lambda array: array[:, 1:]},
        {"distances": lambda array: np.full(array.shape, "far")},
    ],
)
def test_impossible_files_are_refused(tmp_path, arrays):
    """Indices out of range, distances that are none, other shapes and types: a named error."""
    with pytest.raises(InvalidArtefact, match="shape or values"):
        hardest_pairs.load_hardest(changed(tmp_path, **arrays))


def test_bytes_that_are_no_archive_are_refused(tmp_path):
    """Rubbish under the right SHA-256 is a named error, too."""
    changed(tmp_path)
    (tmp_path / "model" / hardest_pairs.FILE).write_bytes(b"PK rubbish")
    with pytest.raises(InvalidArtefact, match="cannot be read"):
        hardest_pairs.load_hardest(sealed(tmp_path / "model"))
