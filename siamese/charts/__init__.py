"""Arrays or small dataclasses in, Plotly figures out. Every line differs by dash or marker as well as by colour."""
