"""What is chosen on the page Accuracy, and in its address."""

from __future__ import annotations

from dataclasses import dataclass, field

from siamese.app import choices, links, session
from siamese.app.address import Address
from siamese.app.parameters import Parameter, bound
from siamese.data.splits import ALL_DIGITS
from siamese.evaluation.robustness import AMOUNTS

ANY = "any"
DIGITS = (ANY, *map(str, ALL_DIGITS))
SIDES = ("first", "second")


@dataclass
class Choices:
    """A session's choices.

    Attributes:
        split: digits of a split that the person has put together.
        overlay: the models to show beside the chosen one; None for all.
        first, second: the digits whose hardest pairs are shown, each one of `DIGITS`.
        clicks: how many cells of the heat map were clicked.
        arrives: whether the page is to be entered at a cell.
        change: whose robustness is shown, a key of `robustness.AMOUNTS`.
    """

    split: list[int] = field(default_factory=list)
    overlay: list[str] | None = None
    first: str = ANY
    second: str = ANY
    clicks: int = 0
    arrives: bool = False
    change: str = "angle"


def current() -> Choices:
    """This session's choices."""
    return session.of(Choices)


def chosen_digit(which: str) -> str:
    """The first or the second digit whose pairs are shown, or `ANY`."""
    chosen = getattr(current(), which)
    return str(chosen) if chosen in DIGITS else ANY


def chosen_pair() -> tuple[int, int] | None:
    """The two digits whose pairs are shown, or None where one of them is open."""
    first, second = map(chosen_digit, SIDES)
    return None if ANY in (first, second) else (int(first), int(second))


def choose(first: str, second: str) -> None:
    """Show the pairs of two digits, each one of `DIGITS`."""
    now = current()
    now.first, now.second = first, second


def choose_cell(cell: int) -> None:
    """Let the page show the pairs of a cell of the heat map, counted row by row, and the cell when it is entered."""
    choose(str(cell // 10), str(cell % 10))
    current().arrives = True


def _digit(which: str) -> Parameter[str]:
    return bound(which, "digit", links.one_of(DIGITS[1:]), Choices, which)


ADDRESS = Address(
    "accuracy",
    (
        bound("own", "set of digits", links.digits, Choices, "split", links.digits_text),
        choices.SPLIT,
        *map(_digit, SIDES),
        bound("change", "change of view", links.one_of(AMOUNTS), Choices, "change"),
    ),
    shows_trained=False,
)
