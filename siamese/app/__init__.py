"""The pages of the app. Beside `app.py`, nothing else imports Streamlit."""
