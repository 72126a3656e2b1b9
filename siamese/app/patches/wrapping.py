"""How a function of Streamlit's gets one of ours around it, which all patches of functions do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def wrap(owner: type, name: str, around: Callable[[Function], Function]) -> None:
    """Puts `around(function)` in the place of the function `name` of a class.

    Does nothing where a run of any session has done it before, and where Streamlit has no such function any more.
    """
    function = getattr(owner, name, None)
    if function is None or hasattr(function, "__wrapped__"):
        return
    setattr(owner, name, functools.wraps(function)(around(function)))
