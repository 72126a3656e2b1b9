"""*From paper*: how a photograph becomes images of 28 × 28 pixels."""

from __future__ import annotations

import base64

import streamlit as st

from siamese.serving.catalogue import ASSETS

_PICTURE = ASSETS / "screenshots" / "from-paper.jpg"  # made by tests/browser/screenshots.py


def render() -> None:
    """Draws the part: the four steps, and a picture of what they make."""
    with st.container(border=True, key="from-paper"):
        st.header("From paper")
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(
                "A photograph of writing is read in four steps, none of them learned:\n\n"
                "1. **The sheet**: what lies around it is cut away, and a sheet seen from the side is laid flat.\n"
                "2. **The light**: what the paper would look like without ink is estimated from the picture itself, "
                "so that a shadow is no ink. Ink is what stands out from the paper beside it, in any colour.\n"
                "3. **The digits**: ruled lines, squares, boxes of a form, specks and stray lines at the rim are told "
                "from strokes by their shape; pieces that lie close make one digit.\n"
                "4. **The frame**: each digit is cut out and centred in 28 × 28 pixels, as MNIST's were.\n\n"
                "Where two digits touch, they are one shape to it; and a ring left by a cup looks like a 0."
            )
        with right:
            if url := _picture_url():
                st.html(
                    f'<img src="{url}" style="width:100%;border-radius:.4rem" alt="A photograph of four digits on '
                    'squared paper, its ink marked, and below it the four images that the network gets">'
                )


@st.cache_data(show_spinner=False)
def _picture_url() -> str:
    """The picture as a data URL, or "" where it is missing."""
    try:
        content = _PICTURE.read_bytes()
    except OSError:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
