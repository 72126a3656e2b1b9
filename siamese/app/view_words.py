"""How the values of a view are put into words, on Compare and on Accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siamese.imaging.views import RANGES, View


@dataclass(frozen=True)
class Words:
    """How one value of a view is put into words.

    Attributes:
        change: what it does to a digit, after "a digit that is".
        slider: its name beside its slider, without the unit.
        unit: behind a number.
        key: of its parameter in a link.
    """

    change: str
    slider: str
    unit: str
    key: str


#: The values of a view, in the order of their sliders.
WORDS: Mapping[str, Words] = {
    "angle": Words("turned", "Turn", "°", "angle"),
    "scale": Words("scaled", "Scale", "×", "scale"),
    "across": Words("shifted across", "Shift across", " of its side", "across"),
    "down": Words("shifted down", "Shift down", " of its side", "down"),
    "shear": Words("sheared", "Shear", "", "shear"),
    "tilt": Words("tilted", "Tilt away", "°", "tilt"),
    "thickness": Words("thickened", "Thicken", " pixels", "thick"),
    "blur": Words("blurred", "Blur", " pixels", "blur"),
}


def in_words(name: str, value: float) -> str:
    """One value with its sign and unit, such as "−30°"."""
    sign = "+" if value > 0 and RANGES[name].low < 0 else ""
    return f"{sign}{value:.3g}".replace("-", "−") + WORDS[name].unit


def axis_title(name: str) -> str:
    """The title of an axis of one value, with its unit."""
    unit = RANGES[name].unit
    return f"{WORDS[name].slider.lower()}{f', {unit}' if unit else ''}"


def view_in_words(view: View) -> str:
    """What a view changes, such as "turned by +30°, blurred by 1 pixels"; "as it is" where that is nothing."""
    said = [
        f"{value:g} times as large" if name == "scale" else f"{WORDS[name].change} by {in_words(name, value)}"
        for name, value in vars(view).items()
        if value != RANGES[name].identity
    ]
    return ", ".join(said) or "as it is"
