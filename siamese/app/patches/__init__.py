"""Changes to what Streamlit and Python do by themselves: each module but `wrapping` says which behaviour, and when it
can go."""
