"""How the right digit is seen in *Turn it* on Compare: what the session holds of it, and its parameters of a link."""

from __future__ import annotations

from dataclasses import dataclass, fields

from siamese.app import links, session
from siamese.app.parameters import Parameter, bound
from siamese.app.view_words import WORDS
from siamese.imaging.views import RANGES, View


@dataclass
class ChosenView:
    """The view that a session has chosen, and in `last` the value whose slider was moved last."""

    angle: float = 0.0
    scale: float = 1.0
    across: float = 0.0
    down: float = 0.0
    shear: float = 0.0
    tilt: float = 0.0
    thickness: float = 0.0
    blur: float = 0.0
    last: str = "angle"

    def view(self) -> View:
        """The view itself."""
        return View(**{name: getattr(self, name) for name in RANGES})

    def move(self, name: str, value: float) -> None:
        """Take what a slider was moved to, which comes from a browser: it is brought into its range."""
        limits = RANGES[name]
        inside = min(max(float(value), limits.low), limits.high) if value == value else limits.identity
        # Sums of steps such as 0.05 have long tails, which a link would show.
        setattr(self, name, round(inside, 3))
        self.last = name

    def reset(self) -> None:
        """Show the digit as it is again; the curve stays the one of the last slider."""
        for field in fields(ChosenView):
            if field.name != "last":
                setattr(self, field.name, field.default)


def chosen() -> ChosenView:
    """This session's view."""
    return session.of(ChosenView)


def _parameter(name: str) -> Parameter[float]:
    limits, words = RANGES[name], WORDS[name]
    return bound(
        words.key, words.slider.lower(), links.number(limits.low, limits.high), ChosenView, name, "{:g}".format
    )


PARAMETERS = (
    *map(_parameter, WORDS),
    bound("curve", "slider of the curve", links.one_of(WORDS), ChosenView, "last"),
)
