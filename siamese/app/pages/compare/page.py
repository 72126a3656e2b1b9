"""The page *Compare*: two digits in, distance and verdict out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from siamese.app import address, choices, page_frame, resources, samples, session, verdict, widgets
from siamese.app.pages.compare import fragments, guess, history_strip, nearest_digit, scale, side_view, sides, turn, why
from siamese.app.pages.compare.address import ADDRESS
from siamese.app.words import DIFFERENT, QUESTION, SAME
from siamese.data.pairs import PAIR_KINDS
from siamese.live.settings import digits_in_words
from siamese.serving.verifier import Verification, Verifier

KIND_WORDS = {"any": "any", SAME.word: SAME.digits, DIFFERENT.word: DIFFERENT.digits}


def render() -> None:
    """Draws the page."""
    if page_frame.start("compare"):
        sides.restart_canvases()
    st.title(QUESTION)
    nearest_digit.follow()
    _panel()
    nearest_digit.prepare()


@st.fragment(key=fragments.PANEL)
def _panel() -> None:
    """The whole page: a choice reruns this."""
    verifier = resources.verifier(choices.model_name())
    with st.container(key="compare-intro"):
        st.markdown(
            "Draw, photograph or sample two digits: a Siamese network says whether they are the same. "
            f"{_learned(verifier.card.splits)}"
        )
    _controls()
    with st.container(key="stage"):
        for name in sides.SIDES:
            with st.container(key=f"{name}-head"):
                side_view.mode_picker(name)
        _pair()
        for name in sides.SIDES:
            with st.container(key=f"{name}-below"):
                side_view.below(name)
        with st.container(key="choices", gap="small"):
            widgets.threshold_slider("compare", verifier.name)
            st.caption(verdict.trust(resources.committed(verifier.name, "report.json")["splits"]))
    with st.container(key="notice"):  # always there, so that what stands below keeps its place in the page
        if notice := samples.sample_digits().notice:
            st.caption(notice)
    why.render()
    turn.render()
    history_strip.render()


@st.fragment(key=fragments.PAIR)
def _pair() -> None:
    """Everything that a stroke changes: a stroke reruns this, and nothing else.

    Each element costs a message and its handling, so there are few: two sheets, and two pieces of HTML.
    """
    verifier = resources.verifier(choices.model_name())
    hidden = guess.hides()
    images, missing = [], []
    for name in sides.SIDES:
        image, problem = side_view.render(name, secret=hidden)
        images.append(image)
        missing.append(problem)
    result = _answer(verifier, images, missing, hidden)
    saw = [result.left, result.right] if result else [_normalised(verifier, image) for image in images]
    marks = side_view.steps_mark() + address.mark(ADDRESS)
    st.html(verdict.saw(saw, verifier.card.normalisation, sides.with_stray_line()) + marks)
    why.set_pair(verifier, result, hidden)
    turn.set_pair(verifier, images, choices.threshold(verifier.name), hidden)
    if result is not None and not hidden:
        history_strip.record(verifier, result)


def _normalised(verifier: Verifier, image: np.ndarray | None) -> np.ndarray | None:
    return None if image is None else verifier.normalise(image[None])[0]


def _learned(splits: dict[str, tuple[int, ...]]) -> str:
    """What the network learned from, and what it never met."""
    *others, last = map(str, splits["unseen"])
    seen = digits_in_words(splits["seen"]).replace("–", " to ")
    return f"It learned from the digits {seen} only and has never met a {', '.join(others)} or {last}."


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="controls"):
        st.button("Draw both", icon=":material/draw:", type="primary", on_click=sides.draw_both, key="draw-both")
        st.button("Sample a pair", icon=":material/casino:", on_click=guess.sample, key="sample-pair")
        with st.popover("Settings", icon=":material/tune:", key="settings"):
            widgets.split_picker("compare", persist=sides.choose_split)
            if not choices.guess_first():  # a chosen kind would give the answer away
                _kind_picker()
            widgets.model_picker("compare", persist=sides.use_model)
            guess.switch()
        address.bar(ADDRESS, "compare", marked=True)


def _kind_picker() -> None:
    st.segmented_control(
        "Pair",
        PAIR_KINDS,
        format_func=KIND_WORDS.__getitem__,
        required=True,
        **widgets.bind("compare.kind", choices.pair_kind(), sides.choose_pair_kind),
    )


def _answer(
    verifier: Verifier, images: list[np.ndarray | None], missing: list[str], hidden: bool
) -> Verification | None:
    """Draws the verdict and what belongs to it; the result, which `hidden` keeps from the screen."""
    name, split = verifier.name, choices.split()
    limit = choices.threshold(name)
    first, second = images
    result = None if first is None or second is None else verifier.compare(first, second, threshold=limit)
    shown = None if hidden else result
    below = _below(verifier, shown)
    axis = _axis(verifier, split)
    below += scale.scale(shown, limit, axis.hills, axis.maximum, split)
    if shown:
        banner = verdict.verdict(shown)
    elif result:
        banner = verdict.prompt(guess.ASK, "?")
    else:
        banner = verdict.prompt(_what_is_missing(missing))
    if not choices.guess_first():
        st.html(f'<div class="answer">{banner}{below}</div>')
        return result
    with st.container(key="answer", gap="small"):
        with st.container(key="banner", gap="small"):
            if guess.ended():
                guess.summary()
            else:
                st.html(banner)
                guess.render(result, verifier.card.title)
        st.html(f'<div class="answer">{below}</div>')
    return result


@dataclass
class _Axis:
    """The axis of distances below a verdict, held by the session: no stroke asks the caches for it.

    Attributes:
        verifier, split: what it belongs to.
        hills: how the distances of the split's pairs are spread, as HTML.
        maximum: where it ends.
    """

    verifier: Verifier | None = None
    split: str = ""
    hills: str = ""
    maximum: float = 0.0


def _axis(verifier: Verifier, split: str) -> _Axis:
    held = session.of(_Axis)
    if held.verifier is not verifier or held.split != split:
        card, maximum = verifier.card, resources.axis_maximum(verifier.name)
        held.hills = _cached_hills(resources.content(card), card.splits[split], maximum, _model=(verifier.name, split))
        held.verifier, held.split, held.maximum = verifier, split, maximum
    return held


@st.cache_resource(show_spinner=False, max_entries=24)
def _cached_hills(content: str, digits: tuple[int, ...], axis_maximum: float, _model: tuple[str, str]) -> str:
    return scale.hills(*resources.densities(*_model), axis_maximum)


def _below(verifier: Verifier, shown: Verification | None) -> str:
    """The line below a verdict: whether it is right, for two samples; else what the drawings look like."""
    left, right = sides.sides().values()
    if shown and left.digit is not None and right.digit is not None:
        return verdict.correctness(left.digit, right.digit, shown.is_same)
    return nearest_digit.line(verifier, shown)


def _what_is_missing(missing: list[str]) -> str:
    """What to do for a verdict, from what is missing on each side."""
    if missing == [f"Draw a digit on the {name}." for name in sides.SIDES]:
        return "Draw a digit on each side."
    return " ".join(filter(None, missing))
