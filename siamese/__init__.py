"""A Siamese network for handwritten digits: one encoder, two images, one distance."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siamese.photographs import FoundDigit, Picture, from_picture, from_upload
    from siamese.preprocessing import from_drawing
    from siamese.verifier import Verification, Verifier

__version__ = "0.1.0"
__all__ = ["FoundDigit", "Picture", "Verification", "Verifier", "from_drawing", "from_picture", "from_upload"]
_HOME = {
    "FoundDigit": "photographs",
    "Picture": "photographs",
    "from_picture": "photographs",
    "from_upload": "photographs",
    "from_drawing": "preprocessing",
    "Verification": "verifier",
    "Verifier": "verifier",
}


def __getattr__(name: str) -> Any:
    # Lazy, so that `import siamese.data` costs neither LiteRT nor Pillow, and comparing no OpenCV.
    if name in _HOME:
        return getattr(import_module(f"siamese.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
