"""The page *How it works*: weight sharing and the contrastive loss, to be moved; the experiment; its limits."""

from __future__ import annotations

import base64

import numpy as np
import streamlit as st

from siamese.app import address, choices, frame, projector, resources, widgets
from siamese.app.components.plot import live_chart
from siamese.app.pages.compare import sides
from siamese.app.pages.how import diagram as how_diagram
from siamese.app.pages.how.choices import ADDRESS, current
from siamese.charts import how as how_charts
from siamese.data.splits import SEEN_DIGITS, SPLITS, UNSEEN_DIGITS
from siamese.errors import SiameseError
from siamese.imaging import pens
from siamese.serving.catalogue import ASSETS
from siamese.serving.embedding_parts import has_parts, parts_of
from siamese.serving.verifier import Verifier

_PAPER = ASSETS / "screenshots" / "from-paper.jpg"  # made by tests/browser/screenshots.py
_DRAWN = {"same": (3, 3), "different": (3, 5)}
_REFERENCES = """
- Bromley, Guyon, LeCun, Säckinger and Shah (1993), *Signature verification using a “Siamese” time delay neural
  network*: the first Siamese network, for signatures.
- Hadsell, Chopra and LeCun (2006), *Dimensionality reduction by learning an invariant mapping*: the contrastive loss.
- Koch, Zemel and Salakhutdinov (2015), *Siamese neural networks for one-shot image recognition*: one example is enough.
- Khosla and others (2020), *Supervised contrastive learning*: many pairs of a batch at once, the successor of the loss
  above.
"""


def render() -> None:
    """Draws the page."""
    frame.start("how")
    st.title("How it works")
    st.markdown(
        "A Siamese network does not ask *which digit is this?* It asks *are these two alike?* "
        "Five minutes and two pictures that you can move explain the whole idea."
    )
    _panel()


@st.fragment
def _panel() -> None:
    """Everything: the pair and the model chosen in one part are shown in the others."""
    _sharing()
    _parts()
    _loss()
    _experiment()
    address.bar(ADDRESS)


def _pair(verifier: Verifier) -> tuple[np.ndarray, np.ndarray, bool | None] | None:
    """The chosen pair: left, right (28, 28), and whether they are the same digit (None: nobody knows)."""
    kind = current().pair
    if kind in _DRAWN:
        return *_drawn(kind), kind == "same"
    left, right = (sides.image(side) for side in sides.SIDES)
    if left is None or right is None:
        return None
    both = [sides.sides()[side] for side in sides.SIDES]
    known = all(side.mode == "sample" for side in both)
    return left, right, both[0].digit == both[1].digit if known else None


