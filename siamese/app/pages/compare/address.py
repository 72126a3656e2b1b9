"""What the address of Compare holds: both sides, how pairs are sampled, and what is open."""

from __future__ import annotations

from functools import partial

from siamese.app import choices, links, samples, session
from siamese.app.address import Address
from siamese.app.pages.compare import fragments, sides, view_choices
from siamese.app.parameters import Group, Parameter, Written, bound
from siamese.data.pairs import PAIR_KINDS
from siamese.errors import InvalidDrawing, MnistUnavailable


def _read(name: str, reader: links.Reader) -> None:
    """Put what a link holds for one side there."""
    found = reader.get(name, f"digit on the {name}", links.side)
    if found is None:
        return
    if not isinstance(found, links.Sample):
        side = sides.sides()[name]
        side.mode = "draw"
        side.drawing.restart(found)
        return
    try:
        sides.put_sample(name, found.index, found.source)
    except MnistUnavailable:
        reader.notices.append(
            f"The link's digit on the {name} is MNIST's, which is not on this machine; here is another one."
        )
    except IndexError:
        last = len(samples.digits_of(found.source).digits) - 1
        reader.notices.append(
            f"The link's digit on the {name} does not exist: they go from 0 to {last:,}. Here is another one."
        )


def _write(name: str) -> Written:
    """What one side holds, if it is not an uploaded picture and not too long."""
    side = sides.sides()[name]
    try:
        if side.mode == "upload":
            raise InvalidDrawing("An uploaded picture cannot be in a link.")
        sample = side.shown_sample
        held = links.Sample(sample.source, sample.index) if sample else side.drawing.strokes
        return {name: links.side_text(held)}, ""
    except InvalidDrawing as error:
        return {}, f", but: {error}"


def _open(part: str, words: str) -> Parameter[bool]:
    return bound(part, words, links.flag, fragments.Opened, part, lambda opened: links.ON)


def _guess_first(on: bool) -> None:
    session.of(choices.Choices).guess_first = on


#: The two digits, for the pages that show them, too.
SIDES = tuple(Group(partial(_read, name), partial(_write, name)) for name in sides.SIDES)
ADDRESS = Address(
    "",
    (
        choices.SPLIT,
        Parameter(
            "pair", "kind of pair", links.one_of(PAIR_KINDS), choices.pair_kind, choices.set_pair_kind, default="any"
        ),
        Parameter("guess", "guessing", links.flag, choices.guess_first, _guess_first, False, lambda on: links.ON),
        _open("why", "explanation"),
        _open("turn", "turning"),
        *view_choices.PARAMETERS,
        bound("journey", "journey", links.flag, fragments.Opened, "history", lambda opened: links.ON),
        *SIDES,
    ),
)
