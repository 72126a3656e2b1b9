"""*Digit by digit* on the page Accuracy: the heat map, and the pairs that the network gets most wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from siamese.app import address, choices, page_frame, projector, resources, samples, style, widgets
from siamese.app.components import into_view
from siamese.app.components.plot import live_chart
from siamese.app.pages.accuracy.choices import ADDRESS, ANY, DIGITS, SIDES, choose, chosen_digit, chosen_pair, current
from siamese.app.pages.compare import sides
from siamese.app.verdict import picture
from siamese.app.words import DIFFERENT, SAME
from siamese.charts import heat_map
from siamese.data.splits import SPLITS, UNSEEN_DIGITS
from siamese.errors import InvalidArtefact
from siamese.evaluation import hardest_pairs
from siamese.evaluation.hardest_pairs import HardPair
from siamese.metrics import rates


@st.fragment
def render(name: str) -> None:
    """Draws the heat map and the gallery of model `name`: a click on a cell reruns this, and nothing else."""
    st.html(style.element("accuracy"))
    table = rates.called_same(resources.histograms(name), choices.threshold(name))
    with st.container(border=True):
        st.header("Digit by digit", anchor="digits")
        heat, words = st.columns([3, 2], gap="medium")
        with heat, st.container(key="chart-digits"):
            figure = heat_map.digit_by_digit(table, UNSEEN_DIGITS, projector.palette(), chosen_pair())
            live_chart(
                figure.update_layout(height=None),
                key="accuracy.digits",
                alt="How often each pair of digits is called same. The choice of digits below does what a click does.",
                on_point=_cell_clicked,
                toolbar=False,
            )
        with words:
            st.markdown(_worst(table))
    with st.container(border=True, key="hardest"):
        st.header("Hardest pairs", anchor="hardest")
        _gallery(name)
    # A cell's pairs lie below the fold.
    now = current()
    into_view.show("hardest.into-view", ".st-key-hardest", str(now.clicks or ""), block="start", motion="smooth")
    if now.arrives:
        now.arrives = False
        into_view.show_when_settled("hardest.arrival", ".st-key-chart-digits")
    address.bar(ADDRESS, "hardest", button=False)


def _cell_clicked(cell: int) -> None:
    """Show the pairs of a cell of the heat map, counted row by row, and bring them into view."""
    if 0 <= cell < 100:
        current().clicks += 1
        choose(str(cell // 10), str(cell % 10))


def _gallery(name: str) -> None:
    st.markdown(
        "The pairs of MNIST's test file that this network gets most wrong. **Click a cell above** to see the pairs of "
        "these two digits, or choose them here."
    )
    left, right = _controls()
    card = resources.verifier(name).card
    if not hardest_pairs.has_hardest(card):
        st.info(
            "This model was made before hardest pairs were kept, so they are not available for it. "
            f"`python -m siamese evaluate {name} --write` adds them.",
            icon=":material/info:",
        )
        return
    try:
        found = resources.hardest_pairs(name)
    except InvalidArtefact as error:
        st.warning(f"The hardest pairs cannot be shown: {error}.", icon=":material/warning:")
        return
    has_pictures = samples.sample_digits().source == "mnist"
    if not has_pictures:
        st.info(
            "The pictures are MNIST's, which is not on this machine. So here are the pairs by their numbers in its "
            "test file (the first image is 0).",
            icon=":material/image_not_supported:",
        )
    for same, title in ((True, f"{SAME.title}, yet far apart"), (False, f"{DIFFERENT.title}, yet close")):
        if pairs := found.pairs(left, right, same):
            st.markdown(f"**{title}**, hardest first")
            if has_pictures:
                _pictures(pairs, choices.threshold(name))
            else:
                with st.expander("Their numbers", expanded=chosen_pair() is not None):
                    _numbers(pairs, choices.threshold(name))
    st.caption(
        f"Of each pair of digits the {hardest_pairs.COUNT} hardest are kept, and each image is taken only once for "
        "it, or one odd image would fill the list. ✗: the network is wrong at the threshold in use; ✓: it is right "
        "even here."
    )


def _controls() -> tuple[Sequence[int], Sequence[int]]:
    """Draws the choice of the pairs; the digits that one image and the other may show."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="hardest-controls"):
        split = widgets.split_picker("hardest", trained=False)
        for which in SIDES:
            with st.container(width=130):
                st.selectbox(
                    f"{which.capitalize()} digit",
                    DIGITS,
                    **widgets.bind(f"hardest.{which}", chosen_digit(which), partial(setattr, current(), which)),
                )
        st.button(
            "Any digits",
            icon=":material/close:",
            type="tertiary",
            key="hardest.any",
            disabled=chosen_digit("first") == chosen_digit("second") == ANY,
            on_click=choose,
            args=(ANY, ANY),
        )
    left, right = (SPLITS[split] if chosen == ANY else (int(chosen),) for chosen in map(chosen_digit, SIDES))
    return left, right


