"""Parts of a page that need code in the browser: a folder each, with NAME.js, NAME.css and NAME.html where it has them.

The function of a component that draws something, or installs it on the page, is in its `__init__.py`. `canvas` has no
files of its own: it is the one that comes with streamlit-drawable-canvas.
"""
