"""A Siamese network for handwritten digits: one encoder, two images, one distance."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siamese.evaluation.encoders import EncoderEvaluation, evaluate_encoder
    from siamese.evaluation.few_shot import Ranking, rank
    from siamese.imaging.framing import from_drawing
    from siamese.imaging.photographs.picture import FoundDigit, Picture
    from siamese.imaging.photographs.reader import from_picture, from_upload
    from siamese.serving.verifier import Verification, Verifier

__version__ = "0.1.0"
__all__ = [
    "EncoderEvaluation",
    "FoundDigit",
    "Picture",
    "Ranking",
    "Verification",
    "Verifier",
    "evaluate_encoder",
    "from_drawing",
    "from_picture",
    "from_upload",
    "rank",
]
_HOME = {
    "FoundDigit": "siamese.imaging.photographs.picture",
    "Picture": "siamese.imaging.photographs.picture",
    "from_picture": "siamese.imaging.photographs.reader",
    "from_upload": "siamese.imaging.photographs.reader",
    "from_drawing": "siamese.imaging.framing",
    "EncoderEvaluation": "siamese.evaluation.encoders",
    "evaluate_encoder": "siamese.evaluation.encoders",
    "Ranking": "siamese.evaluation.few_shot",
    "rank": "siamese.evaluation.few_shot",
    "Verification": "siamese.serving.verifier",
    "Verifier": "siamese.serving.verifier",
}


def __getattr__(name: str) -> Any:
    # Lazy, so that `import siamese.data` costs neither LiteRT nor Pillow, and comparing no OpenCV.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
