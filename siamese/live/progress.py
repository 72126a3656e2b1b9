"""How far a live training is and how long it will take, from its messages and their times."""

from __future__ import annotations

from dataclasses import dataclass, replace

from siamese.live.protocol import EpochResult

# Shares of a run of typical length, for the time before this run can be measured.
_START, _PACKING = 0.15, 0.1
_TYPICAL_START, _TYPICAL_PACKING = 8.0, 6.0  # seconds on two idle cores


@dataclass(frozen=True)
class Progress:
    """What is known of one training.

    Attributes:
        epochs: how many there will be.
        stage: one of `protocol.STAGES`.
        results: one for each epoch that is over.
        started, learning, latest: when the process, its first epoch, and its present epoch began; seconds of any
            clock.
    """

    epochs: int
    stage: str = "starting"
    results: tuple[EpochResult, ...] = ()
    started: float | None = None
    learning: float | None = None
    latest: float = 0.0

    def entered(self, stage: str, now: float) -> Progress:
        """The progress after the process has entered `stage`."""
        if stage == "learning":
            return replace(self, stage=stage, learning=now, latest=now)
        return replace(self, stage=stage, latest=now)

    def finished_epoch(self, result: EpochResult, now: float) -> Progress:
        """The progress after another epoch.

        Raises:
            ValueError: it is not the next one.
        """
        if self.learning is None or result.epoch != len(self.results) + 1 or result.epoch > self.epochs:
            raise ValueError(f"epoch {result.epoch} cannot follow {len(self.results)} of {self.epochs}")
        return replace(self, results=(*self.results, result), latest=now)

    def share(self, now: float) -> float:
        """How much is done, 0 to 1; it never falls, and 1 is never reached before the end."""
        if self.started is None:
            return 0.0
        if self.learning is None:
            return _START * _creep(now - self.started, _TYPICAL_START)
        each = (1 - _START - _PACKING) / self.epochs
        done = _START + each * len(self.results)
        if len(self.results) == self.epochs:
            return done + _PACKING * _creep(now - self.latest, _TYPICAL_PACKING)
        return done + each * _creep(now - self.latest, self._each() or _TYPICAL_START)

    def seconds_left(self, now: float) -> float | None:
        """About how long it will still take, or None before the first epoch is over."""
        each = self._each()
        if each is None:
            return None
        remaining = self.epochs - len(self.results)
        return max(0.0, remaining * each + _TYPICAL_PACKING - (now - self.latest))

    def _each(self) -> float | None:
        """Seconds an epoch took, on average."""
        if not self.results or self.learning is None:
            return None
        return (self.latest - self.learning) / len(self.results) if self.stage == "learning" else 0.0


def _creep(passed: float, typical: float) -> float:
    """A share 0 to 0.95 that grows with the seconds passed: linearly at first, and ever slower beyond the typical."""
    ratio = max(passed, 0.0) / max(typical, 1e-3)
    return 0.8 * ratio if ratio < 1 else 0.95 - 0.15 / ratio
