"""*The experiment*: what the network was trained on, how it is tested, and what *unseen* means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from siamese.app import choices, resources
from siamese.data.splits import SEEN_DIGITS, SPLITS, UNSEEN_DIGITS
from siamese.errors import SiameseError


def render() -> None:
    """Draws the part, with the committed figures of every model."""
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


def _digits(digits: Sequence[int]) -> str:
    return ", ".join(map(str, digits))


def _beside(recipe: dict[str, Any]) -> str:
    """What this model learned from beside the digits, by its recipe."""
    if not recipe.get("classes"):
        return ""
    return f" Beside them it learned from {recipe['classes']:,} synthetic classes, which are no digits."


def _aside(recipe: dict[str, Any]) -> str:
    """What stands for unseen digits when the threshold is fixed, by the recipe."""
    return (
        ", and of synthetic classes that were kept aside to stand for digits that it never met"
        if recipe.get("kept_aside")
        else ""
    )


def _unseen() -> str:
    """Why accuracy falls on unseen digits, with each model's committed figures."""
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
