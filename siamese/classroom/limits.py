"""The limits of a class: how much of everything, and how fast; a sentence for a person where one is reached."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from siamese.errors import TooManySends, TooManyTries

PUPILS = 60  # a room
ROOMS = 100  # a server
BALLOTS = 10  # rounds of voting
DRAWING_BYTES = 16_384  # strokes as JSON; what a link holds of a drawing has some 3,000
EMBEDDING_BYTES = 8_192
KEY_CHARACTERS = 64
LIFETIME_S = 2 * 60 * 60.0  # of a room that nobody uses

_SLOW_DOWN = "That was very fast. Wait a moment, then send it again."
_CODES = "Too many codes were tried that no room has. Wait a minute, then look at the screen again."
_PASSPHRASES = "Too many passphrases were tried. Wait a minute, then try again."


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


class Buckets:
    """A bucket of tokens for each key (Turner 1986); safe to share between threads.

    The keys used longest ago are forgotten beyond `most`, so that a flood of keys fills no memory.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        """Full buckets, filled at `rate` by `clock` in seconds."""
        self._rate, self._clock, self._most = rate, clock, most
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted
        self._lock = threading.Lock()

    def has(self, key: Hashable) -> bool:
        """Whether a token is left for `key`."""
        with self._lock:
            return self._level(key) >= 1

    def is_full(self, key: Hashable) -> bool:
        """Whether no token of `key` is missing: none was taken, or all have flowed in again."""
        with self._lock:
            return self._level(key) >= self._rate.burst

    def take(self, key: Hashable) -> bool:
        """Takes a token of `key`; False where none is left."""
        with self._lock:
            level = self._level(key)
            taken = level >= 1
            self._levels[key] = (level - taken, self._clock())
            self._levels.move_to_end(key)
            while len(self._levels) > self._most:
                self._levels.popitem(last=False)
            return taken

    def _level(self, key: Hashable) -> float:
        level, counted = self._levels.get(key, (self._rate.burst, self._clock()))
        return min(self._rate.burst, level + (self._clock() - counted) * self._rate.per_second)


class Guard:
    """What keeps one client from slowing the others, and from guessing; in the memory of one server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """All buckets full."""
        self._openings = Buckets(Rate(5, 1 / 60), clock)  # a client
        self._openings_of_all = Buckets(Rate(20, 1 / 30), clock)  # the server; a reloaded page is another client
        self._joins = Buckets(Rate(5, 1 / 60), clock)  # places taken, a client
        self._codes = Buckets(Rate(8, 1 / 15), clock)  # wrong ones, a client
        self._codes_of_all = Buckets(Rate(200, 2), clock)  # wrong ones, the server
        self._passphrases = Buckets(Rate(5, 1 / 60), clock)  # a client
        self._passphrases_of_room = Buckets(Rate(30, 1 / 20), clock)
        self._sends = Buckets(Rate(10, 0.5), clock)  # a pupil
        self._votes = Buckets(Rate(10, 1), clock)  # a pupil

    def before_code(self, client: str) -> None:
        """Raises TooManyTries where the client has tried too many wrong codes, or any, and the server too many.

        A first try is always let through, so that one who guesses in many sessions keeps no newcomer out.
        """
        is_first = self._codes.is_full(client)
        if not self._codes.has(client) or not (is_first or self._codes_of_all.has("")):
            raise TooManyTries(_CODES)

    def wrong_code(self, client: str) -> None:
        """Counts a wrong code."""
        self._codes.take(client)
        self._codes_of_all.take("")

    def passphrase(self, client: str, code: str) -> None:
        """Counts a try of a passphrase; raises TooManyTries."""
        if not self._passphrases.take(client) or not self._passphrases_of_room.take(code):
            raise TooManyTries(_PASSPHRASES)

    def opening(self, client: str) -> None:
        """Counts a room opened; raises TooManySends where the client or all together open too many."""
        if not self._openings.has(client):
            raise TooManySends("You opened several rooms just now. Wait a minute, then open another one.")
        if not self._openings_of_all.take(""):
            raise TooManySends("Many rooms were opened here just now. Wait half a minute, then open yours.")
        self._openings.take(client)

    def joining(self, client: str) -> None:
        """Counts a place taken in a room; raises TooManySends."""
        if not self._joins.take(client):
            raise TooManySends("This device joined several times just now. Wait a minute, then join again.")

    def sending(self, code: str, pupil: int) -> None:
        """Counts a drawing sent; raises TooManySends."""
        if not self._sends.take((code, pupil)):
            raise TooManySends(_SLOW_DOWN)

    def voting(self, code: str, pupil: int) -> None:
        """Counts a vote; raises TooManySends."""
        if not self._votes.take((code, pupil)):
            raise TooManySends(_SLOW_DOWN)
