"""Principal axes against hand-derived values and scikit-learn, neighbours, and the file of the map."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

import siamese.serving.card
from siamese.errors import InvalidArtefact
from siamese.evaluation import projection
from siamese.imaging import pens
from siamese.serving import catalogue
from siamese.serving.card import FILES, Card, read_card, sha256
from siamese.serving.verifier import Verifier


def test_points_on_a_line_have_one_axis_with_all_the_variance():
    """Points along (3, 4) lie on the axis (0.6, 0.8); their places are their distances from the middle."""
    points = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    found = projection.principal_axes(points)
    assert found.axes[0] == pytest.approx([0.6, 0.8])
    assert found.variance_shares == pytest.approx([1, 0, 0])
    assert found.transform(points)[:, 0] == pytest.approx([-5, 0, 5], abs=1e-6)


def test_axes_and_shares_are_those_of_scikit_learn(rng):
    """Up to an axis' direction, axes, shares and places are those of scikit-learn's PCA."""
    points = rng.normal(size=(200, 12)) * np.linspace(3, 1, 12)
    found, reference = projection.principal_axes(points), PCA(3, svd_solver="full").fit(points)
    assert found.variance_shares == pytest.approx(reference.explained_variance_ratio_, rel=1e-6)
    assert np.abs((found.axes * reference.components_).sum(1)) == pytest.approx(np.ones(3), rel=1e-6)
    assert np.abs(found.transform(points)) == pytest.approx(np.abs(reference.transform(points)), abs=1e-5)


def test_an_axis_points_where_its_largest_component_is_positive(rng):
    """The picture is never mirrored by chance."""
    axes = projection.principal_axes(rng.normal(size=(50, 6))).axes
    assert (axes[np.arange(3), np.abs(axes).argmax(1)] > 0).all()


def test_a_new_point_has_an_exact_place(rng):
    """In three dimensions nothing is lost: distances of new points to old ones are the true ones."""
    points, new = rng.normal(size=(40, 3)), rng.normal(size=(5, 3))
    found = projection.principal_axes(points)
    shown = projection.pairwise_distances(found.transform(new), found.transform(points))
    assert shown == pytest.approx(projection.pairwise_distances(new, points), abs=1e-5)
    assert found.variance_shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [1, 2])
def test_spaces_of_fewer_dimensions_have_axes_of_zeros(rng, size):
    """An encoder with one or two numbers still has a map; what it lacks is flat."""
    points = rng.normal(size=(30, size))
    found = projection.principal_axes(points)
    assert found.axes.shape == (3, size)
    assert not found.axes[size:].any()
    assert (found.transform(points)[:, size:] == 0).all()


def test_points_that_are_all_one_have_no_variance():
    """A collapsed encoder gives shares of zero, not an error."""
    found = projection.principal_axes(np.ones((5, 4)))
    assert found.variance_shares.tolist() == [0, 0, 0]
    assert np.isfinite(found.transform(np.ones((1, 4)))).all()


def test_each_digit_is_drawn_equally_often_and_the_seed_decides():
    """Three of each digit, in ascending order, the same for the same seed; a rare digit gives all it has."""
    digits = np.r_[np.repeat(np.arange(4), 10), 9]
    chosen = projection.stratified(digits, 3, np.random.default_rng(5))
    assert np.bincount(digits[chosen]).tolist() == [3, 3, 3, 3, 0, 0, 0, 0, 0, 1]
    assert (np.diff(chosen) > 0).all()
    assert (chosen == projection.stratified(digits, 3, np.random.default_rng(5))).all()


def test_nearest_gives_the_nearest_first():
    """On a line, the neighbours of 0 among 5, 1, -2, 9 are 1, -2, 5, with these distances."""
    rows, distances = projection.nearest(np.array([[0.0]]), np.array([[5.0], [1.0], [-2.0], [9.0]]), 3)
    assert rows.tolist() == [[1, 2, 0]]
    assert distances[0] == pytest.approx([1, 2, 5])


@pytest.mark.parametrize(("others", "expected"), [(2, 2), (0, 0)])
def test_fewer_points_than_asked_for_give_all_of_them(others, expected):
    """Two points have two nearest, none have none."""
    rows, distances = projection.nearest(np.zeros((3, 4)), np.ones((others, 4)), 5)
    assert rows.shape == distances.shape == (3, expected)


def test_a_picture_that_loses_nothing_is_wholly_faithful(rng):
    """Turning the points does not change who is near."""
    points = rng.normal(size=(60, 3))
    assert projection.neighbourhood_preservation(points, projection.principal_axes(points).transform(points)) == 1


def test_faithfulness_by_hand():
    """Pairs (0, 1) and (2, 3) are near in truth; the picture swaps 1 and 2, so nobody keeps a neighbour."""
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    assert projection.neighbourhood_preservation(points, points[[0, 2, 1, 3]], count=1) == 0
    # Only the pair (2, 3) kept: two of four points keep their nearest.
    assert projection.neighbourhood_preservation(points, np.array([[0.0], [30.0], [10.0], [11.0]]), count=1) == 0.5
    assert projection.neighbourhood_preservation(points[:1], points[:1]) == 1


@pytest.fixture(scope="module")
def digits_of_pen():
    """Four built-in digits of each kind."""
    return pens.images(4, np.random.default_rng(2))


@pytest.fixture
def with_map(tmp_path, monkeypatch, digits_of_pen):
    """Writes the default model with a map; called with changes to the arrays of the file."""
    monkeypatch.setattr(siamese.serving.card, "FILES", tuple({*FILES, "map.npz"}))
    folder = Path(shutil.copytree(catalogue.load_card().folder, tmp_path / "model"))

    def write(content: bytes | None = None, **changes) -> Card:
        if content is None:
            content = projection.publish_map(catalogue.load_card(), *digits_of_pen)
        if changes:
            with np.load(io.BytesIO(content)) as archive:
                arrays = {name: archive[name] for name in archive.files}
            arrays |= {name: change(arrays[name]) for name, change in changes.items()}
            buffer = io.BytesIO()
            np.savez(buffer, **{name: array for name, array in arrays.items() if array is not None})
            content = buffer.getvalue()
        (folder / "map.npz").write_bytes(content)
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card["files"]["map.npz"] = sha256(content)
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
        return read_card(folder)

    return write


def test_a_published_map_comes_back(with_map, digits_of_pen):
    """Embeddings, digits, indices and axes survive the file; distances are the encoder's to a thousandth."""
    images, digits = digits_of_pen
    found, verifier = projection.load_map(with_map()), Verifier.load()
    assert np.bincount(found.digits).tolist() == [4] * 10
    assert (digits[found.indices] == found.digits).all()
    true = verifier.embed(images[found.indices])
    difference = projection.pairwise_distances(true, true) - projection.pairwise_distances(*[found.embeddings] * 2)
    assert np.abs(difference).max() < 2e-3
    assert found.projection.variance_shares == pytest.approx(projection.principal_axes(true).variance_shares, abs=2e-3)


