"""What is chosen on one page and holds on the others, too: model, thresholds, digits, kind of pair."""

from __future__ import annotations

from dataclasses import dataclass, field

from siamese.app import links, resources, session
from siamese.app.parameters import Parameter
from siamese.data.pairs import PAIR_KINDS
from siamese.data.splits import SPLITS


@dataclass
class Choices:
    """A session's choices; the functions of this module say what they come to.

    Attributes:
        model: its name; "" until it was asked for.
        thresholds: by model, of those that were asked for.
        split: the digits that pairs are sampled from. pair_kind: any, same or different.
        guess_first: whether the person says same or different before the network does.
    """

    model: str = ""
    thresholds: dict[str, float] = field(default_factory=dict)
    split: str = "mixed"
    pair_kind: str = "any"
    guess_first: bool = False


def models(*, trained: bool = True) -> list[str]:
    """Names of the models that this session can use, the default first.

    Args:
        trained: whether the network that was trained live in this session counts.
    """
    network = session.current().trained_network if trained else None
    return [*resources.models(), *([network.name] if network else [])]


def model_name(*, trained: bool = True) -> str:
    """The chosen model's name.

    Args:
        trained: whether the network that was trained live counts; where it does not, the default stands for it.
    """
    names, chosen = models(trained=trained), session.of(Choices)
    chosen.model = chosen.model or names[0]
    return chosen.model if chosen.model in names else names[0]


def set_model(name: str) -> None:
    """Choose a model by name."""
    session.of(Choices).model = name


def threshold(name: str) -> float:
    """The threshold that this session uses with model `name`: the model's, until the slider was moved."""
    return float(session.of(Choices).thresholds.setdefault(name, resources.verifier(name).threshold))


def set_threshold(name: str, value: float) -> None:
    """Use another threshold with model `name`."""
    session.of(Choices).thresholds[name] = value


def split() -> str:
    """The chosen pair split's name."""
    chosen = session.of(Choices).split
    return chosen if chosen in SPLITS else "mixed"


def set_split(name: str) -> None:
    """Choose a pair split by name."""
    session.of(Choices).split = name


def guess_first() -> bool:
    """Whether the person is to say same or different before the network does."""
    return session.of(Choices).guess_first


def pair_kind() -> str:
    """The chosen kind of pair to sample: any, same or different; any while it is to be guessed."""
    chosen = session.of(Choices)
    return chosen.pair_kind if chosen.pair_kind in PAIR_KINDS and not chosen.guess_first else "any"


def set_pair_kind(kind: str) -> None:
    """Choose a kind of pair."""
    session.of(Choices).pair_kind = kind


def split_digits() -> tuple[int, ...]:
    """The digits of the chosen split: what is seen and unseen depends on what the chosen model learned from."""
    return resources.verifier(model_name()).card.splits[split()]


SPLIT = Parameter("split", "kind of digits", links.one_of(SPLITS), split, set_split, default="mixed")
