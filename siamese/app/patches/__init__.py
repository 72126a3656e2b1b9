"""Where Streamlit's own working is changed: each says until when."""
