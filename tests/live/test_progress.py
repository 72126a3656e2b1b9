"""Progress bar and time left: from the messages of a training and their times."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.live.progress import Progress
from siamese.live.protocol import EpochResult


def result(epoch: int) -> EpochResult:
    return EpochResult(epoch, 1.0, 1.0, 0.9, 0.9, 0.9, 0.8, 0.7)


def test_the_bar_never_falls_and_is_full_only_at_the_end():
    """Read ten times a second through a whole run, slower and faster than typical: up, and below 1."""
    for pace in (0.1, 1.0, 20.0):
        progress = Progress(4, started=0.0)
        events = {6 * pace: "images", 7 * pace: "learning", **{(7 + 2 * n) * pace: n for n in range(1, 5)}}
        events[15.1 * pace] = "packing"
        shares = []
        for now in np.arange(0, 25 * pace, pace / 10):
            for when in [when for when in events if when <= now]:
                event = events.pop(when)
                if isinstance(event, str):
                    progress = progress.entered(event, when)
                else:
                    progress = progress.finished_epoch(result(event), when)
            shares.append(progress.share(now))
        assert not events
        assert (np.diff(shares) >= -1e-12).all()
        assert 0.9 < shares[-1] < 1


def test_nothing_is_done_before_the_start():
    """A training that waits has an empty bar and no time left to show."""
    assert Progress(3).share(100.0) == 0
    assert Progress(3).seconds_left(100.0) is None


def test_time_left_is_known_after_the_first_epoch():
    """Two of six epochs took four seconds: four more take eight, and packing some; a second later one less."""
    progress = Progress(6, started=0.0).entered("learning", 10.0)
    assert progress.seconds_left(11.0) is None
    progress = progress.finished_epoch(result(1), 12.0).finished_epoch(result(2), 14.0)
    packing = progress.seconds_left(14.0) - 8
    assert 0 < packing < 20
    assert progress.seconds_left(15.0) == pytest.approx(7 + packing)
    assert progress.seconds_left(1000.0) == 0


def test_epochs_come_in_order():
    """A second first epoch, a gap, one too many, or one before learning began is refused."""
    with pytest.raises(ValueError, match="epoch 1"):
        Progress(2, started=0.0).finished_epoch(result(1), 1.0)
    progress = Progress(2, started=0.0).entered("learning", 1.0).finished_epoch(result(1), 2.0)
    for wrong in (1, 3):
        with pytest.raises(ValueError, match="cannot follow"):
            progress.finished_epoch(result(wrong), 3.0)
    with pytest.raises(ValueError, match="cannot follow"):
        progress.finished_epoch(result(2), 3.0).finished_epoch(result(3), 4.0)
