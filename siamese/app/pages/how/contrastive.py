"""*Pull together, push apart*: the contrastive loss of the pair, with a margin that can be moved."""

from __future__ import annotations

import streamlit as st

from siamese.app import choices, projector, resources, widgets
from siamese.app.components.plot import live_chart
from siamese.app.pages.how import pair
from siamese.app.pages.how.choices import current
from siamese.charts import contrastive_loss as charts
from siamese.metrics.contrastive import contrastive_terms


def render() -> None:
    """Draws the part: the two terms of the loss, and what the pair costs."""
    with st.container(border=True):
        st.header("How it learns: pull together, push apart")
        words, figure = st.columns([2, 3], gap="large")
        with words:
            st.markdown(
                "Training shows the network pairs and makes a number small, the **loss**.\n"
                "- A **same** pair costs its squared distance, $d^2$: it is *pulled together*.\n"
                "- A **different** pair costs only while it is nearer than the **margin** $m$, and then "
                "$(m-d)^2$: it is *pushed apart*, then left alone.\n\n"
                "Move the margin: how many different pairs are still pushed?"
            )
        with figure:
            pair.picker("loss")
            _curves(_margin_slider())
        st.caption(_losses())


def _margin_slider() -> float:
    margin: float = st.slider(
        "Margin",
        min_value=0.2,
        max_value=2.0,
        step=0.05,
        help="How far apart different pairs must be before training leaves them alone.",
        **widgets.bind_field("how.margin", current(), "margin"),
    )
    return margin


def _curves(margin: float) -> None:
    """Draws the loss against the distance, with the pair on its curves where there is one."""
    verifier = resources.verifier(choices.model_name(trained=False))
    chosen = pair.chosen()
    distance = None if chosen is None else verifier.compare(chosen[0], chosen[1]).distance
    is_same = None if chosen is None else chosen[2]
    # Updated in place: no flicker while the margin moves.
    live_chart(
        charts.contrastive(margin, 2.0, distance, is_same, projector.palette()),
        key="chart-contrastive",
        alt=f"Contrastive loss against distance with a margin of {margin:.2f}",
    )
    st.html(f'<p class="legend finding" data-testid="cost">{_cost(margin, distance, is_same)}</p>')


def _cost(margin: float, distance: float | None, is_same: bool | None) -> str:
    """What the pair costs, in words; `distance` is None where there is no pair."""
    if distance is None:
        return "Compare has no pair to place on the curves."
    same, different = (float(term) for term in contrastive_terms(distance, margin))
    pushed = f"is still pushed (loss {different:.3f})" if different > 0 else "is far enough apart: no push"
    as_same = f"as a same pair it is pulled together (loss {same:.3f})"
    as_different = f"as a different pair it {pushed}"
    costs = {True: as_same, False: as_different, None: f"{as_same}; {as_different}"}
    return f"This pair is <b>{distance:.3f}</b> apart: {costs[is_same]}."


def _losses() -> str:
    """Which models were trained with this loss, by their cards."""
    sentences, others = [], []
    for card in (resources.verifier(name).card for name in resources.models()):
        if "margin" in card.raw["recipe"]:
            margin = card.raw["recipe"]["margin"]
            sentences.append(f"“{card.title}” was trained with this loss and a margin of {margin:g}.")
        else:
            others.append(f"“{card.title}”")
    if others:
        sentences.append(
            f"{' and '.join(others)}: trained with its successor, which looks at a "
            "handful of images at once, a batch, and compares each with all others (Khosla et al. 2020); the idea of "
            "pull and push is the same."
        )
    return " ".join(sentences)
