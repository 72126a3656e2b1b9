"""A photograph on one side: what was taken for ink marked on it, and its digits to choose from."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from siamese.imaging.data_urls import png_url
from siamese.imaging.photographs.picture import LEFT_OUT
from siamese.imaging.photographs.reader import from_picture

SHOWN = 640  # pixels of the longer side of what a page shows
QUALITY = 80  # of its JPEG
MARK = (214, 40, 110)  # colour over what was taken for ink; neither paper nor pen has it


@dataclass(frozen=True, eq=False)
class Photo:
    """What a session keeps of a picture: some tens of kilobytes.

    Attributes:
        url: the picture with its ink marked, as a data URL. ratio: its width by its height.
        digits: (n, 28, 28) float32, framed as MNIST.
        boxes: left, top, width, height of each, in per cent of the picture.
        left_out: what was left out, in words.
    """

    url: str
    ratio: float
    digits: np.ndarray
    boxes: tuple[tuple[float, float, float, float], ...]
    left_out: tuple[str, ...]


def read(content: bytes) -> Photo:
    """The photo in a file; raises as `siamese.imaging.photographs.reader.from_picture`."""
    picture = from_picture(content)
    height, width = picture.photograph.shape[:2]
    boxes = tuple(
        (100 * left / width, 100 * top / height, 100 * (right - left) / width, 100 * (bottom - top) / height)
        for left, top, right, bottom in (digit.box for digit in picture.digits)
    )
    return Photo(
        _marked(picture.photograph, picture.ink),
        width / height,
        np.stack([digit.image for digit in picture.digits]),
        boxes,
        tuple(LEFT_OUT[key] for key in picture.left_out),
    )


def _marked(photograph: np.ndarray, ink: np.ndarray) -> str:
    """The picture with its ink in one colour, reduced, as a data URL."""
    shown = photograph.copy()
    shown[ink] = MARK
    picture = Image.fromarray(shown)
    picture.thumbnail((SHOWN, SHOWN))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def figure(photo: Photo, chosen: int) -> str:
    """The picture as HTML, with a box around each digit and a line on what was left out."""
    boxes = "".join(
        f'<span class="box{" chosen" if number == chosen else ""}" '
        f'style="left:{left:.2f}%;top:{top:.2f}%;width:{width:.2f}%;height:{height:.2f}%"></span>'
        for number, (left, top, width, height) in enumerate(photo.boxes)
    )
    count = len(photo.digits)
    alt = (
        "The uploaded digit" if count == 1 else f"The uploaded picture with {count} digits, number {chosen + 1} chosen"
    )
    left_out = f"<figcaption>Left out: {html.escape(', '.join(photo.left_out))}.</figcaption>" if photo.left_out else ""
    return (
        f'<figure class="photo"><div class="sheet" style="--ratio:{photo.ratio:.4f}">'
        f'<img src="{photo.url}" alt="{alt}, its ink marked">{boxes}</div>{left_out}</figure>'
    )


def choice(name: str, photo: Photo, chosen: int, choose: Callable[[str, int], None]) -> None:
    """Draws the digits of a picture as buttons, in reading order; a press puts one on the side `name`.

    Args:
        choose: called with the side's name and the digit's number.
    """
    with st.container(key=f"{name}-digits", horizontal=True, gap="xxsmall"):
        for number in range(len(photo.digits)):
            st.button(
                f":gray[Digit] {number + 1}",  # the word is for who hears the page; see `style`
                key=f"{name}.digit.{number}",
                type="primary" if number == chosen else "secondary",
                on_click=choose,
                args=(name, number),
            )
    rules = "".join(
        f'.st-key-{name}-digit-{number} button {{background-image:url("{png_url(digit)}")}}'
        for number, digit in enumerate(photo.digits)
    )
    st.html(f"<style>{rules}</style>")
