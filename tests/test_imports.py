"""What import-linter cannot say: a fresh process that compares has not loaded TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_comparing_does_not_load_tensorflow():
    """A fresh process that compares two images has loaded LiteRT and neither TensorFlow nor Keras."""
    code = (
        "import sys, numpy as np; from siamese import Verifier; v = Verifier.load();"
        "v.compare(np.eye(28), np.eye(28)); print(sorted({'tensorflow', 'keras', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ai_edge_litert']"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads in Linux's /proc")
def test_the_app_multiplies_matrices_in_the_thread_that_asks():
    """OpenBLAS starts no threads of its own: those would spin after each product, on cores that a class needs."""
    code = (
        "import os, siamese.app.words, numpy as np; a = np.ones((3000, 190), np.float32); a @ a[0];"
        "print(len(os.listdir('/proc/self/task')))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
