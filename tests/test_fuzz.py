"""A short run of `python -m tests.fuzz`, from a fixed seed."""

from __future__ import annotations

import numpy as np
import pytest

from tests import fuzz


@pytest.mark.filterwarnings("ignore")  # Pillow's remarks on damaged files
@pytest.mark.parametrize("name", fuzz.targets())
def test_damaged_inputs_are_named_errors(name, tmp_path):
    """A second of damaged pictures, canvases, links, archives and IDX files each: nothing but named errors."""
    count, broken = fuzz.fuzz(name, 1, np.random.default_rng(9), tmp_path)
    assert count
    assert not broken


def test_what_breaks_a_reader_is_kept_and_tried_first(tmp_path, monkeypatch):
    """A reader that cannot bear one input: it is kept in the corpus, and the next run needs no luck to find it."""

    def fragile(content):
        if content != b"good":
            raise RuntimeError

    monkeypatch.setattr(fuzz, "targets", lambda: {"fragile": (fragile, [b"good"], (ValueError,))})
    _, first = fuzz.fuzz("fragile", 0.1, np.random.default_rng(1), tmp_path)
    assert first
    count, again = fuzz.fuzz("fragile", 0, np.random.default_rng(2), tmp_path)
    assert set(again) == set(first)
    assert count == len(again)
