"""The Streamlit app: pages, components, session, addresses. Beside `app.py`, nothing else imports Streamlit."""

import os

# Before NumPy is first imported. OpenBLAS' threads spin for some twenty milliseconds after each product, waiting for
# the next one: with a class on two cores they took twice the time of everything else, and were no faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