@st.cache_data(show_spinner=False)
def _drawn(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    left, right = _DRAWN[kind]
    return pens.image(left, rng), pens.image(right, rng)


def _pair_picker(place: str) -> None:
    st.segmented_control(
        "Pair",
        list(how_diagram.PAIRS),
        format_func=how_diagram.PAIRS.__getitem__,
        required=True,
        **widgets.bind_field(f"how.pair.{place}", current(), "pair"),
    )


def _sharing() -> None:
    with st.container(border=True):
        st.header("One network, used twice")
        words, figure = st.columns([2, 3], gap="large")
        with figure:
            _pair_picker("sharing")
            step = st.select_slider(
                "Step by step",
                range(1, len(how_diagram.STEPS) + 1),
                format_func=lambda place: f"{place}. {how_diagram.STEPS[place - 1]}",
                **widgets.bind_field("how.step", current(), "step"),
            )
        with words:
            name = widgets.model_picker("how")
            verifier = resources.verifier(name)
            size, count = verifier.card.embedding, verifier.card.raw["parameters"]
            st.markdown(
                "\n".join(
                    f"{place}. **{text}**" if place == step else f"{place}. {text}"
                    for place, text in enumerate(_steps(size, count), 1)
                )
            )
            st.caption(
                "*Siamese* like twins: there are not two encoders but one, used twice. So the order of the two images "
                "cannot matter, and whatever it learns from the left image it knows for the right one."
            )
        with figure:
            pair = _pair(verifier)
            if pair is None:
                st.info("Compare has no pair at the moment: draw or sample two digits there, or choose another pair.")
                return
            left, right, _ = pair
            result = verifier.compare(left, right, threshold=choices.threshold(name))
            embeddings = verifier.embed(np.stack([left, right]))
            st.html(how_diagram.diagram(result, embeddings, step, projector.palette()))
            st.caption(
                f"The strips are the real embeddings of “{verifier.card.title}”: blue above zero, orange below, "
                "stronger is larger; neighbouring numbers are averaged so that they fit. The distance uses all of them."
            )


def _parts() -> None:
    """What is in the encoder that the app serves: two pictures of the pair at hand, and how they make one distance."""
    name = choices.model_name(trained=False)
    verifier = resources.verifier(name)
    card = verifier.card
    with st.container(border=True):
        st.header("What is in the box: two questions, one distance")
        if not has_parts(card):
            st.markdown(
                f"“{card.title}” has one part: its {card.embedding} numbers mean nothing by themselves. Choose another "
                "model above to look into a box with two."
            )
            return
        _pair_picker("parts")
        pair = _pair(verifier)
        if pair is None:
            st.info("Compare has no pair at the moment: draw or sample two digits there, or choose another pair.")
            return
        result = verifier.compare(pair[0], pair[1], threshold=choices.threshold(name))
        parts = parts_of(card, result.embeddings)
        shapes, roots, whole = parts.apart(0, 1)
        known = _digits(card.digits)
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("1. What shape is it?")
            live_chart(
                how_charts.shapes(parts.shape[0], parts.shape[1], projector.palette()),
                key="chart-shapes",
                alt=f"The numbers of both shapes, and their difference: {shapes:.3f} apart",
                on_point=lambda _: None,
                toolbar=False,
            )
            st.markdown(
                f"{parts.shape.shape[1]} numbers for the strokes and where they lie. "
                f"{_learned(card.raw['recipe'])} How one shape varies from hand to hand was measured on all of them; "
                f"the more a direction varies so, the less it counts. These shapes are **{shapes:.3f}** apart."
            )
        with right:
            st.subheader(f"2. Is it a {known.replace(', ', ', a ')}, or none of these?")
            shown = parts.shares
            live_chart(
                how_charts.shares(shown[0], shown[1], card.digits, projector.palette()),
                key="chart-shares",
                alt="; ".join(
                    f"{side}: {_likeliest(shares, card.digits)}" for side, shares in zip(("left", "right"), shown)
                ),
                on_point=lambda _: None,
                toolbar=False,
            )
            st.markdown(
                "Six detectors, one for each digit that it learned from; what none of them claims goes to *none*. Two "
                "images of one known digit agree here, those of two known digits do not; about two digits that it "
                f"never met this says little, and the shape decides. These answers are **{roots:.3f}** apart."
            )
        weight = f"{parts.weight:g}² · " if parts.weight != 1 else ""
        total = f"{1 + parts.weight**2:g}"
        st.html(
            '<p class="legend truth" data-testid="one-distance">The distance is the mean of both, squared and rooted: '
            f"√(({shapes:.3f}² + {weight}{roots:.3f}²) / {total}) = <b>{whole:.3f}</b>, "
            f"{'within' if result.is_same else 'beyond'} the threshold of {result.threshold:.3f}: "
            f"{'same' if result.is_same else 'different'}.</p>"
        )


def _likeliest(shares: np.ndarray, digits) -> str:
    """The largest share, in words."""
    name = [*map(str, digits), "none"][int(shares.argmax())]
    return f"{name} {shares.max():.0%}"


def _learned(recipe: dict) -> str:
    """What the shapes were learned from, from the card."""
    kinds = {
        "glyphs": "pen strokes made up by rules",
        "fragments": "shapes joined from pieces of the digits' own lines",
    }
    kind = kinds.get(recipe.get("synthetic", ""))
    if not kind or not recipe.get("classes"):
        return "It learned to tell the digits apart."
    return (
        f"It learned to tell apart the digits and {recipe['classes']:,} **synthetic classes**, {kind}, without those "
        "that resemble an unseen digit."
    )


def _steps(size: int, parameters: int) -> list[str]:
    return [
        "Each image is cut out, centred and reduced to 28 × 28 pixels.",
        f"The encoder, a network with {parameters:,} weights (numbers that training sets), takes each image by itself.",
        f"It turns each into {size} numbers, its embedding: a point in a space of {size} dimensions.",
        "The distance between the two points says how unlike the images are: 0 is no difference.",
        "Up to the threshold the verdict is *same*; beyond it, *different*.",
    ]


def _loss() -> None:
    with st.container(border=True):
        st.header("How it learns: pull together, push apart")
        words, figure = st.columns([2, 3], gap="large")
        name = choices.model_name(trained=False)
        verifier = resources.verifier(name)
        with words:
            st.markdown(
                "Training shows the network pairs and makes a number small, the **loss**.\n"
                "- A **same** pair costs its squared distance, $d^2$: it is *pulled together*.\n"
                "- A **different** pair costs only while it is nearer than the **margin** $m$, and then "
                "$(m-d)^2$: it is *pushed apart*, then left alone.\n\n"
                "Move the margin: how many different pairs are still pushed?"
            )
        with figure:
            _pair_picker("loss")
            margin = st.slider(
                "Margin",
                min_value=0.2,
                max_value=2.0,
                step=0.05,
                help="How far apart different pairs must be before training leaves them alone.",
                **widgets.bind_field("how.margin", current(), "margin"),
            )
            pair = _pair(verifier)
            measured = None if pair is None else verifier.compare(pair[0], pair[1]).distance
            # Updated in place: no flicker while the margin moves.
            live_chart(
                how_charts.contrastive(margin, 2.0, measured, None if pair is None else pair[2], projector.palette()),
                key="chart-contrastive",
                alt=f"Contrastive loss against distance with a margin of {margin:.2f}",
                on_point=lambda _: None,
            )
            st.html(_cost(margin, measured, pair))
        st.caption(_losses())


def _cost(margin: float, distance: float | None, pair: tuple | None) -> str:
    """What the pair costs, in words."""
    if distance is None or pair is None:
        return '<p class="legend truth" data-testid="cost">Compare has no pair to place on the curves.</p>'
    same, different = (float(term) for term in how_charts.contrastive_terms(distance, margin))
    pushed = f"is still pushed (loss {different:.3f})" if different > 0 else "is far enough apart: no push"
    parts = {
        True: f"as a same pair it is pulled together (loss {same:.3f})",
        False: f"as a different pair it {pushed}",
    }
    said = parts[pair[2]] if pair[2] is not None else f"{parts[True]}; {parts[False]}"
    return f'<p class="legend truth" data-testid="cost">This pair is <b>{distance:.3f}</b> apart: {said}.</p>'


def _losses() -> str:
    """Which models were trained with this loss, from their cards."""
    with_margin = {
        resources.verifier(name).card.title: recipe["margin"]
        for name in resources.models()
        if "margin" in (recipe := resources.verifier(name).card.raw["recipe"])
    }
    others = [
        resources.verifier(name).card.title
        for name in resources.models()
        if resources.verifier(name).card.title not in with_margin
    ]
    said = [
        f"“{title}” was trained with this loss and a margin of {margin:g}." for title, margin in with_margin.items()
    ]
    if others:
        said.append(
            f"{' and '.join(f'“{title}”' for title in others)}: trained with its successor, which looks at a "
            "handful of images at once, a batch, and compares each with all others (Khosla et al. 2020); the idea of "
            "pull and push is the same."
        )
    return " ".join(said)


def _digits(digits) -> str:
    return ", ".join(map(str, digits))


def _experiment() -> None:
    name = choices.model_name(trained=False)
    card = resources.verifier(name).card
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.header("The experiment")
        held_out = card.raw["recipe"].get("validation_fraction")
        share = f" ({held_out:.0%} of them)" if held_out else ""
        st.markdown(
            f"1. **Train** on MNIST's training file, only the digits **{_digits(SEEN_DIGITS)}**. A check refuses "
            f"to start when an image of {_digits(UNSEEN_DIGITS)} is among them.{_beside(card.raw['recipe'])}\n"
            f"2. **Fix the threshold** ({card.threshold:.3f} for this model) on pairs of *validation* images: held out "
            f"from the same file and digits{share}{_aside(card.raw['recipe'])}.\n"
            "3. **Test** on MNIST's test file, other images by other people, all pairs of them: "
            "*seen* digits, *unseen* digits, and *mixed*, all ten together.\n\n"
            "The unseen digits play no part before the test. To choose anything by them would be like reading the "
            "exam beforehand. Whoever builds several models sees figures of the test in between: the log beside the "
            "models says which had been seen, and when."
        )
    with right, st.container(border=True):
        st.header("What *unseen* means")
        try:
            st.markdown(_unseen())
        except (SiameseError, KeyError) as error:
            st.warning(f"The figures cannot be shown: {error}.")
    _paper()
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.header("What it cannot do")
        st.markdown(
            "- It compares shapes of ink; it does not know what a digit *means*, nor can it name one without an "
            "example.\n"
            "- How sure it may be was settled without unseen digits: nothing vouches for its certainty on them, nor on "
            "drawings that are no digits at all.\n"
            "- It always answers. Two scrawls have a distance, too.\n"
            "- It knows one handwriting culture: MNIST was written by American pupils and census staff; a 1 with a "
            "long stroke or a 7 with a bar is rarer there than in your class.\n"
            "- It is made for teaching. Do not verify signatures or people with it."
        )
    with right, st.container(border=True):
        st.header("Where it comes from")
        st.markdown(_REFERENCES)


def _paper() -> None:
    """How a photograph becomes an image of 28 × 28 pixels."""
    with st.container(border=True, key="from-paper"):
        st.header("From paper")
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(
                "A photograph of writing is read in four steps, none of them learned:\n\n"
                "1. **The sheet**: what lies around it is cut away, and a sheet seen from the side is laid flat.\n"
                "2. **The light**: what the paper would look like without ink is estimated from the picture itself, "
                "so that a shadow is no ink. Ink is what stands out from the paper beside it, in any colour.\n"
                "3. **The digits**: ruled lines, squares, boxes of a form, specks and stray lines at the rim are told "
                "from strokes by their shape; pieces that lie close make one digit.\n"
                "4. **The frame**: each digit is cut out and centred in 28 × 28 pixels, as MNIST's were.\n\n"
                "Where two digits touch, they are one shape to it; and a ring left by a cup looks like a 0."
            )
        with right:
            if url := _paper_url():
                st.html(
                    f'<img src="{url}" style="width:100%;border-radius:.4rem" alt="A photograph of four digits on '
                    'squared paper, its ink marked, and below it the four images that the network gets">'
                )


@st.cache_data(show_spinner=False)
def _paper_url() -> str:
    """The picture as a data URL, or "" where it is missing."""
    try:
        content = _PAPER.read_bytes()
    except OSError:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def _beside(recipe: dict) -> str:
    """What this model learned from beside the digits, from its card."""
    if not recipe.get("classes"):
        return ""
    return f" Beside them it learned from {recipe['classes']:,} synthetic classes, which are no digits."


def _aside(recipe: dict) -> str:
    """What stands for unseen digits when the threshold is fixed, from the card."""
    return (
        ", and of synthetic classes that were kept aside to stand for digits that it never met"
        if recipe.get("kept_aside")
        else ""
    )


def _unseen() -> str:
    """Why accuracy falls, with each model's committed figures."""
    rows = [f"| Model | {' | '.join(SPLITS)} |", f"|---|{'--:|' * len(SPLITS)}"]
    for name in resources.models():
        report = resources.committed(name, "report.json")["splits"]
        rows.append(
            f"| {resources.verifier(name).card.title} | "
            + " | ".join(f"{report[split]['accuracy']:.2%}" for split in SPLITS)
            + " |"
        )
    return (
        f"The network never met a **{_digits(UNSEEN_DIGITS)}**. It must compare them with what it learned from "
        f"{_digits(SEEN_DIGITS)}.\n\n" + "\n".join(rows) + "\n\nShare of pairs judged right at each model's own "
        "threshold; guessing gives 50%.\n\nWhy does it fall? Training only rewards what separates *those six*. "
        "Whatever tells a 9 from an 8 is kept only if it also tells a 4 from a 5. A network that sees **more kinds** "
        "of shapes, or the same shapes distorted, keeps more of it: compare the rows."
    )
