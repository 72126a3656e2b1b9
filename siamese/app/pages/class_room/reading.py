"""What is stored, in one line, and the two texts of the project's folder `docs` that belong to a class."""

from __future__ import annotations

import functools
from pathlib import Path

import streamlit as st

import siamese
from siamese.app.pages.class_room.opening import KEPT

_DOCS = Path(siamese.__file__).resolve().parent.parent / "docs"
_TEXTS = {"lesson": "A lesson plan", "privacy": "What is stored, where, how long"}


def render() -> None:
    """Draws the line, and the texts folded away; an installed package lacks them, and shows the line alone."""
    st.caption(KEPT)
    for name, title in _TEXTS.items():
        if content := _text(name):
            with st.expander(title, icon=":material/description:"):
                st.markdown(content)


@functools.cache
def _text(name: str) -> str:
    """A text without its heading, which the page gives in its own words; "" where there is none."""
    path = _DOCS / f"{name}.md"
    return path.read_text(encoding="utf-8").partition("\n")[2].strip() if path.is_file() else ""
