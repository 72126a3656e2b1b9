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
        last_epoch: take the last epoch (whose learning rate has run out) instead of the best one.
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

    def to_json(self) -> dict:
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
    """Standard deviations of the distortions; each image draws its own.

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
class BranchRecipe:
    """One convolutional branch and its training.

    Attributes:
        channels, strides: of the 3 × 3 convolutions.
        directions: of the fixed maps of oriented gradients that these see; 0 for the image itself.
        steps: batches in the whole training.
        invented, instances: invented classes a batch, and images of each.
        digit_images: images of the digits a batch.
        temperature: of the supervised contrastive loss.
        pair_weight: of the pair loss beside it.
    """

    channels: tuple[int, ...] = (64, 96, 96, 128)
    strides: tuple[int, ...] = (1, 2, 1, 2)
    directions: int = 8
    embedding: int = 128
    dropout: float = 0.0
    steps: int = 500
    invented: int = 64
    instances: int = 4
    digit_images: int = 132
    temperature: float = 0.1
    pair_weight: float = 1.0
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    warm_up: int = 100
    jitter: Jitter = field(default_factory=Jitter)


@dataclass(frozen=True)
class DetectorRecipe:
    """The branch of detectors, one for each training digit, and its training.

    Attributes:
        channels, strides, directions: as above.
        hidden: units of the layer before the detectors.
        steps: batches in the whole training.
        digit_images, invented_images, spoilt_images: of the digits, of invented classes, and of digits
            spoilt beyond what writers vary, a batch.
        spoilt_pool: spoilt digits to draw from.
        untouched: share of the images that are not distorted.
        spoiling: the distortion that makes another shape of a digit.
    """

    channels: tuple[int, ...] = (48, 64, 64, 96)
    strides: tuple[int, ...] = (1, 2, 1, 1)
    directions: int = 8
    hidden: int = 128
    steps: int = 1800
    digit_images: int = 162
    invented_images: int = 112
    spoilt_images: int = 80
    spoilt_pool: int = 20_000
    untouched: float = 0.15
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    warm_up: int = 100
    jitter: Jitter = field(default_factory=Jitter)
    spoiling: Jitter = field(default_factory=lambda: Jitter(rotation=0.25, slant=0.3, size=0.2, shift=1.5, elastic=2.6))


@dataclass(frozen=True)
class Evidence:
    """How much speaks for a digit: what the detectors say, and how near the digit's writings lie.

    logit / softness + nearness · (deviations + familiar) + raised, where the nearest examples lie that many standard
    deviations nearer than is usual for the digit. Its logistic function is a *yes*, 0..1; where answers are shared out,
    it is weighed against the other digits', and against 0 for *none of these*. See `nearness.weights`.

    Attributes:
        softness: what the detector's logit is divided by.
        nearness: what each deviation nearer to the nearest example adds; 0 leaves nearness out.
        familiar: at how many deviations beyond what is usual nearness adds nothing.
        raised: added to it all.
    """

    softness: float = 4.0
    nearness: float = 0.0
    familiar: float = 0.0
    raised: float = 0.0


@dataclass(frozen=True)
class FusionRecipe(Recipe):
    """One encoder of two branches: shapes (with invented classes), and a detector a digit.

    Attributes:
        shape, detectors: the branches and their training.
        networks: branches of each kind side by side, which differ by nothing but chance.
        glyphs, fragments: how many invented classes of each kind; no glyphs in the strict protocol.
        pool_instances: images kept of each invented class.
        strangers: invented classes of each kind that are not trained on; they stand for unseen digits
            when the threshold and the calibration are fixed.
        stranger_instances: images kept of each of these.
        world: how many digits there are in all, known ones and strangers.
        redrawn: images of the digits that are drawn again with a pen of even width, and that pen's
            thinnest and thickest width in pixels.
        holes: how much a hole in the upper or the lower half counts beside the whitened shape; 0 for not at all.
        weights: of the shape and the answers in the fusion.
        shared: whether the digits and *none* share out one whole among them, or each digit has its own yes or no.
        answers, leanings: the evidence for the answers, and for what draws a shape towards a digit's prototype.
        power: that the shared answers are taken to: below 1, what is doubtful comes nearer to *yes*.
        left, recedes: how much of its shape is left to what surely is a digit, and how soon, see
            `encoder_layers.Receding`; with shared answers only.
        pull: see `encoder_layers.TowardsPrototypes`.
        examples, neighbours: images of each digit that nearness is measured from (with 0, nothing asks for it), and how
            many of them, the nearest, are asked.
        near_dimensions, near_own, near_shrinkage: of the space in which it is measured, see `nearness.own_metrics`.
        dimensions, shrinkage: of the whitening of the shape branch's features.
        between: how strongly a direction's spread between classes weighs it, see `encoder_layers.whitening`.
        height: of one more, constant coordinate of the whitened shape before it is brought to unit length, in median
            lengths of the digits' shapes: a faint hint of a shape then counts less than a pronounced one.
        whitening_images, whitening_invented, whitening_instances: images of the digits, invented classes, and images of
            each of these, that it is taken from; the digits' mean embeddings are the prototypes.
        reject_weight: how much it counts, when the threshold is fixed, that a pair of the same invented class is
            called different.
    """

    shape: BranchRecipe = field(default_factory=BranchRecipe)
    detectors: DetectorRecipe = field(default_factory=DetectorRecipe)
    networks: int = 1
    glyphs: int = 0
    fragments: int = 0
    pool_instances: int = 12
    strangers: int = 200
    stranger_instances: int = 12
    world: int = 10
    redrawn: int = 14_000
    pen: tuple[float, float] = (1.3, 3.4)
    holes: float = 0.0
    weights: tuple[float, float] = (1.0, 1.2)
    shared: bool = False
    answers: Evidence = field(default_factory=Evidence)
    leanings: Evidence = field(default_factory=Evidence)
    power: float = 1.0
    left: float = 1.0
    recedes: float = 1.0
    pull: float = 0.4
    examples: int = 0
    neighbours: int = 3
    near_dimensions: int = 64
    near_own: float = 0.5
    near_shrinkage: float = 0.2
    dimensions: int = 128
    shrinkage: float = 0.05
    between: float = 1.5
    height: float = 0.0
    whitening_images: int = 9000
    whitening_invented: int = 1500
    whitening_instances: int = 12
    reject_weight: float = 4.0


@dataclass(frozen=True)
class TwoPartRecipe(Recipe):
    """One trunk of convolutions, and two parts: *what shape is it*, and *is it a 2, a 3, … or none of these*.

    Attributes:
        channels, strides: of the trunk's convolutions.
        embedding: numbers that say what shape it is.
        synthetic: the kind of the synthetic classes, which are no digits: "glyphs", or "fragments" of the digits' own
            lines, which the strict protocol allows.
        classes, instances: synthetic classes to train on, and images of each.
        kept_aside: synthetic classes that are not trained on; they stand for unseen digits when threshold and
            calibration are fixed.
        n_classes: how many digits there are in all, known and unseen ones, when the threshold is fixed.
        steps: batches an epoch, of `batch` images each.
        digit_share: share of a batch's images that are digits; the others are synthetic.
        redrawn: share of the digits' images that are there once more, drawn again with a pen of even width.
        temperature: what the detectors' logits are divided by before one whole is shared out.
        share_weight: of the shares in the distance; the shape's is 1.
        reject_weight: how much it counts, when the threshold is fixed, that a pair of the same synthetic class is
            called different.
    """

    channels: tuple[int, ...] = (32, 64, 96, 64)
    strides: tuple[int, ...] = (2, 2, 1, 1)
    embedding: int = 128
    synthetic: str = "glyphs"
    classes: int = 5000
    instances: int = 12
    kept_aside: int = 1000
    n_classes: int = 10
    steps: int = 500
    digit_share: float = 0.625
    redrawn: float = 0.4
    learning_rate: float = 3e-3
    temperature: float = 2.0
    share_weight: float = 1.0
    reject_weight: float = 4.0


@dataclass(frozen=True)
class LiveRecipe(Recipe):
    """A small convolutional encoder that learns within a minute, trained on all pairs of each batch.

    An epoch shows each image once.

    Attributes:
        loss: "contrastive" (Hadsell et al. 2006) or "supervised" (Khosla et al. 2020, with a pair loss beside it).
        margin: of the contrastive loss.
        augment: whether each image is distorted anew each time.
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
        FusionRecipe(
            name="digits",
            title="Digits: trained on images of 2–7 alone",
            normalisation=Normalisation(slant=True, size=0.5, thickness=3.6),
            epochs=12,
            last_epoch=True,
            fragments=5000,
        ),
        FusionRecipe(
            name="strokes",
            title="Strokes: 2–7 and invented pen strokes",
            normalisation=Normalisation(slant=True, size=0.5, thickness=3.6),
            epochs=12,
            last_epoch=True,
            detectors=DetectorRecipe(strides=(1, 2, 1, 2)),
            networks=2,
            glyphs=5000,
            strangers=1000,
            stranger_instances=4,
            holes=0.2,
            weights=(1.0, 0.81),
            shared=True,
            answers=Evidence(softness=2.8, nearness=2.2, familiar=1.23),
            leanings=Evidence(softness=1.65, raised=2.2),
            power=0.34,
            left=0.27,
            recedes=0.17,
            pull=0.31,
            examples=512,
            height=0.3,
            whitening_invented=5000,
            whitening_instances=4,
            reject_weight=3.0,
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
