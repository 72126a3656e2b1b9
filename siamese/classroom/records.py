"""What a room holds and answers, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from siamese.constants import SIDE


@dataclass(frozen=True)
class Opened:
    """A room as its teacher gets it: `secret` steers it and stays on one device; `passphrase` is shown once."""

    code: str
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class Joined:
    """A pupil's place in a room: an anonymous number from 1, and the token that keeps it."""

    code: str
    pupil: int
    token: str = field(repr=False)


@dataclass(frozen=True)
class Drawing:
    """A drawing in a room, without its strokes.

    Attributes:
        number: counts the room's drawings from 1; never used again.
        pupil: the anonymous number of who drew it.
        asked: the digit that was asked for.
        digit: the digit that it counts as: the same, unless the teacher set it to another.
        approved: whether it may be shown.
        image: 28 · 28 bytes, framed as MNIST.
    """

    number: int
    pupil: int
    asked: int
    digit: int
    approved: bool
    image: bytes = field(repr=False)

    @property
    def pixels(self) -> np.ndarray:
        """The image (28, 28) uint8, white ink on black; read-only."""
        return np.frombuffer(self.image, np.uint8).reshape(SIDE, SIDE)

    def to_bytes(self) -> bytes:
        """The drawing as a store keeps it."""
        fields = [self.number, self.pupil, self.asked, self.digit, int(self.approved)]
        return json.dumps(fields, separators=(",", ":")).encode() + b"\n" + self.image

    @classmethod
    def from_bytes(cls, kept: bytes) -> Drawing:
        """The drawing that `to_bytes` made."""
        fields, _, image = kept.partition(b"\n")
        number, pupil, asked, digit, approved = json.loads(fields)
        return cls(number, pupil, asked, digit, bool(approved), image)


@dataclass(frozen=True)
class NetworkVerdict:
    """What a model says of a pair, as it is revealed."""

    model: str
    distance: float
    threshold: float
    is_same: bool


@dataclass(frozen=True)
class Ballot:
    """A vote on a pair of drawings.

    Attributes:
        number: counts the rounds from 1.
        left, right: numbers of the drawings.
        votes_same, votes_different: how many pupils say so.
        is_same, network: the truth and the network's verdict; None until they are revealed.
    """

    number: int
    left: int
    right: int
    votes_same: int = 0
    votes_different: int = 0
    is_same: bool | None = None
    network: NetworkVerdict | None = None

    @property
    def is_revealed(self) -> bool:
        """Whether the truth has been shown, so that no vote counts any more."""
        return self.is_same is not None

    @property
    def class_says_same(self) -> bool | None:
        """The verdict of the majority; None where as many say one as the other."""
        if self.votes_same == self.votes_different:
            return None
        return self.votes_same > self.votes_different

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Ballot:
        """The ballot of the values that `dataclasses.asdict` gave."""
        network = values["network"]
        return cls(**{**values, "network": None if network is None else NetworkVerdict(**network)})


@dataclass(frozen=True)
class RoomState:
    """What a room shows of itself to its teacher.

    Attributes:
        revision: grows with every change.
        pupils: how many have joined.
        per_digit: (10,) drawings of each digit.
        waiting: drawings that wait for approval.
        ballot: the present one; results: those revealed, in order.
    """

    code: str
    revision: int
    rounds: int
    approval: bool
    trial: bool
    pupils: int
    per_digit: tuple[int, ...]
    waiting: int
    ballot: Ballot | None
    results: tuple[Ballot, ...]

    @property
    def drawings(self) -> int:
        """How many drawings there are."""
        return sum(self.per_digit)


@dataclass(frozen=True)
class Changes:
    """What has happened in a room since a revision.

    Attributes:
        room: the room now; ask again since `room.revision`.
        drawings: those added, relabelled or approved since then, as they are now, in order of their numbers.
        removed: numbers of drawings that were removed since then.
    """

    room: RoomState
    drawings: tuple[Drawing, ...]
    removed: tuple[int, ...]


@dataclass(frozen=True)
class PupilView:
    """What a pupil's page needs.

    Attributes:
        step: grows with each step of voting; ask again with it.
        next_digit: the digit asked for; None after the last one.
        sent: drawings sent; total: drawings asked for.
        ballot: the present one, or None; votes are counted in it only once it is revealed.
        pair: its two images (28 · 28 bytes each), or None.
        vote: whether this pupil says *same*; None for no vote yet.
    """

    pupil: int
    step: int
    trial: bool
    next_digit: int | None
    sent: int
    total: int
    ballot: Ballot | None
    pair: tuple[bytes, bytes] | None
    vote: bool | None


@dataclass(frozen=True)
class Head:
    """The state of a room beside its drawings, pupils and votes; kept as one JSON text.

    Attributes:
        secret, passphrase: hashes.
        used: when the room was last used, in seconds since 1970.
        seed: of the order in which digits are asked for.
        last: the number of the newest drawing, removed or not.
        step: counts the steps of voting, for the pupils' pages.
    """

    code: str
    secret: str
    passphrase: str
    rounds: int
    approval: bool
    trial: bool
    seed: int
    used: float
    revision: int = 1
    pupils: int = 0
    last: int = 0
    per_digit: tuple[int, ...] = (0,) * 10
    waiting: int = 0
    step: int = 1
    ballot: Ballot | None = None
    results: tuple[Ballot, ...] = ()

    def counted(self, digit: int, change: int, waiting: int = 0) -> Head:
        """The head with `change` more drawings of `digit`, of which `waiting` wait for approval."""
        per_digit = tuple(count + change * (k == digit) for k, count in enumerate(self.per_digit))
        return replace(self, per_digit=per_digit, waiting=self.waiting + waiting)

    def state(self, votes: Mapping[str, bytes]) -> RoomState:
        """What the teacher sees, with the votes as the store keeps them."""
        return RoomState(
            code=self.code,
            revision=self.revision,
            rounds=self.rounds,
            approval=self.approval,
            trial=self.trial,
            pupils=self.pupils,
            per_digit=self.per_digit,
            waiting=self.waiting,
            ballot=self.ballot and tallied(self.ballot, votes),
            results=self.results,
        )

    def to_bytes(self) -> bytes:
        """The head as a store keeps it."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Head:
        """The head that `to_bytes` made."""
        values = json.loads(kept)
        ballot = values["ballot"]
        values["per_digit"] = tuple(values["per_digit"])
        values["ballot"] = None if ballot is None else Ballot.from_json(ballot)
        values["results"] = tuple(map(Ballot.from_json, values["results"]))
        return cls(**values)


SAME, DIFFERENT = b"=", b"/"


def tallied(ballot: Ballot, votes: Mapping[str, bytes]) -> Ballot:
    """The ballot with `votes` counted, unless it is revealed and so keeps its count."""
    if ballot.is_revealed:
        return ballot
    said = list(votes.values())
    return replace(ballot, votes_same=said.count(SAME), votes_different=said.count(DIFFERENT))
