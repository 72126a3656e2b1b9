"""Occlusion: what each place's ink does to the distance, with encoders so simple that it is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from siamese import Verifier
from siamese.evaluation import occlusion as explanation
from siamese.evaluation.occlusion import Explanation, explain, inked_places, occlusion, patches
from siamese.imaging import pens


def ink(*pixels: tuple[int, int, float]) -> np.ndarray:
    """A picture with ink at (row, column, strength)."""
    image = np.zeros((28, 28), np.float32)
    for row, column, strength in pixels:
        image[row, column] = strength
    return image


def halves(images: np.ndarray) -> np.ndarray:
    """An encoder: the ink in the upper and in the lower half of each picture."""
    return np.stack([images[:, :14].sum((1, 2)), images[:, 14:].sum((1, 2))], 1)


def test_ink_of_one_side_only_sets_apart_and_shared_ink_holds_together():
    """Both have 1 of ink above; the right one has 2 below: the distance is 2.

    Without the shared ink of one side the distance is sqrt(1 + 4), which is more; without the ink that
    the right one has alone it is 0, which is 2 less. The pixels are too far apart to share a patch.
    """
    left, right = ink((4, 4, 1)), ink((4, 4, 1), (24, 24, 2))
    found = occlusion(halves, left, right)
    assert found.distance == 2
    assert found.effects[0, 4, 4] == pytest.approx(5**0.5 - 2)
    assert found.effects[1, 4, 4] == pytest.approx(5**0.5 - 2)
    assert found.effects[1, 24, 24] == pytest.approx(-2)
    assert np.count_nonzero(found.effects) == 3, "there is no effect where there is no ink"
    assert found.strongest == pytest.approx(2)
    assert found.peak(1) == (24, 24, pytest.approx(-2))
    assert found.peak(0) == (4, 4, pytest.approx(5**0.5 - 2))


def test_a_patch_takes_all_ink_of_its_square_and_fades_to_nothing():
    """The four pixels of a square lose all; 4 pixels from its middle's row, exp(-(4² - ½)/(2·1.6²)); far off, nothing.

    The square at (10, 10) has its middle at (10.5, 10.5); pixel (14, 10) is (3.5, 0.5) from it: 12.5 squared,
    of which the ½ of its own pixels is free.
    """
    (patch,) = patches(np.array([[10, 10]]))
    assert patch[10:12, 10:12].tolist() == [[1, 1], [1, 1]]
    assert patch[14, 10] == pytest.approx(np.exp(-12 / (2 * 1.6**2)))
    assert patch[10, 16] == 0
    assert (patch == patch.T).all()


def test_neighbouring_ink_suffers_from_a_patch_only_in_part():
    """Two pixels of 1, three apart: without the upper one a share of the lower one is gone, too.

    The square of (4, 4) has its middle at (4.5, 4.5); (7, 4) is (2.5, ½) from it: 6.5 squared, 6 counted.
    The left picture is empty, so the distance is the right one's ink, 2, and each place takes away 1 and a share.
    """
    share = np.exp(-6 / (2 * 1.6**2))
    # (7, 4) is in the square of (6, 4), whose middle is (6.5, 4.5): (4, 4) is (2.5, ½) from it, the same.
    found = occlusion(halves, ink(), ink((4, 4, 1), (7, 4, 1)))
    assert found.effects[1, 4, 4] == pytest.approx(-(1 + share))
    assert found.effects[1, 7, 4] == pytest.approx(-(1 + share))


def test_equal_pictures_can_only_be_held_together():
    """At distance 0 taking ink away from one can only part them; an empty pair has no effect and no error."""
    same = ink((5, 5, 0.5), (20, 8, 1))
    found = occlusion(halves, same, same)
    assert found.distance == 0
    assert found.effects.min() == 0
    assert found.effects[0, 20, 8] == pytest.approx(1)
    assert found.dimensions_for(0.5) == 0
    empty = occlusion(halves, ink(), ink())
    assert empty.strongest == 0
    assert empty.peak(0)[2] == 0


def test_only_squares_with_ink_are_tried():
    """Two pixels in one square and one in another: two places, named by their squares' first pixels."""
    assert inked_places(ink((4, 4, 1), (5, 5, 0.1), (27, 0, 1))).tolist() == [[4, 4], [26, 0]]


def test_squared_differences_add_up_to_the_squared_distance():
    """(1, 2, 0) and (0, 0, 2): 1, 4, 4; half of 9 needs two dimensions, 4/9 needs one."""
    found = Explanation(3.0, np.zeros((2, 28, 28)), np.array([[1.0, 2, 0], [0, 0, 2]]))
    assert found.squared_differences.tolist() == [1, 4, 4]
    assert found.squared_differences.sum() == found.distance**2
    assert found.dimensions_for(0.5) == 2
    assert found.dimensions_for(4 / 9) == 1
    assert found.dimensions_for(1) == 3


def test_a_model_explains_its_own_verdict():
    """The explanation's distance and embeddings are the verdict's, and its strongest place is what it says.

    Taking the ink there away by hand, and asking the encoder again, gives the distance that was told.
    """
    verifier = Verifier.load()
    images, _ = pens.images(1, np.random.default_rng(4))
    result = verifier.compare(images[2], images[7])
    found = explain(verifier, result)
    assert found.distance == pytest.approx(result.distance, abs=1e-6)
    assert found.squared_differences.sum() == pytest.approx(result.distance**2, abs=1e-5)
    row, column, effect = found.peak(0)
    (patch,) = patches(np.array([[row - row % explanation.STEP, column - column % explanation.STEP]]))
    without = (result.left * (1 - patch)).astype(np.float32)
    ours, other = verifier.encode(np.stack([without, result.right])).astype(float)
    assert np.linalg.norm(ours - other) - result.distance == pytest.approx(effect, abs=1e-5)
    assert not found.effects[0][result.left == 0].any()
