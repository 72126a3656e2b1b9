"""Both sides of the comparison, left and right: what puts digits on them, and what the two hold now."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import streamlit as st

from siamese.app import resources, state
from siamese.app.pages.compare.side import SampledDigit, Side
from siamese.data.pairs import sample_pair

SIDES = ("left", "right")


def sides() -> dict[str, Side]:
    """The two sides of this session; on the first visit, with an example pair."""
    if "kept.sides" not in st.session_state:
        st.session_state["kept.sides"] = {side: Side() for side in SIDES}
        st.session_state["kept.rng"] = np.random.default_rng()
        sample_both()
    held: dict[str, Side] = st.session_state["kept.sides"]
    return held


def sample_both() -> None:
    """Put a fresh pair of the chosen split and kind on both sides."""
    state.catch_up("compare")
    source = resources.sample_digits()
    pair = sample_pair(source.digits, state.members(), state.pair_kind(), st.session_state["kept.rng"])
    for side, index in zip(sides().values(), pair):
        _show_sample(side, source, index)


def chosen(key: str, widget: str) -> None:
    """Keep what a picker of Compare shows; a pair that was sampled makes room for one of that choice."""
    if key == "model":
        use_model(st.session_state[widget])
    else:
        state.keep(key, widget)
        _sample_anew()


def use_model(name: str) -> None:
    """Choose a model; where the chosen split has other digits with it, a pair that was sampled makes room for one."""
    before = state.members()
    state.set_model(name)
    if state.members() != before:
        _sample_anew()


def _sample_anew() -> None:
    """Sample another pair; what was drawn or uploaded on either side stays, and so does what is beside it."""
    if all(side.mode == "sample" for side in sides().values()):
        sample_both()


def next_pair() -> None:
    """Make room for another pair: a fresh sample where one is or a file was, an empty canvas where one is drawn."""
    held = sides()
    if all(side.mode == "sample" for side in held.values()):
        sample_both()
        return
    for name, side in held.items():
        if side.mode == "draw":
            side.drawing.clear()
        else:
            sample_one(name)


def sample_one(name: str) -> None:
    """Put another digit of the chosen split on one side."""
    state.catch_up("compare")
    source = resources.sample_digits()
    index, _ = sample_pair(source.digits, state.members(), "any", st.session_state["kept.rng"])
    _show_sample(sides()[name], source, index)


def put_sample(name: str, index: int, source: str | None = None) -> None:
    """Put one certain digit on one side: of those to sample from, or of those of `source`.

    Raises:
        MnistUnavailable: `source` is MNIST, which is not on this machine. IndexError: there is no such digit.
    """
    digits = resources.digits_of(source) if source else resources.sample_digits()
    if not 0 <= index < len(digits.digits):
        raise IndexError(index)
    _show_sample(sides()[name], digits, index)


def image(name: str) -> np.ndarray | None:
    """The image (28, 28) that one side shows now, or None where there is none that can be used."""
    return sides()[name].image


def _show_sample(side: Side, source: resources.SampleDigits, index: int) -> None:
    index, digit = int(index), int(source.digits[index])
    side.mode = "sample"
    side.sample = SampledDigit(
        image=source.image(index),
        digit=digit,
        source=source.source,
        index=index,
        split=state.split() if digit in state.members() else "mixed",
        caption=f"MNIST test image {index}" if source.source == "mnist" else f"built-in digit {index}",
    )


def identity() -> tuple[Hashable, Hashable]:
    """Stays while both sides hold the same, however a drawing grows."""
    left, right = sides().values()
    return left.identity, right.identity


def draw_both() -> None:
    """Let both sides be drawn on."""
    for name in SIDES:
        set_mode(name, "draw")


def restart_canvases() -> None:
    """Start both canvases with what was drawn: for when the page is entered again."""
    for side in sides().values():
        side.drawing.reload()


def set_mode(name: str, mode: str) -> None:
    """Let one side be drawn on, show a sample, or show an upload; the canvas starts with what was drawn on it."""
    side = sides()[name]
    if mode == "draw" and side.mode != "draw":
        side.drawing.reload()
    if mode == "sample" and side.sample is None:
        sample_one(name)
    side.mode = mode


def with_stray_line() -> list[str]:
    """The sides where a line at the edge of the canvas was left out."""
    return [name for name, side in sides().items() if side.mode == "draw" and side.drawing.has_stray_line]
