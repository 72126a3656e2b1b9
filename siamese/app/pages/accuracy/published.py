"""The published figures that the page puts beside its own."""

from __future__ import annotations

import json
from typing import Any

from siamese.serving import catalogue


def published() -> Any:
    """The figures of the committed file: accuracies by split, their source, and one-shot accuracies."""
    return json.loads(catalogue.PUBLISHED.read_text(encoding="utf-8"))
