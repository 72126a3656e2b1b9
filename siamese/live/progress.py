"""How far a live training is, and how long it will take: from what it has said, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from siamese.live.protocol import EpochResult

# Shares of a run of usual length, for the time before there is anything of its own to go by.
_START, _PACKING = 0.15, 0.1
_USUAL_START, _USUAL_PACKING = 8.0, 6.0  # seconds on two idle cores


@dataclass(frozen=True)
class Progress:
    """What is known of one training.

    Attributes:
        epochs: how many there will be.
        stage: one of `live_protocol.STAGES`.
        results: one an epoch that is over.
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
        """The progress after the process said that it has entered `stage`."""
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
            return _START * _creep(now - self.started, _USUAL_START)
        each = (1 - _START - _PACKING) / self.epochs
        done = _START + each * len(self.results)
        if len(self.results) == self.epochs:
            return done + _PACKING * _creep(now - self.latest, _USUAL_PACKING)
        return done + each * _creep(now - self.latest, self._each() or _USUAL_START)

    def seconds_left(self, now: float) -> float | None:
        """About how long it will take still, or None before the first epoch has shown it."""
        each = self._each()
        if each is None:
            return None
        remaining = self.epochs - len(self.results)
        return max(0.0, remaining * each + _USUAL_PACKING - (now - self.latest))

    def _each(self) -> float | None:
        """Seconds an epoch took, on average."""
        if not self.results or self.learning is None:
            return None
        return (self.latest - self.learning) / len(self.results) if self.stage == "learning" else 0.0


def _creep(passed: float, usual: float) -> float:
    """0 to 0.95: as time passes, straight on at first and ever slower beyond what is usual."""
    ratio = max(passed, 0.0) / max(usual, 1e-3)
    return 0.8 * ratio if ratio < 1 else 0.95 - 0.15 / ratio
