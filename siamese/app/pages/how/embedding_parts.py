"""*What is in the box*: the two parts of an embedding of the pair, and how they make one distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from siamese.app import choices, projector, resources
from siamese.app.components.plot import live_chart
from siamese.app.pages.how import pair
from siamese.app.words import decision
from siamese.charts import embedding_parts as charts
from siamese.serving.card import Card
from siamese.serving.embedding_parts import EmbeddingParts, has_two_parts, split_embeddings
from siamese.serving.verifier import Verification


def render() -> None:
    """Draws the part: what each of the two parts of the embedding says of the pair."""
    verifier = resources.verifier(choices.model_name(trained=False))
    card = verifier.card
    with st.container(border=True):
        st.header("What is in the box: two questions, one distance")
        if not has_two_parts(card):
            st.markdown(
                f"“{card.title}” has one part: its {card.embedding} numbers mean nothing by themselves. Choose another "
                "model above to look into a box with two."
            )
            return
        pair.picker("parts")
        chosen = pair.chosen()
        if chosen is None:
            pair.missing()
            return
        result = verifier.compare(chosen[0], chosen[1], threshold=choices.threshold(verifier.name))
        parts = split_embeddings(card, result.embeddings)
        left, right = st.columns(2, gap="large")
        with left:
            _shapes(card, parts)
        with right:
            _shares(card, parts)
        st.html(_sum(parts, result))


def _shapes(card: Card, parts: EmbeddingParts) -> None:
    shapes, _, _ = parts.distances(0, 1)
    st.subheader("1. What shape is it?")
    live_chart(
        charts.shapes(parts.shapes[0], parts.shapes[1], projector.palette()),
        key="chart-shapes",
        alt=f"The numbers of both shapes, and their difference: {shapes:.3f} apart",
        toolbar=False,
    )
    st.markdown(
        f"{parts.shapes.shape[1]} numbers for the strokes and where they lie. "
        f"{_learned(card.raw['recipe'])} How one shape varies from hand to hand was measured on all of them; "
        f"the more a direction varies so, the less it counts. These shapes are **{shapes:.3f}** apart."
    )


def _shares(card: Card, parts: EmbeddingParts) -> None:
    _, roots, _ = parts.distances(0, 1)
    st.subheader(f"2. Is it a {', a '.join(map(str, card.digits))}, or none of these?")
    shares = parts.class_probabilities
    live_chart(
        charts.class_probabilities(shares[0], shares[1], card.digits, projector.palette()),
        key="chart-shares",
        alt="; ".join(f"{side}: {_likeliest(each, card.digits)}" for side, each in zip(("left", "right"), shares)),
        toolbar=False,
    )
    st.markdown(
        "Six detectors, one for each digit that it learned from; what none of them claims goes to *none*. Two "
        "images of one known digit agree here, those of two known digits do not; about two digits that it "
        f"never met this says little, and the shape decides. These answers are **{roots:.3f}** apart."
    )


def _sum(parts: EmbeddingParts, result: Verification) -> str:
    """How both distances make the distance of the embeddings, as HTML."""
    shapes, roots, whole = parts.distances(0, 1)
    weight = f"{parts.weight:g}² · " if parts.weight != 1 else ""
    total = f"{1 + parts.weight**2:g}"
    found = decision(result.is_same)
    return (
        '<p class="legend finding" data-testid="one-distance">The distance is the mean of both, squared and rooted: '
        f"√(({shapes:.3f}² + {weight}{roots:.3f}²) / {total}) = <b>{whole:.3f}</b>, "
        f"{found.relation} the threshold of {result.threshold:.3f}: {found.word}.</p>"
    )


def _likeliest(shares: np.ndarray, digits: Sequence[int]) -> str:
    """The largest of the shares (digits + 1,), in words."""
    name = [*map(str, digits), "none"][int(shares.argmax())]
    return f"{name} {shares.max():.0%}"


def _learned(recipe: dict[str, Any]) -> str:
    """What the shapes were learned from, by the card's recipe."""
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
