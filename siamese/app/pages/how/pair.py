"""The pair that all parts of the page show: one of two that a pen of our own draws, or the pair on Compare."""

from __future__ import annotations

import numpy as np
import streamlit as st

from siamese.app import widgets
from siamese.app.pages.compare import sides
from siamese.app.pages.how.choices import current
from siamese.app.pages.how.diagram import PAIRS
from siamese.imaging import pens

_DIGITS = {"same": (3, 3), "different": (3, 5)}
Pair = tuple[np.ndarray, np.ndarray, bool | None]


def chosen() -> Pair | None:
    """The chosen pair: left and right (28, 28), and whether they are the same digit (None where nobody knows).

    It is None where the pair on Compare is chosen, and is not complete.
    """
    kind = current().pair
    if kind in _DIGITS:
        return *_by_pen(kind), kind == "same"
    left, right = (sides.image(side) for side in sides.SIDES)
    if left is None or right is None:
        return None
    digits = [sides.sides()[side].digit for side in sides.SIDES]
    return left, right, None if None in digits else digits[0] == digits[1]


@st.cache_data(show_spinner=False)
def _by_pen(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    left, right = _DIGITS[kind]
    return pens.image(left, rng), pens.image(right, rng)


def picker(place: str) -> None:
    """Draws the choice of the pair in one part of the page; `place` names the part."""
    st.segmented_control(
        "Pair",
        list(PAIRS),
        format_func=PAIRS.__getitem__,
        required=True,
        **widgets.bind_field(f"how.pair.{place}", current(), "pair"),
    )


def missing() -> None:
    """Says what to do where there is no pair to show."""
    st.info("Compare has no pair at the moment: draw or sample two digits there, or choose another pair.")
