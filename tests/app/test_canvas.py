"""What the canvas component is told, without `st_canvas`, and what the server need not load for it."""

from __future__ import annotations

import os
import subprocess
import sys

from streamlit.testing.v1 import AppTest

from tests.app.test_pages import WAIT
from tests.conftest import ROOT


def told_twice() -> None:
    import json

    import numpy as np
    import streamlit as st
    import streamlit_drawable_canvas as drawable

    from siamese.app.components import canvas
    from siamese.imaging import strokes

    calls = []
    component, drawable.out = drawable.out, lambda **told: calls.append(told) or {}
    drawing = strokes.to_canvas([np.array([[10.0, 20.0], [200.0, 210.0]])])
    canvas.mount("here", drawing, print)
    drawable.st_canvas(
        stroke_width=strokes.PEN,
        stroke_color=canvas.INK,
        background_color=canvas.GROUND,
        initial_drawing=drawing,
        height=strokes.CANVAS,
        width=strokes.CANVAS,
        key="here",
        on_change=print,
    )
    drawable.out = component
    ours, theirs = calls
    ours["data"]["initialDrawing"] = json.loads(ours["data"]["initialDrawing"])
    ours.pop("on_backgroundFit_change"), theirs.pop("on_backgroundFit_change")  # functions that do nothing
    st.session_state["ours"], st.session_state["theirs"] = ours, theirs


def test_the_component_is_told_what_st_canvas_would_tell_it():
    """Another version of the component that wants to know more, or otherwise, is noticed here."""
    page = AppTest.from_function(told_twice, default_timeout=WAIT).run()
    assert not page.exception
    assert page.session_state["ours"] == page.session_state["theirs"]


def test_two_canvases_load_no_pandas_and_no_network_library(no_mnist):
    """A fresh process that opens the app on two canvases has not loaded what it does not need."""
    script = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=60)
page.query_params["left"] = page.query_params["right"] = "d"
assert not page.run().exception
assert "data-steps" in "".join(element.proto.body for element in page.get("html"))
print(sorted({"pandas", "pyarrow", "requests", "pooch"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")
