"""The page *Compare*: two digits in, distance and verdict out."""

from __future__ import annotations

import streamlit as st

from siamese.data import PAIR_KINDS, SPLITS
from siamese.metrics import distance_densities
from siamese.ui import resources, sides, state, verdict

KIND_WORDS = {"any": "Any", "same": "Same digit", "different": "Different"}

_STYLE = """<style>
.st-key-left-canvas, .st-key-right-canvas {touch-action:none; width:fit-content}
@media (max-width: 640px) {
  .st-key-sides label[data-testid="stWidgetLabel"] {min-height:0}
  .st-key-controls {gap:.5rem}
  .st-key-controls label[data-testid="stWidgetLabel"] {display:none}
  .st-key-sides [data-testid="stHorizontalBlock"] {flex-wrap:nowrap; gap:.6rem}
  .st-key-sides [data-testid="stColumn"] {min-width:0; flex:1 1 0}
  /* the canvas is drawn at full resolution and shown at the width of half a phone */
  .st-key-left-canvas, .st-key-right-canvas {zoom:.59}
  .st-key-sides button {padding-left:.2rem; padding-right:.2rem}
  .st-key-sides button p {font-size:.85rem}
}
</style>"""


def page() -> None:
    """Draws the page."""
    state.page_style()
    st.html(_STYLE + verdict.style(state.palette()))
    st.title("Same digit, or different?")
    st.markdown(
        "Draw two digits, or sample a pair: a Siamese network says whether they are the same. "
        "It learned from 2 to 7 only and never met 0, 1, 8 or 9."
    )
    if state.entered("compare"):
        sides.restart_canvases()
    _panel()


@st.fragment
def _panel() -> None:
    """Everything that a stroke changes: a stroke reruns this, and nothing else."""
    _controls()
    digits, answer = st.columns([6, 5], gap="medium")
    with digits, st.container(key="sides"):
        columns = st.columns(2, gap="small")
        images, missing = [], []
        for column, name in zip(columns, sides.SIDES):
            with column:
                image, problem = sides.show(name)
            images.append(image)
            missing.append(problem)
    with answer:
        _answer(images, missing)


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        st.button("Draw both", icon=":material/draw:", on_click=sides.draw_both, key="draw-both")
        kind = st.session_state.setdefault("kept.kind", "any")
        st.button(
            "Sample a pair",
            icon=":material/casino:",
            type="primary",
            on_click=sides.sample_both,
            args=(kind,),
            key="pair",
        )
        state.split_picker("compare")
        st.session_state["compare.kind"] = kind
        st.segmented_control(
            "Pair",
            PAIR_KINDS,
            format_func=KIND_WORDS.__getitem__,
            key="compare.kind",
            on_change=state.keep,
            args=("kind", "compare.kind"),
        )
    notice = resources.sample_digits().notice
    if notice:
        st.caption(notice)


def _answer(images: list, missing: list[str]) -> None:
    name = state.model_name()
    verifier, limit = resources.verifier(name), state.threshold(name)
    result = None
    if any(image is None for image in images):
        asked = " ".join(filter(None, missing))
        if asked == "Draw a digit on the left. Draw a digit on the right.":
            asked = "Draw a digit on each side."
        st.html(verdict.prompt(asked))
    else:
        result = verifier.compare(*images, threshold=limit)
        st.html(verdict.verdict(result) + _truth(result.is_same))
    split = state.split()
    edges, same, different = distance_densities(resources.histograms(name), SPLITS[split])
    st.html(
        verdict.scale(result, limit, edges, same, different, state.palette(), split)
        + (verdict.seen(result) if result else "")
    )
    state.threshold_slider("compare", name)
    state.model_picker("compare")


def _truth(called_same: bool) -> str:
    """For two samples, whose digits are known: whether the verdict is right."""
    left, right = sides.sides().values()
    if not (left.mode == right.mode == "sample"):
        return ""
    right_verdict = (left.digit == right.digit) == called_same
    mark, word = ("✓", "Right") if right_verdict else ("✗", "Wrong")
    return f'<p class="legend" data-testid="truth">{mark} {word}: a {left.digit} and a {right.digit}.</p>'
