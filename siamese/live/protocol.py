"""The messages between a server and its training process: one JSON object a line, checked on both sides."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from siamese.errors import InvalidMessage
from siamese.live.settings import MAX_EPOCHS, LiveSettings

MAX_LINE = 16_384  # bytes; a longer line is no message
MAX_TEXT = 400  # characters of a sentence for a person
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
STAGES = ("starting", "images", "learning", "packing")


@dataclass(frozen=True)
class Request:
    """The request for a training, the first line of a process's input.

    Attributes:
        folder: an empty folder for everything that the process writes.
        name: of the model, and of its folder within `folder`.
        seconds: the time after which the process must have ended.
    """

    settings: LiveSettings
    folder: Path
    name: str
    seconds: float

    def to_line(self) -> bytes:
        """The request as one line of JSON."""
        values = {"settings": self.settings.to_json(), "folder": str(self.folder), "name": self.name}
        return _line({**values, "seconds": self.seconds})

    @classmethod
    def from_line(cls, line: bytes) -> Request:
        """The request in `line`.

        Raises:
            InvalidMessage: it cannot be read. InvalidSettings: its settings cannot be used.
        """
        values = _object(line)
        if (
            set(values) != {"settings", "folder", "name", "seconds"}
            or not isinstance(values["folder"], str)
            or not isinstance(values["name"], str)
            or not _NAME.fullmatch(values["name"])
            or not _number(values["seconds"], 0, math.inf)
        ):
            raise InvalidMessage("The request of a training cannot be read.")
        folder = Path(values["folder"])
        if not folder.is_dir():
            raise InvalidMessage("The folder of a training does not exist.")
        return cls(LiveSettings.from_json(values["settings"]), folder, values["name"], values["seconds"])


@dataclass(frozen=True)
class Stage:
    """The stage that the process has entered: one of `STAGES`."""

    name: str


@dataclass(frozen=True)
class EpochResult:
    """One epoch: mean loss, threshold chosen on validation pairs, and accuracies at it."""

    epoch: int
    loss: float
    threshold: float
    train: float
    validation: float
    seen: float
    mixed: float
    unseen: float

    def to_json(self) -> dict[str, Any]:
        """The values by name, as a history holds them."""
        return asdict(self)


@dataclass(frozen=True)
class Failed:
    """The process cannot go on; why, in a sentence for a person."""

    text: str


@dataclass(frozen=True)
class Done:
    """The model lies in the request's folder."""


Message = Stage | EpochResult | Failed | Done
_KINDS: dict[str, type[Stage] | type[EpochResult] | type[Failed] | type[Done]] = {
    "stage": Stage,
    "epoch": EpochResult,
    "failed": Failed,
    "done": Done,
}


def write(message: Message) -> bytes:
    """The line that holds `message`."""
    (kind,) = (kind for kind, type_ in _KINDS.items() if isinstance(message, type_))
    return _line({"kind": kind, **asdict(message)})


def read(line: bytes) -> Message:
    """The message in `line`.

    Raises:
        InvalidMessage: it holds no message, or impossible values.
    """
    values = _object(line)
    kind = values.pop("kind", None)
    try:
        message: Message = _KINDS[kind](**values)
    except (KeyError, TypeError) as error:
        raise InvalidMessage("A training process wrote something that cannot be read.") from error
    if not _possible(message):
        raise InvalidMessage("A training process wrote impossible numbers.")
    return message


def _possible(message: Message) -> bool:
    if isinstance(message, Stage):
        return message.name in STAGES
    if isinstance(message, Failed):
        return isinstance(message.text, str) and 0 < len(message.text) <= MAX_TEXT
    if isinstance(message, EpochResult):
        shares = (message.train, message.validation, message.seen, message.mixed, message.unseen)
        return (
            type(message.epoch) is int
            and 1 <= message.epoch <= MAX_EPOCHS
            and _number(message.loss, -1e9, 1e9)
            and _number(message.threshold, 0, 1e3)
            and all(_number(share, 0, 1) for share in shares)
        )
    return True


def _number(value: object, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and low <= value <= high


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, allow_nan=False).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object in `line`; raises InvalidMessage where there is none."""
    try:
        values = json.loads(line) if len(line) <= MAX_LINE else None
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("A training process wrote something that cannot be read.") from error
    if not isinstance(values, dict):
        raise InvalidMessage("A training process wrote something that cannot be read.")
    return values
