"""What import-linter cannot say: a fresh process that compares has not loaded TensorFlow."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_comparing_does_not_load_tensorflow():
    """A fresh process that compares two images has loaded LiteRT and neither TensorFlow nor Keras."""
    code = (
        "import sys, numpy as np; from siamese import Verifier; v = Verifier.load();"
        "v.compare(np.eye(28), np.eye(28)); print(sorted({'tensorflow', 'keras', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ai_edge_litert']"
