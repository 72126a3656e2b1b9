"""The limit: nothing but the canvases of the app, and an echo of how many strokes they hold."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

strokes = 0
for side, column in zip(("left", "right"), st.columns(2)):
    with column:
        drawn = st_canvas(stroke_width=18, background_color="#ffffff", height=280, width=280, key=side)
        strokes += len(drawn.json_data["objects"])
st.html(f'<p data-testid="verdict" data-strokes="{strokes}">{strokes} strokes</p>')
