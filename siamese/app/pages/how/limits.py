"""*What it cannot do*, and *Where it comes from*: the limits of the network and the literature behind it."""

from __future__ import annotations

import streamlit as st

_REFERENCES = """
- Bromley, Guyon, LeCun, Säckinger and Shah (1993), *Signature verification using a “Siamese” time delay neural
  network*: the first Siamese network, for signatures.
- Hadsell, Chopra and LeCun (2006), *Dimensionality reduction by learning an invariant mapping*: the contrastive loss.
- Koch, Zemel and Salakhutdinov (2015), *Siamese neural networks for one-shot image recognition*: one example is enough.
- Khosla and others (2020), *Supervised contrastive learning*: many pairs of a batch at once, the successor of the loss
  above.
"""


def render() -> None:
    """Draws both parts side by side."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.header("What it cannot do")
        st.markdown(
            "- It compares shapes of ink; it does not know what a digit *means*, nor can it name one without an "
            "example.\n"
            "- How sure it may be was settled without unseen digits: nothing vouches for its certainty on them, nor on "
            "drawings that are no digits at all.\n"
            "- It always answers. Two scrawls have a distance, too.\n"
            "- It knows one handwriting culture: MNIST was written by American pupils and census staff; a 1 with a "
            "long stroke or a 7 with a bar is rarer there than in your class.\n"
            "- It is made for teaching. Do not verify signatures or people with it."
        )
    with right, st.container(border=True):
        st.header("Where it comes from")
        st.markdown(_REFERENCES)
