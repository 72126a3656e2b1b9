"""What a session holds of its live trainings: choices, predictions, the training itself and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.links import Parser
from siamese.app.parameters import Parameter, bound
from siamese.live.model import LiveModel
from siamese.live.protocol import EpochResult
from siamese.live.queue import Job
from siamese.live.settings import EMBEDDINGS, LOSSES, MARGINS, MAX_EPOCHS, LiveSettings

LEAST, MOST = 50, 100  # per cent that can be predicted
_DEFAULT = LiveSettings()


@dataclass
class Choices:
    """What was chosen: the settings of the next training, and in per cent what is predicted of it.

    A prediction is the visitor's own: there is none until one was made.
    """

    digits: list[int] = field(default_factory=lambda: list(_DEFAULT.digits))
    loss: str = _DEFAULT.loss
    margin: float = _DEFAULT.margin
    embedding: int = _DEFAULT.embedding
    augment: bool = _DEFAULT.augment
    epochs: int = _DEFAULT.epochs
    seen: int | None = None
    unseen: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The network that was trained in this session, what was predicted of it (split -> accuracy), and its epochs."""

    model: LiveModel
    predicted: dict[str, float]
    epochs: tuple[EpochResult, ...]


@dataclass
class Training:
    """A session's trainings.

    Attributes:
        job: the latest. predicted: split -> accuracy, as it was predicted when that was started.
        outcome: of the latest that has ended with a network.
        asks: whether Start has asked for the predictions.
        refused: why the last press on Start began nothing, until that was said.
        visitor: what the server knows this session by while the page is open; "" else.
    """

    job: Job | None = None
    predicted: dict[str, float] = field(default_factory=dict)
    outcome: Outcome | None = None
    asks: bool = False
    refused: str = ""
    visitor: str = ""


def current() -> Choices:
    """This session's choices."""
    return session.of(Choices)


def training() -> Training:
    """This session's trainings."""
    return session.of(Training)


def _as(parser: Parser[Any], convert: Callable[[Any], Any]) -> Parser[Any]:
    """The parser, and what is made of what it gives."""
    return links.allowing(parser.allowed)(lambda text: convert(parser(text)))


def _prediction(split: str) -> Parameter[Any]:
    return bound(f"say{split}", "prediction", links.whole(LEAST, MOST), Choices, split)


def _flag_text(on: bool) -> str:
    return str(int(on))


#: The settings and the predictions; a training is never started by a link.
ADDRESS = Address(
    "live",
    (
        bound("learn", "digits to learn from", links.digits, Choices, "digits", links.digits_text),
        bound("loss", "loss", links.one_of(LOSSES), Choices, "loss"),
        bound("push", "margin", links.number(*MARGINS), Choices, "margin", "{:.1f}".format),
        bound("size", "embedding size", _as(links.one_of(list(map(str, EMBEDDINGS))), int), Choices, "embedding"),
        bound("vary", "choice to vary the images", _as(links.whole(0, 1), bool), Choices, "augment", _flag_text),
        bound("epochs", "number of epochs", links.whole(1, MAX_EPOCHS), Choices, "epochs"),
        _prediction("seen"),
        _prediction("unseen"),
    ),
    shows_trained=False,
)