def _pictures(pairs: list[HardPair], threshold: float) -> None:
    """Each pair as two pictures, with a button that takes it to Compare."""
    images = samples.sample_digits().images
    with st.container(key="hard-pairs-same" if pairs[0].is_same else "hard-pairs-different"):
        for pair in pairs:
            key = f"{pair.left}-{pair.right}"
            with st.container(key=f"hard-one-{key}"):
                shown = "".join(
                    picture(images[index], f"A handwritten {digit}, MNIST test image {index}")
                    for index, digit in ((pair.left, pair.left_digit), (pair.right, pair.right_digit))
                )
                st.html(
                    f'<figure class="hard" data-testid="hard-pair"><div>{shown}</div><figcaption>'
                    f"<b>{_mark(pair, threshold)} {pair.left_digit} and {pair.right_digit}</b>, {pair.distance:.3f}<br>"
                    f"<span>images {pair.left}, {pair.right}</span></figcaption></figure>"
                )
                if st.button(
                    "Compare",
                    key=f"hardest.show.{key}",
                    help=f"Take the images {pair.left} and {pair.right} to the page Compare. Drawings are kept there.",
                    width="stretch",
                ):
                    _show_on_compare(pair)


def _show_on_compare(pair: HardPair) -> None:
    sides.put_sample("left", pair.left)
    sides.put_sample("right", pair.right)
    page_frame.go_to("")


def _numbers(pairs: list[HardPair], threshold: float) -> None:
    """The pairs as a table."""
    rows = ["| Right? | Digits | Test images | Distance |", "|:-:|:-:|:-:|--:|"]
    rows += [
        f"| {_mark(pair, threshold)} | {pair.left_digit} and {pair.right_digit} | {pair.left} and {pair.right} "
        f"| {pair.distance:.3f} |"
        for pair in pairs
    ]
    st.markdown("\n".join(rows))


def _mark(pair: HardPair, threshold: float) -> str:
    """Whether the verdict at the threshold is right."""
    return "✓" if (pair.distance <= threshold) == pair.is_same else "✗"


def _worst(called_same: np.ndarray) -> str:
    """The pairs of digits that are most often wrong, of shares (10, 10), in words."""
    different = sorted(((called_same[a, b], a, b) for a in range(10) for b in range(a)), reverse=True)[:4]
    same = sorted((called_same[a, a], a) for a in range(10))[:3]
    lines = [
        "How many of a hundred pairs are called same. On the diagonal (blue) that is right: a perfect network has 100 "
        "there. Elsewhere (magenta) it is wrong: the perfect one has 0. Digits with a star were never trained on.",
        "",
    ]
    lines += ["**Most often taken for each other**"]
    lines += [f"- {b} and {a}: called same {share:.1%} of the time" for share, a, b in different]
    lines += ["", "**Hardest to recognise as the same**"]
    lines += [f"- two {a}s: called same only {share:.1%} of the time" for share, a in same]
    return "\n".join(lines)
