"""What is chosen on the page Map, and in its address."""

from __future__ import annotations

from dataclasses import dataclass, field

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.pages.compare.address import SIDES
from siamese.app.parameters import Parameter, bound
from siamese.charts.map import DIMENSIONS
from siamese.data.splits import ALL_DIGITS


@dataclass
class Choices:
    """A session's choices.

    Attributes:
        dimensions: of the picture. digits: those to show.
        source: whose points are shown where there is a choice.
        row: of the point that was clicked, or None.
    """

    dimensions: int = DIMENSIONS[0]
    digits: list[int] = field(default_factory=lambda: list(ALL_DIGITS))
    source: str = "mnist"
    row: int | None = None


def current() -> Choices:
    """This session's choices."""
    return session.of(Choices)


def choose(row: int | None) -> None:
    """Choose a point by its row, or none."""
    current().row = row


def choose_source(source: str) -> None:
    """Choose whose points are shown; the one that was clicked is none of them."""
    current().source = source
    choose(None)


def _set_digits(digits: list[int]) -> None:
    current().digits = digits


ADDRESS = Address(
    "map",
    (
        bound("dim", "picture", links.whole(2, 3), Choices, "dimensions"),
        Parameter(
            "digits",
            "digits to show",
            links.digits,
            lambda: sorted(current().digits),
            _set_digits,
            list(ALL_DIGITS),
            links.digits_text,
        ),
        bound("points", "points", links.one_of(links.SOURCES.values()), Choices, "source"),
        bound("chosen", "point", links.whole(0, links.MAX_INDEX), Choices, "row"),
        *SIDES,
    ),
)
