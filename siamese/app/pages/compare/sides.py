"""One side of the comparison, left or right: drawn, sampled or uploaded; nothing drawn is ever lost."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from siamese.app import choices, samples, session, widgets
from siamese.app.components import canvas, steps
from siamese.app.pages.compare import fragments, photo
from siamese.app.verdict import picture
from siamese.data.pairs import sample_pair
from siamese.errors import SiameseError
from siamese.imaging.drawing import Drawing, read
from siamese.imaging.photographs.picture_files import ENDINGS

SIDES = ("left", "right")
MODES = {"draw": "Draw", "sample": "Sample", "upload": "Upload"}
_NO_CAMERA = (
    "Browsers lend a camera to secure pages alone (https). Where none appears, choose a file: a phone offers its "
    "camera there, too."
)


@dataclass
class Side(Drawing):
    """What one side holds. Each way of giving a digit keeps its own, so switching loses nothing.

    Attributes:
        sample: (28, 28), with its digit, its number among the digits of `source`, a caption, and the split
            that it was sampled from.
        photo: the picture that was uploaded, or None, and `digit_of_photo`, which of its digits this side shows;
            `upload_problem` says why a file cannot be used; `uploads` counts what this side has shown of files,
            `uploader` the widgets that took them. camera: whether the camera takes the picture.
    """

    mode: str = "sample"
    sample: np.ndarray | None = None
    digit: int | None = None
    source: str = ""
    index: int = 0
    caption: str = ""
    split: str = "mixed"
    photo: photo.Photo | None = None
    digit_of_photo: int = 0
    camera: bool = False
    upload_problem: str = ""
    uploads: int = 0
    uploader: int = 0

    @property
    def upload(self) -> np.ndarray | None:
        """The chosen digit (28, 28) of the picture, or None."""
        return None if self.photo is None else self.photo.digits[self.digit_of_photo]

    @property
    def identity(self) -> Hashable:
        """Stays while this side holds the same drawing, however it grows, the same sample or the same upload."""
        held = {"draw": self.number, "sample": (self.source, self.index), "upload": self.uploads}
        return self.mode, held[self.mode]


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
            side.clear()
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
    """The image (28, 28) that one side holds now, or None: for pages that do not draw the side."""
    side = sides()[name]
    if side.mode != "draw":
        return side.sample if side.mode == "sample" else side.upload
    return read(side)[0]


def _show_sample(side: Side, source: samples.SampleDigits, index: int) -> None:
    side.mode, side.sample, side.digit = "sample", source.image(int(index)), int(source.digits[index])
    side.source, side.index = source.source, int(index)
    side.split = choices.split() if side.digit in choices.split_digits() else "mixed"
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


def mode_picker(name: str) -> None:
    """Draws the choice of how a digit is given on one side."""
    st.segmented_control(
        f"{name.capitalize()} digit",
        list(MODES),
        format_func=MODES.__getitem__,
        required=True,
        width="stretch",
        label_visibility="collapsed",
        **widgets.bind(f"{name}.mode", sides()[name].mode, lambda mode: _turn(name, mode)),
    )


def show(name: str, secret: bool = False) -> tuple[np.ndarray | None, str]:
    """Draws one side; its image (28, 28) and "", or None and what is missing in plain words.

    Args:
        secret: say to nobody, not to a screen reader either, which digit a sample is.
    """
    side = sides()[name]
    if side.mode == "draw":
        canvas.show(side, name, name, lambda: _changed(name))
        image, problem = read(side)
        if image is None:
            problem = f"On the {name}: {problem}" if problem else f"Draw a digit on the {name}."
        return image, problem
    with st.container(key=f"{name}-side", gap="xsmall"):
        return _sampled(name, side, secret) if side.mode == "sample" else _uploaded(name, side)


def strays() -> list[str]:
    """The sides where a line at the edge of the canvas was left out."""
    return [name for name, side in sides().items() if side.mode == "draw" and side.has_stray_line]


def below(name: str) -> None:
    """Draws what belongs below one side and no stroke changes: the steps of a drawing, or another sample."""
    mode = sides()[name].mode
    if mode == "draw":
        steps.buttons(name, f"The {name} drawing", lambda: sides()[name], lambda: _changed(name, fragments.PAIR))
    elif mode == "sample":
        st.button(
            "Another", icon=":material/casino:", key=f"{name}.another", on_click=_another, args=(name,), width="stretch"
        )


def steps_mark() -> str:
    """What can be undone on the sides that are drawn on; see `steps`."""
    drawn = {name: side for name, side in sides().items() if side.mode == "draw"}
    return steps.mark(drawn, session.of(Pair).last_drawn)


def _changed(name: str, *parts: str) -> None:
    session.of(Pair).last_drawn = name
    fragments.rerun_pair(*parts)


def _sampled(name: str, side: Side, secret: bool) -> tuple[np.ndarray | None, str]:
    assert side.sample is not None, "turning to a sample takes one"
    digit = "digit" if secret else side.digit
    st.html(picture(side.sample, f"A handwritten {digit}, {side.caption}", "large"))
    return side.sample, ""


def _another(name: str) -> None:
    sample_one(name)
    fragments.rerun_pair(fragments.PAIR)


def _uploaded(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    if side.photo is not None:
        st.html(photo.figure(side.photo, side.digit_of_photo))
        if len(side.photo.digits) > 1:
            photo.choice(name, side.photo, side.digit_of_photo, _choose)
    with st.container(key=f"{name}-file", gap="xsmall"):
        widget = f"{name}.file.{side.uploader}"  # one that was brought back is not the file named here before
        if side.camera:
            st.camera_input(f"A photo, {name}", key=f"{widget}.camera", on_change=_received, args=(name, widget))
            st.caption(_NO_CAMERA)
        else:
            st.file_uploader(
                f"A photo or picture, {name}", type=list(ENDINGS), key=widget, on_change=_received, args=(name, widget)
            )
        st.button(
            "Choose a file" if side.camera else "Use the camera",
            icon=":material/upload_file:" if side.camera else ":material/photo_camera:",
            key=f"{name}.camera",
            on_click=_other_source,
            args=(name,),
            width="stretch",
        )
    if side.upload_problem:
        return None, f"On the {name}: {side.upload_problem}"
    return side.upload, "" if side.upload is not None else f"Choose a picture on the {name}."


def _other_source(name: str) -> None:
    side = sides()[name]
    side.camera = not side.camera
    fragments.rerun_pair()


def _choose(name: str, number: int) -> None:
    side = sides()[name]
    if side.photo is not None and 0 <= number < len(side.photo.digits):
        side.digit_of_photo = number
        side.uploads += 1
    fragments.rerun_pair()


def _received(name: str, widget: str) -> None:
    """Read the picture that was just chosen or taken; one that was taken away leaves nothing.

    Where it shows several digits, the first two fill both sides.
    """
    side = sides()[name]
    file = st.session_state[f"{widget}.camera" if side.camera else widget]
    side.photo, side.upload_problem, side.digit_of_photo = None, "", 0
    side.uploads += 1
    if file is None:
        return
    try:
        side.photo = photo.read(file.getvalue())
    except SiameseError as error:
        side.upload_problem = str(error)
    if side.photo is None or len(side.photo.digits) < 2:
        fragments.rerun_pair()
        return
    for number, (other, held) in enumerate(sides().items()):
        held.mode, held.photo, held.digit_of_photo, held.upload_problem = "upload", side.photo, number, ""
        if other != name:
            held.uploads += 1
            held.uploader += 1
    fragments.rerun_panel()