def test_the_same_images_give_the_same_file(digits_of_pen):
    """Publishing twice gives the same bytes."""
    card = catalogue.load_card()
    assert projection.publish_map(card, *digits_of_pen) == projection.publish_map(card, *digits_of_pen)


@pytest.mark.parametrize(
    "changes",
    [
        {"embeddings": lambda array: array[:, :-1]},
        {"embeddings": lambda array: np.full_like(array, np.nan)},
        {"embeddings": lambda array: array.astype(np.int32)},
        {"digits": lambda array: array[:-1]},
        {"digits": lambda array: array + 1},
        {"digits": lambda array: array[:, None]},
        {"indices": lambda array: np.zeros_like(array)},
        {"indices": lambda array: array + 20_000},
        {"indices": lambda array: array.astype(np.int64) - 99},
        {"mean": lambda array: array[:-1]},
        {"axes": lambda array: array * 2},
        {"axes": lambda array: array[[0, 0, 0]]},
        {"shares": lambda array: array + 1},
        {"shares": lambda array: -array},
        {"shares": lambda array: None},
        {"shares": lambda array: array.astype(object)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_map_of_wrong_shape_or_values_is_refused(with_map, changes):
    """Whatever the file says is checked before it is used."""
    with pytest.raises(InvalidArtefact):
        projection.load_map(with_map(**changes))


def test_a_file_that_is_no_archive_is_refused(with_map):
    """Bytes that are no npz give the named error."""
    with pytest.raises(InvalidArtefact, match="cannot be read"):
        projection.load_map(with_map(b"no archive"))


def test_a_model_without_a_map_says_so(tmp_path, with_map):
    """A card that declares no map gives the named error, which the page answers by making one."""
    with_map()
    path = tmp_path / "model" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    del card["files"]["map.npz"]
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(InvalidArtefact, match="declares no file"):
        projection.load_map(read_card(tmp_path / "model"))
