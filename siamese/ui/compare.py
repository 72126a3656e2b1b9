"""The page *Compare*: two digits in, distance and verdict out."""

from __future__ import annotations

import streamlit as st

from siamese.data import PAIR_KINDS
from siamese.live_settings import digits_in_words
from siamese.ui import address, guess, journey, likeness, resources, scale, sides, state, verdict, why
from siamese.verifier import Verification, Verifier

KIND_WORDS = {"any": "any", "same": "same digit", "different": "different digits"}


def page() -> None:
    """Draws the page."""
    state.page_style()
    if state.entered("compare"):
        sides.restart_canvases()
    st.title("Same digit, or different?")
    likeness.follow()
    _panel()
    likeness.prepare()


def show() -> None:
    """Goes to this page. Streamlit knows it by the address that app.py gives it: the empty one."""
    st.switch_page(st.Page(page, title="Compare", url_path="", default=True))


@st.fragment
def _panel() -> None:
    """Everything that a stroke changes: a stroke reruns this, and nothing else."""
    verifier = resources.verifier(state.model_name())
    st.markdown(
        "Draw two digits, or sample a pair: a Siamese network says whether they are the same. "
        f"{_learned(verifier.card.splits)}"
    )
    _controls()
    hidden = guess.hides()
    images, missing = [], []
    with st.container(horizontal=True, gap="medium", key="stage"):
        for name in sides.SIDES:
            with st.container(width=sides.SQUARE, gap="small", key=f"{name}-side"):
                image, problem = sides.show(name, secret=hidden)
                small = None if image is None else verifier.normalise(image[None])[0]
                st.html(verdict.seen(small, name, verifier.card.normalisation))
            images.append(image)
            missing.append(problem)
        with st.container(gap="small", key="answer"):
            result = _answer(verifier, images, missing, hidden)
    if notice := resources.sample_digits().notice:
        st.caption(notice)
    if result is not None and not hidden:
        journey.note(verifier, images, result)
    explained = st.container()
    journey.part()
    with explained:  # last, because it takes longest: the verdict is on its way by now
        why.part(verifier, result, hidden)


def _learned(splits: dict[str, tuple[int, ...]]) -> str:
    """What the network learned from, and what it never met."""
    *others, last = map(str, splits["unseen"])
    seen = digits_in_words(splits["seen"]).replace("–", " to ")
    return f"It learned from the digits {seen} only and has never met a {', '.join(others)} or {last}."


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        st.button("Draw both", icon=":material/draw:", on_click=sides.draw_both, key="draw-both")
        st.button("Sample a pair", icon=":material/casino:", type="primary", on_click=guess.sample, key="sample-pair")
        state.split_picker("compare")
        if not state.guess_first():  # a chosen kind would give the answer away
            _kind_picker()
        guess.switch()
        address.bar("compare", address.pair)


def _kind_picker() -> None:
    state.offer("compare.kind", state.pair_kind())
    st.segmented_control(
        "Pair",
        PAIR_KINDS,
        format_func=KIND_WORDS.__getitem__,
        key="compare.kind",
        on_change=state.keep,
        args=("kind", "compare.kind"),
        required=True,
    )


def _answer(verifier: Verifier, images: list, missing: list[str], hidden: bool) -> Verification | None:
    """Draws the verdict and what belongs to it; the result, which `hidden` keeps from the screen."""
    name, split = verifier.name, state.split()
    limit = state.threshold(name)
    first, second = images
    result = None if first is None or second is None else verifier.compare(first, second, threshold=limit)
    left, right = sides.sides().values()
    shown = None if hidden else result
    with st.container(key="banner", gap="small"):
        if guess.ended():
            guess.summary()
        elif shown:
            st.html(verdict.verdict(shown))
        elif state.guess_first():
            st.html(guess.prompt(_asked(missing), result is not None))
        else:
            st.html(verdict.prompt(_asked(missing)))
        if state.guess_first() and not guess.ended():
            guess.part(result, verifier.card.title)
    said = likeness.line(verifier, shown)
    if shown and left.digit is not None and right.digit is not None and left.mode == right.mode == "sample":
        said = verdict.truth(left.digit, right.digit, shown.is_same)
    st.html(said + scale.scale(shown, limit, *resources.densities(name, split), resources.reach(name), split))
    state.threshold_slider("compare", name)
    state.model_picker("compare")
    st.caption(verdict.trust(resources.committed(name, "report.json")["splits"]))
    return result


def _asked(missing: list[str]) -> str:
    if missing == [f"Draw a digit on the {name}." for name in sides.SIDES]:
        return "Draw a digit on each side."
    return " ".join(filter(None, missing))
