"""Recipes: frozen dataclasses that hold everything that defines a model."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from siamese.data import SEEN_DIGITS
from siamese.errors import UnknownRecipe
from siamese.normalisation import Normalisation


@dataclass(frozen=True)
class Recipe:
    """What every recipe has.

    Attributes:
        digits: the digits whose images are used, for training and for every choice.
        validation_fraction: share of each digit's training images held out for epoch, threshold
            and calibration.
        upper: end of the grid of distances.
        threshold: a threshold fixed beforehand; None means chosen on validation pairs.
    """

    name: str
    title: str
    seed: int = 1
    digits: tuple[int, ...] = SEEN_DIGITS
    validation_fraction: float = 0.1
    normalisation: Normalisation = field(default_factory=Normalisation)
    epochs: int = 10
    batch: int = 128
    upper: float = 2.0
    threshold: float | None = None

    def to_json(self) -> dict:
        return {"kind": type(self).__name__, **asdict(self)}


@dataclass(frozen=True)
class ContrastiveRecipe(Recipe):
    """A fully connected encoder trained on pairs with the contrastive loss (Hadsell et al. 2006)."""

    units: tuple[int, ...] = (128, 128, 128)
    dropout: float = 0.1
    margin: float = 1.0
    learning_rate: float = 1.0  # of Adadelta


@dataclass(frozen=True)
class SupervisedContrastiveRecipe(Recipe):
    """A convolutional encoder trained with the supervised contrastive loss (Khosla et al. 2020)."""

    channels: tuple[int, ...] = (16, 32, 32, 64, 64)
    embedding: int = 128
    temperature: float = 0.1
    learning_rate: float = 2e-3
    steps_per_epoch: int = 60


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        ContrastiveRecipe(
            name="baseline",
            title="Baseline: the published recipe",
            epochs=40,
            batch=128,
            upper=2.5,
            threshold=0.5,
        ),
        SupervisedContrastiveRecipe(
            name="digits",
            title="Digits: convolutions, trained on 2–7",
            normalisation=Normalisation(slant=True),
            epochs=8,
            batch=192,
        ),
    )
}


def recipe_named(name: str, **changes) -> Recipe:
    """The recipe `name`, with fields replaced.

    Raises:
        UnknownRecipe: no such recipe.
    """
    if name not in RECIPES:
        raise UnknownRecipe(f"there is no recipe {name!r}; there are: {', '.join(RECIPES)}")
    return replace(RECIPES[name], **changes)
