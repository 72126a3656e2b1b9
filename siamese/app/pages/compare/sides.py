"""Both sides of the comparison, left and right: what puts digits on them, and what the two hold now."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np

from siamese.app import choices, samples, session, widgets
from siamese.app.pages.compare.side import SampledDigit, Side
from siamese.data.pairs import sample_pair

SIDES = ("left", "right")


@dataclass
class Pair:
    """The two sides of a session, none before the first visit; and the one that was drawn on last."""

    sides: dict[str, Side] = field(default_factory=dict)
    last_drawn: str = SIDES[0]


def sides() -> dict[str, Side]:
    """The two sides of this session; on the first visit, with an example pair."""
    pair = session.of(Pair)
    if not pair.sides:
        pair.sides = {side: Side() for side in SIDES}
        sample_both()
    return pair.sides


def sample_both() -> None:
    """Put a fresh pair of the chosen split and kind on both sides."""
    widgets.persist_pickers("compare")
    source = samples.sample_digits()
    pair = sample_pair(source.digits, choices.split_digits(), choices.pair_kind(), session.current().rng)
    for side, index in zip(sides().values(), pair):
        _show_sample(side, source, index)


def choose_split(name: str) -> None:
    """Choose a pair split; a pair that was sampled makes room for one of that choice."""
    choices.set_split(name)
    _sample_anew()


def choose_pair_kind(kind: str) -> None:
    """Choose a kind of pair; a pair that was sampled makes room for one of that choice."""
    choices.set_pair_kind(kind)
    _sample_anew()


def use_model(name: str) -> None:
    """Choose a model; where the chosen split has other digits with it, a pair that was sampled makes room for one."""
    before = choices.split_digits()
    choices.set_model(name)
    if choices.split_digits() != before:
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
    widgets.persist_pickers("compare")
    source = samples.sample_digits()
    index, _ = sample_pair(source.digits, choices.split_digits(), "any", session.current().rng)
    _show_sample(sides()[name], source, index)


def put_sample(name: str, index: int, source: str | None = None) -> None:
    """Put one certain digit on one side: of those to sample from, or of those of `source`.

    Raises:
        MnistUnavailable: `source` is MNIST, which is not on this machine. IndexError: there is no such digit.
    """
    digits = samples.digits_of(source) if source else samples.sample_digits()
    if not 0 <= index < len(digits.digits):
        raise IndexError(index)
    _show_sample(sides()[name], digits, index)


def image(name: str) -> np.ndarray | None:
    """The image (28, 28) that one side shows now, or None where there is none that can be used."""
    return sides()[name].image


def _show_sample(side: Side, source: samples.SampleDigits, index: int) -> None:
    index, digit = int(index), int(source.digits[index])
    side.mode = "sample"
    side.sample = SampledDigit(
        image=source.image(index),
        digit=digit,
        source=source.source,
        index=index,
        split=choices.split() if digit in choices.split_digits() else "mixed",
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
