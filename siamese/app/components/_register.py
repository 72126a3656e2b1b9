"""Registers a component with Streamlit from the files in its folder."""

from __future__ import annotations

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from siamese.app import assets


def component(package: str) -> ComponentRenderer:
    """The function that mounts the component `siamese.NAME`, made of NAME.js, NAME.css and NAME.html.

    A component without a style sheet or without HTML lacks that file. Nothing of it is isolated from the page, so
    that it takes the palette's custom properties.

    Args:
        package: the full name of the folder NAME, which is `__name__` in its `__init__.py`.
    """
    name = package.rpartition(".")[2]
    has_css = assets.text(package, f"{name}.css") is not None
    return st.components.v2.component(
        f"siamese.{name}",
        html=assets.text(package, f"{name}.html"),
        css=assets.stylesheet(package, name) if has_css else None,
        js=assets.text(package, f"{name}.js"),
        isolate_styles=False,
    )
