"""Where the names of a person's digits stand."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.charts.callouts import offsets

LOW, HIGH = np.array([-6.0, -4.0]), np.array([7.0, 5.0])


@pytest.mark.parametrize(
    ("picture", "scale"),
    [
        ((300, 320), 1.0),
        ((390, 380), 1.0),
        ((700, 500), 1.0),
        ((1100, 640), 1.0),
        ((1100, 640), 1.4),
        ((1500, 800), 1.4),
    ],
)
def test_names_never_meet_nor_leave_the_picture_wherever_the_digits_lie(picture, scale):
    """On a phone, a laptop and a projector's screen, for many pairs of places, far from each other and close."""
    rng = np.random.default_rng(5)
    unit = min(np.array(picture) / (HIGH - LOW))
    for trial in range(400):
        places = rng.uniform(LOW, HIGH, (2, 2))
        if trial % 2:
            places[1] = np.clip(places[0] + rng.normal(0, 0.5, 2), LOW, HIGH)
        names = (places - (LOW + HIGH) / 2) * unit * (1, -1) + scale * np.array(offsets(places, LOW, HIGH))
        across, down = np.abs(names[0] - names[1])
        assert across >= 54 * scale or down >= 26 * scale, places
        assert (np.abs(names) <= np.array(picture) / 2 - (24, 9)).all(), places


def test_one_name_stands_near_its_place():
    """Alone it takes the nearest of the places that are within the picture."""
    ((across, down),) = offsets(np.zeros((1, 2)), LOW, HIGH)
    assert abs(across) > abs(down)
