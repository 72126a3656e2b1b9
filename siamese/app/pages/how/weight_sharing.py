"""*One network, used twice*: the picture of weight sharing, which is shown step by step."""

from __future__ import annotations

import numpy as np
import streamlit as st

from siamese.app import choices, projector, resources, widgets
from siamese.app.pages.how import diagram, pair
from siamese.app.pages.how.choices import current
from siamese.serving.verifier import Verifier


def render() -> None:
    """Draws the part, with the choice of the pair and of the model."""
    with st.container(border=True):
        st.header("One network, used twice")
        words, figure = st.columns([2, 3], gap="large")
        with figure:
            pair.picker("sharing")
            step = _step_slider()
        with words:
            verifier = resources.verifier(widgets.model_picker("how"))
            _explain(verifier, step)
        with figure:
            _diagram(verifier, step)


def _step_slider() -> int:
    step: int = st.select_slider(
        "Step by step",
        range(1, len(diagram.STEPS) + 1),
        format_func=lambda place: f"{place}. {diagram.STEPS[place - 1]}",
        **widgets.bind_field("how.step", current(), "step"),
    )
    return step


def _explain(verifier: Verifier, step: int) -> None:
    """Draws the steps as a list, the one at hand in bold."""
    steps = _steps(verifier.card.embedding, verifier.card.raw["parameters"])
    st.markdown(
        "\n".join(
            f"{place}. **{text}**" if place == step else f"{place}. {text}" for place, text in enumerate(steps, 1)
        )
    )
    st.caption(
        "*Siamese* like twins: there are not two encoders but one, used twice. So the order of the two images "
        "cannot matter, and whatever it learns from the left image it knows for the right one."
    )


def _steps(size: int, parameters: int) -> list[str]:
    return [
        "Each image is cut out, centred and reduced to 28 × 28 pixels.",
        f"The encoder, a network with {parameters:,} weights (numbers that training sets), takes each image by itself.",
        f"It turns each into {size} numbers, its embedding: a point in a space of {size} dimensions.",
        "The distance between the two points says how unlike the images are: 0 is no difference.",
        "Up to the threshold the verdict is *same*; beyond it, *different*.",
    ]


def _diagram(verifier: Verifier, step: int) -> None:
    chosen = pair.chosen()
    if chosen is None:
        pair.missing()
        return
    left, right, _ = chosen
    result = verifier.compare(left, right, threshold=choices.threshold(verifier.name))
    embeddings = verifier.embed(np.stack([left, right]))
    st.html(diagram.diagram(result, embeddings, step, projector.palette()))
    st.caption(
        f"The strips are the real embeddings of “{verifier.card.title}”: blue above zero, orange below, "
        "stronger is larger; neighbouring numbers are averaged so that they fit. The distance uses all of them."
    )
