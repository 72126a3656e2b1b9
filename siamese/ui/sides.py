"""One side of the comparison, left or right: drawn, sampled or uploaded; nothing drawn is ever lost."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from siamese import strokes as pen_strokes
from siamese.data import sample_pair
from siamese.errors import EmptyDrawing, SiameseError
from siamese.preprocessing import from_drawing, from_upload
from siamese.ui import canvas, resources, state
from siamese.ui.verdict import picture

SIDES = ("left", "right")
MODES = {"draw": "Draw", "sample": "Sample", "upload": "Upload"}
SQUARE = pen_strokes.CANVAS + 2  # a side's width in pixels: the canvas and its outline


@dataclass
class Side:
    """What one side holds. Each way of giving a digit keeps its own, so switching loses nothing.

    Attributes:
        strokes: the drawing as the canvas last sent it, and as a link holds it; `problem` says why what it sent
            cannot be read.
        base: the drawing that the canvas was last started with; another `generation` starts it anew.
        drawing: counts the drawings; it is the same one from an empty canvas to the next empty canvas.
        sample: (28, 28), with its digit, its number among the digits of `source`, a caption, and the split
            that it was sampled from.
        upload: (28, 28) or None; `upload_problem` says why a file cannot be used; `uploads` counts them,
            `uploader` the widgets that took them.
    """

    mode: str = "sample"
    strokes: list[np.ndarray] = field(default_factory=list)
    problem: str = ""
    base: list[np.ndarray] = field(default_factory=list)
    generation: int = 0
    drawing: int = 0
    sample: np.ndarray | None = None
    digit: int | None = None
    source: str = ""
    index: int = 0
    caption: str = ""
    split: str = "mixed"
    upload: np.ndarray | None = None
    upload_problem: str = ""
    uploads: int = 0
    uploader: int = 0

    @property
    def identity(self) -> Hashable:
        """Stays while this side holds the same drawing, however it grows, the same sample or the same upload."""
        held = {"draw": self.drawing, "sample": (self.source, self.index), "upload": self.uploads}
        return self.mode, held[self.mode]

    def take(self, strokes: list[np.ndarray], problem: str = "") -> None:
        """Keep the drawing as it now is; an emptied canvas is the start of another."""
        self.drawing += not strokes and not problem
        self.strokes, self.problem = pen_strokes.shared(strokes), problem

    def restart(self, strokes: list[np.ndarray]) -> None:
        """Start the canvas anew with `strokes` on it."""
        self.take(strokes)
        self.base = self.strokes
        self.generation += 1

    def initial(self) -> dict[str, Any]:
        """The canvas JSON to start with. The canvas loads it whenever it differs from the one before."""
        # Without the count, undoing back to a drawing that it was started with before would do nothing.
        return pen_strokes.to_canvas(self.base) | {"generation": self.generation}


def sides() -> dict[str, Side]:
    """The two sides of this session; on the first visit, with an example pair."""
    if "kept.sides" not in st.session_state:
        st.session_state["kept.sides"] = {side: Side() for side in SIDES}
        st.session_state["kept.rng"] = np.random.default_rng()
        sample_both()
    return st.session_state["kept.sides"]


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
            side.restart([])
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
    """The image (28, 28) that one side holds now, or None: for pages that do not draw the side."""
    side = sides()[name]
    if side.mode != "draw":
        return side.sample if side.mode == "sample" else side.upload
    try:
        return None if side.problem else from_drawing(pen_strokes.render(side.strokes))
    except SiameseError:
        return None


def _show_sample(side: Side, source: resources.SampleDigits, index: int) -> None:
    side.mode, side.sample, side.digit = "sample", source.image(int(index)), int(source.digits[index])
    side.source, side.index = source.source, int(index)
    side.split = state.split() if side.digit in state.members() else "mixed"
    side.caption = f"MNIST test image {index}" if source.source == "mnist" else f"built-in digit {index}"


def identity() -> tuple[Hashable, Hashable]:
    """Stays while both sides hold the same, however a drawing grows."""
    left, right = sides().values()
    return left.identity, right.identity


def draw_both() -> None:
    """Turn both sides to drawing."""
    for name in SIDES:
        _turn(name, "draw")


def restart_canvases() -> None:
    """Start both canvases with what was drawn: for when the page is entered again."""
    for side in sides().values():
        side.restart(side.strokes)


def _turn(name: str, mode: str) -> None:
    side = sides()[name]
    if mode == "draw" and side.mode != "draw":
        side.restart(side.strokes)
    if mode == "sample" and side.sample is None:
        sample_one(name)
    side.mode = mode


def _turned(name: str) -> None:
    _turn(name, st.session_state[f"{name}.mode"])


def show(name: str, secret: bool = False) -> tuple[np.ndarray | None, str]:
    """Draws one side; its image (28, 28) and "", or None and what is missing in plain words.

    Args:
        secret: say to nobody, not to a screen reader either, which digit a sample is.
    """
    side = sides()[name]
    state.offer(f"{name}.mode", side.mode)
    st.segmented_control(
        f"{name.capitalize()} digit",
        list(MODES),
        format_func=MODES.__getitem__,
        key=f"{name}.mode",
        on_change=_turned,
        args=(name,),
        required=True,
        width="stretch",
    )
    if side.mode == "sample":
        return _sampled(name, side, secret)
    return {"draw": _drawn, "upload": _uploaded}[side.mode](name, side)


def _drawn(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    with st.container(key=f"{name}-paper"):
        canvas.paper(f"{name}.canvas", side.initial(), lambda: _stroke(name))
    empty = not side.strokes and not side.problem
    with st.container(horizontal=True, gap="small"):
        _button("Undo", ":material/undo:", f"{name}.undo", empty, lambda: side.restart(side.strokes[:-1]))
        _button("Clear", ":material/delete:", f"{name}.clear", empty, lambda: side.restart([]))
    if side.problem:
        return None, f"On the {name}: {side.problem}"
    try:
        return from_drawing(pen_strokes.render(side.strokes)), ""
    except EmptyDrawing:
        return None, f"Draw a digit on the {name}."
    except SiameseError as error:
        return None, f"On the {name}: {error}"


def _button(label: str, icon: str, key: str, disabled: bool, on_click) -> None:
    st.button(label, icon=icon, key=key, disabled=disabled, on_click=on_click, width="stretch")


def _stroke(name: str) -> None:
    """Keep what the canvas has just sent."""
    # Only this callback reads the canvas: between an undo and the canvas's answer to it, its value is stale.
    side = sides()[name]
    try:
        drawn = pen_strokes.from_canvas(st.session_state[f"{name}.canvas"]["drawing"]["raw"])
        # Rounded places can move a pixel: what was brought back would have another distance than it had.
        side.take(side.base if pen_strokes.is_echo(drawn, side.base) else drawn)
    except (SiameseError, KeyError, TypeError) as error:
        side.problem = str(error) if isinstance(error, SiameseError) else "This drawing cannot be read."


def _sampled(name: str, side: Side, secret: bool) -> tuple[np.ndarray | None, str]:
    assert side.sample is not None, "turning to a sample takes one"
    digit = "digit" if secret else side.digit
    st.html(picture(side.sample, f"A handwritten {digit}, {side.caption}", "large"))
    with st.container(horizontal=True, gap="small"):
        _button("Draw", ":material/draw:", f"{name}.draw", False, lambda: _turn(name, "draw"))
        _button("Another", ":material/casino:", f"{name}.another", False, lambda: sample_one(name))
    return side.sample, ""


def _uploaded(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    if side.upload is not None:
        st.html(picture(side.upload, "The uploaded digit, cut out and centred", "large"))
    with st.container(key=f"{name}-file"):
        st.file_uploader(
            "A photo or picture of one digit",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
            key=f"{name}.file.{side.uploader}",  # one that was brought back is not the file named here before
            on_change=_received,
            args=(name, f"{name}.file.{side.uploader}"),
        )
    if side.upload_problem:
        return None, f"On the {name}: {side.upload_problem}"
    return side.upload, "" if side.upload is not None else f"Choose a picture on the {name}."


def _received(name: str, widget: str) -> None:
    """Read the file that was just chosen; a file that was taken away leaves nothing."""
    side, file = sides()[name], st.session_state[widget]
    side.upload, side.upload_problem = None, ""
    side.uploads += 1
    if file is None:
        return
    try:
        side.upload = from_upload(file.getvalue())
    except SiameseError as error:
        side.upload_problem = str(error)
