"""The Streamlit app: pages, components, session, addresses. Beside `app.py`, nothing else imports Streamlit."""
