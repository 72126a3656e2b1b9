"""The layers of the encoders, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.training.layers import UnitLength, Weighted


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_unit_length_makes_length_one(rng, scale):
    """Whatever the length of the input, the output has length 1."""
    embeddings = UnitLength()((scale * rng.normal(size=(4, 6))).astype(np.float32))
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_parts_weigh_squared_distances(rng):
    """The squared distance is the mean of the parts' squared distances, weighted by squared weights."""

    def unit(shape):
        values = rng.normal(size=shape)
        return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)

    left, right = [unit((1, 4)), unit((1, 3))], [unit((1, 4)), unit((1, 3))]
    weighted = Weighted((1.0, 0.5))
    whole = np.asarray(weighted(left)) - np.asarray(weighted(right))
    parts = [np.sum((a - b) ** 2) for a, b in zip(left, right)]
    assert np.sum(whole**2) == pytest.approx((parts[0] + 0.25 * parts[1]) / 1.25, rel=1e-5)
    assert Weighted.from_config(weighted.get_config()).weights_given == (1.0, 0.5)
