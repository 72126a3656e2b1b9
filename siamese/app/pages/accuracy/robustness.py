"""*Robustness*: accuracy of pairs of which one image is turned, scaled, shifted and so on by a growing amount."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from siamese.app import resources, samples, terms, widgets
from siamese.app.pages.accuracy.choices import current
from siamese.app.pages.accuracy.selection import Selection, plot
from siamese.app.view_words import WORDS, axis_title, in_words
from siamese.charts.robustness import accuracy_by_change
from siamese.errors import SiameseError
from siamese.evaluation.robustness import BEARABLE, Change, Robustness
from siamese.imaging.data_urls import png_url
from siamese.imaging.normalisation import Normalisation
from siamese.imaging.views import IDENTITY, RANGES, canvas


def render(chosen: Selection) -> None:
    """Draws the part; what is wrong with the committed file, in a sentence."""
    with st.container(border=True):
        st.header("Robustness: seen from elsewhere", anchor="robustness", help=terms.INTERVAL)
        try:
            found = resources.robustness(chosen.model)
        except SiameseError as error:
            st.warning(f"These figures cannot be shown: {error}.", icon=":material/warning:")
            return
        if found is None:
            st.markdown("It was not measured for this model.")
            return
        name = _picker(found)
        change = found.changes[name]
        plot(
            accuracy_by_change(change, axis_title(name), RANGES[name].identity, lowest(found), chosen.colours),
            "robustness",
            f"Accuracy of pairs of which one image is {WORDS[name].change}, by how much",
        )
        st.html(examples(name, change))
        st.markdown(sentence(found, resources.verifier(chosen.model).card.normalisation))
        st.caption(caption(found, change))


def _picker(found: Robustness) -> str:
    """Draws the choice of the change; its name."""
    names, now = list(found.changes), current()
    if now.change not in names:
        now.change = names[0]
    st.segmented_control(
        "One image of each pair is",
        names,
        format_func=lambda name: WORDS[name].change,
        required=True,
        **widgets.bind_field("accuracy.change", now, "change"),
    )
    return now.change


def lowest(found: Robustness) -> float:
    """Where the axis of accuracy begins: a little below the least of all changes, so that they can be compared."""
    least = min(float(figures[:, 1].min()) for change in found.changes.values() for figures in change.splits.values())
    return float(np.floor(min(least, 0.49) * 20) / 20)


def examples(name: str, change: Change) -> str:
    """A digit of our own pen seen at each amount, as HTML; no image of MNIST."""
    six = samples.digits_of("pens").image(samples.SIX)
    figures = "".join(
        f'<figure><img alt="" src="{png_url(canvas(six, IDENTITY.at(name, float(amount))))}">'
        f"<figcaption>{html.escape(in_words(name, float(amount)).removesuffix(' of its side'))}</figcaption></figure>"
        for amount in change.amounts
    )
    spoken = html.escape(f"A digit of our own pen, {WORDS[name].change} by each amount of the chart")
    return f'<div class="robust" role="img" aria-label="{spoken}" data-testid="robust-examples">{figures}</div>'


def sentence(found: Robustness, normalisation: Normalisation) -> str:
    """Which changes are taken away, which are borne and which are not, with the accuracy that they cost at most."""
    evened_out = normalisation != Normalisation()
    beginnings = (
        f"**Taken away** by framing{' and evening out' if evened_out else ''}, before the network sees it:",
        "**Learned to bear**:",
        "**Cannot bear**:",
    )
    groups = found.by_cause(normalisation)
    texts = [
        f"{beginning} {', '.join(_with_loss(name, found.changes[name]) for name in names)}."
        for beginning, names in zip(beginnings, groups)
        if names
    ]
    return " ".join(texts)


def _with_loss(name: str, change: Change) -> str:
    identity = RANGES[name].identity
    lost = f"{100 * max(change.lost('mixed', identity), 0):.1f}"
    low, high = change.borne("mixed", identity)
    if low == change.amounts[0] and high == change.amounts[-1]:
        return f"{WORDS[name].change} ({lost})"
    last = in_words(name, high).removeprefix("+")
    amounts = f"up to {last}" if low == identity else f"from {in_words(name, low)} to {last}"
    return f"{WORDS[name].change} ({lost}; less than {100 * BEARABLE:.0f} {amounts})"


def caption(found: Robustness, change: Change) -> str:
    """What was measured, on how many pairs; and how many images were left out."""
    least = int(change.kept.min())
    left_out = found.images - least
    return (
        f"All pairs of a changed and another, unchanged one of the first {found.images:,} test images, "
        f"{found.pairs:,} pairs, at the model's own threshold of {found.threshold:.3f}; the changed image is framed "
        "anew, as a drawing is. In brackets: the points of accuracy on mixed pairs that the change costs at most. "
        "Dotted: nothing changed, and guessing."
        + (f" Where nothing is left of a digit it is left out: {left_out:,} images at most." if left_out else "")
    )
