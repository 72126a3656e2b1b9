"""Recipes: frozen dataclasses that hold everything that defines a model.

Cards hold a recipe's type and fields by name, so that these names cannot change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from siamese.data.splits import SEEN_DIGITS
from siamese.errors import UnknownRecipe
from siamese.imaging.normalisation import Normalisation


@dataclass(frozen=True)
class Recipe:
    """What every recipe has.

    Attributes:
        digits: the digits whose images are used, for training and for every choice.
        validation_fraction: share of each digit's training images held out to choose epoch, threshold and calibration.
        upper: end of the grid of distances.
        last_epoch: take the last epoch, at the end of the learning rate's schedule, instead of the best one.
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
    last_epoch: bool = False

    def to_json(self) -> dict[str, Any]:
        """The recipe as a card holds it: its type and all fields."""
        return {"kind": type(self).__name__, **asdict(self)}


@dataclass(frozen=True)
class ContrastiveRecipe(Recipe):
    """A fully connected encoder trained on pairs with the contrastive loss (Hadsell et al. 2006).

    Attributes:
        threshold: fixed beforehand; None means chosen on validation pairs.
    """

    threshold: float | None = None
    units: tuple[int, ...] = (128, 128, 128)
    dropout: float = 0.1
    margin: float = 1.0
    learning_rate: float = 1.0  # of Adadelta


@dataclass(frozen=True)
class Jitter:
    """Standard deviations of the distortions, which are sampled for each image.

    Attributes:
        rotation: radians.
        slant: columns a row; what slant correction leaves over.
        size: of the logarithm of height and width, independently.
        shift: pixels.
        elastic: pixels, of a smooth field with `cells` knots across.
        thickness: share of a one-pixel dilation or erosion, uniform between these two.
        contrast: of the logarithm of an exponent on grey values.
    """

    rotation: float = 0.06
    slant: float = 0.08
    size: float = 0.07
    shift: float = 0.7
    elastic: float = 0.65
    cells: int = 5
    thickness: tuple[float, float] = (-0.5, 0.6)
    contrast: float = 0.35


@dataclass(frozen=True)
class TwoPartRecipe(Recipe):
    """One trunk of convolutions, and two parts: *what shape is it*, and *is it a 2, a 3, … or none of these*.

    Attributes:
        channels, strides: of the trunk's convolutions.
        embedding: dimensions of the shape.
        synthetic: the kind of the synthetic classes, which are no digits: "glyphs", or "fragments" of the digits'
            strokes, which are allowed where only images of 2–7 may be used.
        classes, instances: synthetic classes to train on, and images of each.
        kept_aside: synthetic classes that are not trained on. They stand for unseen digits when threshold and
            calibration are chosen.
        n_classes: known and unseen digits together, as which pairs are weighted when the threshold is chosen.
        steps: batches an epoch, of `batch` images each.
        digit_share: share of a batch's images that are digits; the others are synthetic.
        redrawn: share of the digits' images that are re-rendered with a pen of even width, in addition.
        temperature: of the softmax over the detectors' logits.
        share_weight: of the shares in the distance; the shape's is 1.
        reject_weight: the cost of a false reject of a pair with synthetic classes when the threshold is chosen; that
            of a false accept is 1.
    """

    normalisation: Normalisation = field(default_factory=lambda: Normalisation(slant=True, size=0.5, thickness=3.6))
    epochs: int = 4
    batch: int = 192
    last_epoch: bool = True
    channels: tuple[int, ...] = (32, 64, 96, 64)
    strides: tuple[int, ...] = (2, 2, 1, 1)
    embedding: int = 184
    synthetic: str = "glyphs"
    classes: int = 5000
    instances: int = 12
    kept_aside: int = 1000
    n_classes: int = 10
    steps: int = 1200
    digit_share: float = 0.625
    redrawn: float = 0.4
    learning_rate: float = 3e-3
    temperature: float = 4.0
    share_weight: float = 1.2
    reject_weight: float = 12.0

    def shortened(self, length: float) -> TwoPartRecipe:
        """The same recipe for `length` of its steps, in one epoch."""
        return replace(self, epochs=1, steps=max(1, round(length * self.epochs * self.steps)))


@dataclass(frozen=True)
class LiveRecipe(Recipe):
    """A small convolutional encoder that learns within a minute, trained on all pairs of each batch.

    An epoch shows each image once.

    Attributes:
        loss: "contrastive" (Hadsell et al. 2006) or "supervised" (Khosla et al. 2020, with a pair loss beside it).
        margin: of the contrastive loss.
        augment: whether each image is distorted at random each time.
        channels, strides: of the 3 × 3 convolutions.
        temperature: of the supervised contrastive loss.
    """

    loss: str = "supervised"
    margin: float = 1.0
    embedding: int = 64
    augment: bool = True
    channels: tuple[int, ...] = (16, 32, 64)
    strides: tuple[int, ...] = (2, 2, 1)
    temperature: float = 0.1
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    warm_up: int = 40
    jitter: Jitter = field(default_factory=Jitter)


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
        TwoPartRecipe(
            name="digits",
            title="Digits: trained on images of 2–7 alone",
            synthetic="fragments",
        ),
        TwoPartRecipe(
            name="strokes",
            title="Strokes: 2–7 and synthetic pen strokes",
            synthetic="glyphs",
        ),
    )
}


def recipe_named(name: str, **changes: Any) -> Recipe:
    """The recipe `name`, with fields replaced.

    Raises:
        UnknownRecipe: no such recipe.
    """
    if name not in RECIPES:
        raise UnknownRecipe(f"there is no recipe {name!r}; there are: {', '.join(RECIPES)}")
    return replace(RECIPES[name], **changes)
