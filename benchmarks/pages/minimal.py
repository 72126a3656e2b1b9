"""The floor of a stroke: one fragment with the app's two canvases, its comparison, and one piece of HTML."""

import streamlit as st

from siamese import Verifier
from siamese.app.components import canvas
from siamese.app.patches import garbage
from siamese.errors import SiameseError
from siamese.imaging import strokes
from siamese.imaging.framing import from_drawing

verifier = st.cache_resource(Verifier.load)()
EMPTY = strokes.to_canvas([])


def image(key):
    try:
        drawn = strokes.from_canvas((st.session_state[key].get("drawing") or {}).get("raw"))
        return from_drawing(strokes.render(strokes.shared(drawn)))
    except SiameseError:
        return None


@st.fragment
def pair():
    for side in ("left", "right"):
        canvas.mount(f"{side}.canvas", EMPTY, lambda: None)
    left, right = image("left.canvas"), image("right.canvas")
    if left is None or right is None:
        st.html('<p data-testid="prompt">Draw two digits.</p>')
        return
    result = verifier.compare(left, right)
    words = "Same digit" if result.is_same else "Different digits"
    st.html(f'<p data-testid="verdict" data-distance="{result.distance:.6f}">{words}, {result.distance:.3f}</p>')


garbage.set_aside()
pair()
