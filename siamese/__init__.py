"""A Siamese network for handwritten digits: one encoder, two images, one distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siamese.verifier import Verification, Verifier

__version__ = "0.1.0"
__all__ = ["Verification", "Verifier"]


def __getattr__(name: str) -> Any:
    # Lazy, so that `import siamese.data` costs neither LiteRT nor Pillow.
    if name in __all__:
        from siamese import verifier

        return getattr(verifier, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
