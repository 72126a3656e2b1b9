"""The `.js`, `.css` and `.html` files that stand beside the Python modules of the app."""

from __future__ import annotations

import functools
import re
from importlib import resources


@functools.cache
def text(package: str, file: str) -> str | None:
    """The content of a file in a package's folder, read once; None where there is no such file.

    Args:
        package: a package's full name, which `__name__` is in its `__init__.py`.
    """
    path = resources.files(package) / file
    return path.read_text(encoding="utf-8") if path.is_file() else None


@functools.cache
def stylesheet(package: str, name: str) -> str:
    """The rules of `NAME.css` in a package's folder, without comments and indentation: a browser needs neither.

    Raises:
        FileNotFoundError: there is no such file.
    """
    rules = text(package, f"{name}.css")
    if rules is None:
        raise FileNotFoundError(f"{package} has no {name}.css")
    # The lines stay: Streamlit takes a component's CSS without a line break for the path of a file.
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)).strip()
