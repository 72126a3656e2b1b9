"""One side of the comparison on the page: its mode, its canvas or picture, and the buttons below it."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from siamese.app import session, widgets
from siamese.app.components import canvas, steps
from siamese.app.pages.compare import fragments, photo
from siamese.app.pages.compare.side import MODES, Side
from siamese.app.pages.compare.sides import Pair, sample_one, set_mode, sides
from siamese.app.verdict import picture
from siamese.errors import SiameseError
from siamese.imaging.photographs.picture_files import ENDINGS

_NO_CAMERA = (
    "Browsers lend a camera to secure pages alone (https). Where none appears, choose a file: a phone offers its "
    "camera there, too."
)


def mode_picker(name: str) -> None:
    """Draws the choice of how a digit is given on one side."""
    st.segmented_control(
        f"{name.capitalize()} digit",
        list(MODES),
        format_func=MODES.__getitem__,
        required=True,
        width="stretch",
        label_visibility="collapsed",
        **widgets.bind(f"{name}.mode", sides()[name].mode, partial(set_mode, name)),
    )


def render(name: str, secret: bool = False) -> tuple[np.ndarray | None, str]:
    """Draws one side; returns its image (28, 28) and "", or None and what is missing in plain words.

    Args:
        secret: say to nobody, not to a screen reader either, which digit a sample is.
    """
    side = sides()[name]
    if side.mode == "draw":
        image, problem = canvas.render(side.drawing, name, lambda: _changed(name))
        if image is None:
            problem = f"On the {name}: {problem}" if problem else f"Draw a digit on the {name}."
        return image, problem
    with st.container(key=f"{name}-side", gap="xsmall"):
        return _sampled(name, side, secret) if side.mode == "sample" else _uploaded(name, side)


def below(name: str) -> None:
    """Draws what stands below one side and does not change with a stroke: the steps of a drawing, or another sample."""
    mode = sides()[name].mode
    if mode == "draw":
        steps.buttons(
            name, f"The {name} drawing", lambda: sides()[name].drawing, lambda: _changed(name, fragments.PAIR)
        )
    elif mode == "sample":
        st.button(
            "Another", icon=":material/casino:", key=f"{name}.another", on_click=_another, args=(name,), width="stretch"
        )


def steps_mark() -> str:
    """The mark of what can be undone on the sides that are drawn on, as HTML; see `steps.mark`."""
    drawings = {name: side.drawing for name, side in sides().items() if side.mode == "draw"}
    return steps.mark(drawings, session.of(Pair).last_drawn)


def _changed(name: str, *parts: str) -> None:
    session.of(Pair).last_drawn = name
    fragments.rerun_pair(*parts)


def _sampled(name: str, side: Side, secret: bool) -> tuple[np.ndarray | None, str]:
    sample = side.sample
    assert sample is not None, "a side that shows samples has been given one"
    st.html(picture(sample.image, f"A handwritten {'digit' if secret else sample.digit}, {sample.caption}", "large"))
    return sample.image, ""


def _another(name: str) -> None:
    sample_one(name)
    fragments.rerun_pair(fragments.PAIR)


def _uploaded(name: str, side: Side) -> tuple[np.ndarray | None, str]:
    upload = side.upload
    if upload.photo is not None:
        st.html(photo.figure(upload.photo, upload.chosen))
        if len(upload.photo.digits) > 1:
            photo.choice(name, upload.photo, upload.chosen, _choose)
    with st.container(key=f"{name}-file", gap="xsmall"):
        _file_picker(name, side)
    if upload.problem:
        return None, f"On the {name}: {upload.problem}"
    return upload.image, "" if upload.image is not None else f"Choose a picture on the {name}."


def _file_picker(name: str, side: Side) -> None:
    """Draws the camera or the field for a file, and the button that changes between them."""
    camera = side.upload.camera
    widget = f"{name}.file.{side.upload.widget}"  # a side that was put back has another number: its file is not here
    if camera:
        st.camera_input(f"A photo, {name}", key=f"{widget}.camera", on_change=_received, args=(name, widget))
        st.caption(_NO_CAMERA)
    else:
        st.file_uploader(
            f"A photo or picture, {name}", type=list(ENDINGS), key=widget, on_change=_received, args=(name, widget)
        )
    st.button(
        "Choose a file" if camera else "Use the camera",
        icon=":material/upload_file:" if camera else ":material/photo_camera:",
        key=f"{name}.camera",
        on_click=_other_source,
        args=(name,),
        width="stretch",
    )


def _other_source(name: str) -> None:
    upload = sides()[name].upload
    upload.camera = not upload.camera
    fragments.rerun_pair()


def _choose(name: str, number: int) -> None:
    sides()[name].upload.choose(number)
    fragments.rerun_pair()


def _received(name: str, widget: str) -> None:
    """Read the picture that was just chosen or taken; one that was taken away leaves nothing."""
    upload = sides()[name].upload
    file = st.session_state[f"{widget}.camera" if upload.camera else widget]
    upload.clear()
    if file is None:
        return
    try:
        upload.photo = photo.read(file.getvalue())
    except SiameseError as error:
        upload.problem = str(error)
    if upload.photo is None or len(upload.photo.digits) < 2:
        fragments.rerun_pair()
        return
    _fill_both(name, upload.photo)
    fragments.rerun_panel()


def _fill_both(received: str, several: photo.Photo) -> None:
    """Put the first two digits of a picture on both sides; `received` names the side that was given the picture."""
    for number, (name, side) in enumerate(sides().items()):
        side.mode = "upload"
        side.upload.photo, side.upload.chosen, side.upload.problem = several, number, ""
        if name != received:
            side.upload.count += 1
            side.upload.widget += 1
