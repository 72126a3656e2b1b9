"""What is chosen on the page How it works, and in its address."""

from __future__ import annotations

from dataclasses import dataclass

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.pages.compare.address import SIDES
from siamese.app.pages.how.diagram import PAIRS, STEPS
from siamese.app.parameters import bound, only_if


@dataclass
class Choices:
    """A session's choices.

    Attributes:
        pair: the example, one of `PAIRS`. step: how far the picture is drawn, from 1 on. margin: of the loss.
    """

    pair: str = "same"
    step: int = len(STEPS)
    margin: float = 1.0


def current() -> Choices:
    """This session's choices."""
    return session.of(Choices)


ADDRESS = Address(
    "how",
    (
        bound("example", "example", links.one_of(PAIRS), Choices, "pair"),
        bound("step", "step", links.whole(1, len(STEPS)), Choices, "step"),
        bound("margin", "margin", links.number(0.2, 2.0), Choices, "margin", "{:.2f}".format),
        only_if(lambda: current().pair == "compare", SIDES),
    ),
    shows_trained=False,
)
