"""Changes to what Streamlit does by itself: each module says which behaviour, and which test says when it can go."""
