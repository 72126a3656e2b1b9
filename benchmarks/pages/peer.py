"""What peers write: the Keras model in the page, two canvases, one `predict` for each picture."""

import numpy as np
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from siamese.serving.catalogue import load_card
from siamese.training.encoder import load_encoder

st.title("Same digit, or different?")


@st.cache_resource
def load_model():
    card = load_card()
    return load_encoder(card.folder / "encoder.keras"), card.threshold


model, threshold = load_model()
pictures = []
for side, column in zip(("left", "right"), st.columns(2)):
    with column:
        drawn = st_canvas(
            stroke_width=18,
            stroke_color="#ffffff",
            background_color="#000000",
            height=280,
            width=280,
            return_image_data=True,
            key=side,
        )
        if drawn.image_data is not None and drawn.json_data["objects"]:
            grey = Image.fromarray(drawn.image_data.astype("uint8")).convert("L").resize((28, 28))
            pictures.append(np.asarray(grey, np.float32)[None] / 255)
if len(pictures) == 2:
    left, right = (model.predict(picture) for picture in pictures)
    distance = float(np.linalg.norm(left - right))
    answer = "Same digit" if distance <= threshold else "Different digits"
    st.html(f'<h2 data-testid="verdict" data-distance="{distance:.6f}">{answer}, distance {distance:.6f}</h2>')
