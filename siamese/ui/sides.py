"""One side of the comparison, left or right: drawn, sampled or uploaded; nothing drawn is ever lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from siamese import strokes as pen_strokes
from siamese.data import SPLITS, sample_pair
from siamese.errors import EmptyDrawing, SiameseError
from siamese.preprocessing import from_drawing, from_upload
from siamese.ui import resources, state
from siamese.ui.verdict import picture

SIDES = ("left", "right")
MODES = {"draw": "Draw", "sample": "Sample", "upload": "Upload"}
_INK = "#0f172a"


@dataclass
class Side:
    """What one side holds. Each way of giving a digit keeps its own, so switching loses nothing.

    Attributes:
        strokes: the drawing as the canvas last sent it.
        base: the drawing that the canvas was last started with; a new `generation` starts it anew.
        sample: (28, 28), with its digit and a caption.
        upload: (28, 28) or None; `problem` says why an upload cannot be used.
    """

    mode: str = "sample"
    strokes: list[np.ndarray] = field(default_factory=list)
    base: list[np.ndarray] = field(default_factory=list)
    generation: int = 0
    sample: np.ndarray | None = None
    digit: int | None = None
    caption: str = ""
    upload: np.ndarray | None = None
    problem: str = ""

    def restart(self, strokes: list[np.ndarray]) -> None:
        """Start the canvas anew with `strokes` on it."""
        self.strokes = self.base = strokes
        self.generation += 1


def sides() -> dict[str, Side]:
    """The two sides of this session; on the first visit, with an example pair."""
    if "kept.sides" not in st.session_state:
        st.session_state["kept.sides"] = {side: Side() for side in SIDES}
        st.session_state["kept.rng"] = np.random.default_rng()
        sample_both("any")
    return st.session_state["kept.sides"]


def sample_both(kind: str) -> None:
    """Put a fresh pair of the chosen split and `kind` on both sides."""
    source = resources.sample_digits()
    pair = sample_pair(source.digits, SPLITS[state.split()], kind, st.session_state["kept.rng"])
    for side, index in zip(sides().values(), pair):
        _show_sample(side, source, index)


def sample_one(name: str) -> None:
    """Put another digit of the chosen split on one side."""
    source = resources.sample_digits()
    index, _ = sample_pair(source.digits, SPLITS[state.split()], "any", st.session_state["kept.rng"])
    _show_sample(sides()[name], source, index)


def _show_sample(side: Side, source: resources.SampleDigits, index: int) -> None:
    side.mode, side.sample, side.digit = "sample", source.images[index], int(source.digits[index])
    side.caption = f"MNIST test image {index}" if source.source == "mnist" else f"built-in digit {index}"


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
    mode = st.session_state[f"{name}.mode"]
    if mode is not None:
        _turn(name, mode)


def show(name: str) -> tuple[np.ndarray | None, str]:
    """Draws one side; its image (28, 28) and "", or None and what is missing in plain words."""
    side = sides()[name]
    st.session_state[f"{name}.mode"] = side.mode
    st.segmented_control(
        f"{name.capitalize()} digit",
        list(MODES),
        format_func=MODES.__getitem__,
        key=f"{name}.mode",
        on_change=_turned,
        args=(name,),
        width="stretch",
    )
    return {"draw": _drawn, "sample": _sampled, "upload": _uploaded}[side.mode](name, side)


def _drawn(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    with st.container(key=f"{name}-canvas"):
        result = st_canvas(
            stroke_width=pen_strokes.PEN,
            stroke_color=_INK,
            background_color="#ffffff",
            initial_drawing=pen_strokes.to_canvas(side.base) if side.base else None,
            height=pen_strokes.CANVAS,
            width=pen_strokes.CANVAS,
            drawing_mode="freedraw",
            key=f"{name}.canvas.{side.generation}",
        )
    problem = ""
    try:
        side.strokes = pen_strokes.from_canvas(result.json_data)
    except SiameseError as error:
        problem = str(error)
    undo, clear = st.columns(2)
    undo.button(
        "Undo",
        icon=":material/undo:",
        key=f"{name}.undo",
        disabled=not side.strokes,
        on_click=lambda: side.restart(side.strokes[:-1]),
        width="stretch",
    )
    clear.button(
        "Clear",
        icon=":material/delete:",
        key=f"{name}.clear",
        disabled=not side.strokes,
        on_click=lambda: side.restart([]),
        width="stretch",
    )
    if problem:
        return None, problem
    try:
        return from_drawing(pen_strokes.render(side.strokes)), ""
    except EmptyDrawing:
        return None, f"Draw a digit on the {name}."
    except SiameseError as error:
        return None, f"On the {name}: {error}"


def _sampled(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    st.html(picture(side.sample, f"A handwritten {side.digit}", "large"))
    st.button(
        "Another",
        icon=":material/casino:",
        key=f"{name}.another",
        on_click=sample_one,
        args=(name,),
        help=f"This is a {side.digit} ({side.caption}). Put another one here.",
        width="stretch",
    )
    return side.sample, ""


def _uploaded(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    if side.upload is not None:
        st.html(picture(side.upload, "The uploaded digit, cut out and centred", "large"))
    file = st.file_uploader(
        "A picture of one digit, dark on light or light on dark",
        type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
        key=f"{name}.file",
        max_upload_size=5,
    )
    if file is not None:
        try:
            side.upload, side.problem = from_upload(file.getvalue()), ""
        except SiameseError as error:
            side.upload, side.problem = None, f"On the {name}: {error}"
    if side.problem:
        return None, side.problem
    return side.upload, "" if side.upload is not None else f"Choose a picture on the {name}."
