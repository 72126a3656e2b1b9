"""The settings of a live training, which a person chooses: checked, and made into a recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from siamese.data.splits import ALL_DIGITS, SEEN_DIGITS, splits_of
from siamese.errors import InvalidSettings
from siamese.training.recipes import LiveRecipe

LOSSES = ("supervised", "contrastive")
EMBEDDINGS = (2, 8, 32, 64, 128)
SOURCES = ("mnist", "pens")
#: Digits that must be seen, and digits that must be left unseen: a pair of different digits needs two.
FEWEST = 2
MARGINS = (0.4, 1.6)  # embeddings have length 1, so that no distance is above 2
MAX_EPOCHS = 20


@dataclass(frozen=True)
class LiveSettings:
    """The choices of a person.

    Attributes:
        digits: the digits to train on; the others are unseen.
        loss: one of `LOSSES`.
        margin: of the contrastive loss; the other one has none.
        embedding: numbers in an embedding.
        augment: whether images are distorted at random.
        source: "mnist", or "pens" for the built-in digits.

    Raises:
        InvalidSettings: a value that no control offers.
    """

    digits: tuple[int, ...] = SEEN_DIGITS
    loss: str = "supervised"
    margin: float = 1.0
    embedding: int = 64
    augment: bool = True
    epochs: int = 10
    source: str = "mnist"

    def __post_init__(self) -> None:
        """Checks every value."""
        _check(
            isinstance(self.digits, tuple)
            and all(_whole(digit) and digit in ALL_DIGITS for digit in self.digits)
            and list(self.digits) == sorted(set(self.digits)),
            "the digits are not digits",
        )
        _check(len(self.digits) >= FEWEST, f"choose at least {FEWEST} digits to learn from")
        _check(
            len(self.digits) <= len(ALL_DIGITS) - FEWEST,
            f"leave at least {FEWEST} digits unseen, or there is nothing to test on that is new",
        )
        _check(self.loss in LOSSES, "there is no such loss")
        _check(
            isinstance(self.margin, (int, float))
            and not isinstance(self.margin, bool)
            and math.isfinite(self.margin)
            and MARGINS[0] <= self.margin <= MARGINS[1],
            f"the margin must be from {MARGINS[0]} to {MARGINS[1]}",
        )
        _check(_whole(self.embedding) and self.embedding in EMBEDDINGS, "there is no such embedding size")
        _check(isinstance(self.augment, bool), "images are varied or not")
        _check(_whole(self.epochs) and 1 <= self.epochs <= MAX_EPOCHS, f"the epochs must be from 1 to {MAX_EPOCHS}")
        _check(self.source in SOURCES, "there are no such images")

    @property
    def splits(self) -> dict[str, tuple[int, ...]]:
        """The pair splits that follow from the digits: seen, mixed and unseen."""
        return splits_of(self.digits)

    def recipe(self, name: str) -> LiveRecipe:
        """The recipe under the model name `name`."""
        return LiveRecipe(
            name=name,
            title=f"Yours: trained live on {digits_in_words(self.digits)}",
            digits=self.digits,
            loss=self.loss,
            margin=float(self.margin),
            embedding=self.embedding,
            augment=self.augment,
            epochs=self.epochs,
            last_epoch=True,  # the end of the learning rate's schedule, and of the curve that everyone watched
        )

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON values by name."""
        return {**asdict(self), "digits": list(self.digits)}

    @classmethod
    def from_json(cls, values: object) -> LiveSettings:
        """The settings that `to_json` wrote.

        Raises:
            InvalidSettings: anything else.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(values, Mapping) or set(values) != names or not isinstance(values["digits"], list):
            raise InvalidSettings("The settings cannot be read.")
        return cls(**{**values, "digits": tuple(values["digits"])})


def digits_in_words(digits: tuple[int, ...]) -> str:
    """The digits as people read them: "2–7" for a run, or "0, 1, 8, 9"."""
    if len(digits) > 2 and digits[-1] - digits[0] == len(digits) - 1:
        return f"{digits[0]}–{digits[-1]}"
    return ", ".join(map(str, digits))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(good: bool, problem: str) -> None:
    if not good:
        raise InvalidSettings(f"{problem[0].upper()}{problem[1:]}.")
