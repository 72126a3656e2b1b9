"""The page *Accuracy*: every figure of every model, exact, for any set of digits and any threshold."""

from __future__ import annotations

from functools import partial

import streamlit as st

from siamese.app import address, choices, page_frame, projector, resources, widgets
from siamese.app.pages.accuracy import (
    by_threshold,
    certainty,
    digit_by_digit,
    distances,
    epochs,
    ladder,
    one_shot,
    people,
    robustness,
    table,
)
from siamese.app.pages.accuracy.choices import ADDRESS, current
from siamese.app.pages.accuracy.selection import Selection
from siamese.data.splits import ALL_DIGITS, SPLITS
from siamese.errors import SiameseError
from siamese.metrics import rates

_FURTHER_DOWN = {
    "all figures": "all-figures",
    "per epoch": "epochs",
    "distances": "distances",
    "two kinds of error": "roc",
    "digit by digit": "digits",
    "hardest pairs": "hardest",
    "one-shot": "one-shot",
    "certainty": "certainty",
    "robustness": "robustness",
    "people's drawings": "people",
    "idea by idea": "ladder",
}


def render() -> None:
    """Draws the page."""
    page_frame.start("accuracy")
    st.title("How accurate is it?")
    st.markdown(
        "Every pair of MNIST's 10,000 test images was compared: some fifty million. "
        "**Seen** pairs are of the digits 2 to 7 that the network learned from; **unseen** pairs of 0, 1, 8 and 9, "
        "which it never met; **mixed** pairs of all ten. Half of the pairs count as same, half as different, "
        "so guessing gives 50%."
    )
    st.markdown("Further down: " + " · ".join(f"[{title}](#{anchor})" for title, anchor in _FURTHER_DOWN.items()))
    _panel()


@st.fragment
def _panel() -> None:
    try:
        _figures()
    except SiameseError as error:
        st.error(f"These figures cannot be shown: {error}.", icon=":material/error:")


def _figures() -> None:
    chosen = _selection()
    by_threshold.render(chosen)
    table.render(chosen)
    epochs.render(chosen)
    distances.render(chosen)
    digit_by_digit.render(chosen.model)
    one_shot.render(chosen.colours)
    certainty.render(chosen)
    robustness.render(chosen)
    people.render()
    ladder.render(chosen.colours)


def _selection() -> Selection:
    """Draws the controls; what is chosen by them."""
    name, own, others = _controls()
    splits = {**SPLITS, **({"own": own} if own else {})}
    histograms = resources.histograms(name)
    return Selection(
        model=name,
        others=others,
        splits=splits,
        titles={"own": f"own: {', '.join(map(str, own))}"} if own else {},
        histograms=histograms,
        curves={split: rates.pair_curves(histograms, digits) for split, digits in splits.items()},
        threshold=choices.threshold(name),
        colours=projector.palette(),
    )


def _controls() -> tuple[str, tuple[int, ...], list[str]]:
    """The model, the person's own split (empty when fewer than two digits), and models to overlay."""
    first, second, third = st.columns([3, 2, 4], vertical_alignment="bottom")
    with first:
        name = widgets.model_picker("accuracy", trained=False)
        if choices.model_name() != name:
            st.caption("Your own network was not measured on the whole test file; here is another one.")
    others = [other for other in resources.models() if other != name]
    now = current()
    overlay = [other for other in (others if now.overlay is None else now.overlay) if other in others]
    if others:
        second.pills(
            "Show beside it",
            others,
            selection_mode="multi",
            help="Other models to show beside the chosen one in *Accuracy per epoch* and *Two kinds of error*.",
            **widgets.bind("accuracy.overlay", overlay, partial(setattr, now, "overlay")),
        )
    third.pills(
        "A split of your own: choose two digits or more",
        ALL_DIGITS,
        selection_mode="multi",
        **widgets.bind_field("accuracy.own", now, "split"),
    )
    address.bar(ADDRESS)
    split = tuple(sorted(now.split))
    return name, split if len(split) > 1 else (), overlay
