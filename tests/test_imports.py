"""The one direction of imports, and what the serving path must not load."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# From first to last: a module imports only what stands before it. ARCHITECTURE.md draws the same list.
ORDER = [
    "errors",
    "processors",
    "machine",
    "archives",
    "idx",
    "data",
    "preprocessing",
    "pictures",
    "normalisation",
    "strokes",
    "drawing",
    "pens",
    "links",
    "picture_files",
    "sheet",
    "ink",
    "rules",
    "found_digits",
    "photographs",
    "metrics",
    "calibration",
    "evaluation",
    "people",
    "artefacts",
    "parts",
    "verifier",
    "explanation",
    "guessing",
    "journey",
    "few_shot",
    "projection",
    "neighbours",
    "hardest",
    "reporting",
    "palette",
    "journey_sheet",
    "charts",
    "map_chart",
    "how_charts",
    "recipes",
    "live_settings",
    "live_protocol",
    "live_progress",
    "live_data",
    "live_model",
    "live_process",
    "live_spare",
    "live_queue",
    "live_figure",
    "glyph_filter",
    "glyphs",
    "redrawing",
    "fragments",
    "augmentation",
    "encoder",
    "fitting",
    "two_part_training",
    "live_training",
    "training",
    "cross_validation",
    "ladder",
    "swapping",
    "publishing",
    "live_worker",
]
HEAVY = {"tensorflow", "keras"}
TRAINERS = {"augmentation", "encoder", "fitting", "training", "live_training", "two_part_training", "publishing"}
TRAINERS |= {"cross_validation", "ladder"}


def modules():
    return sorted((ROOT / "siamese").rglob("*.py"))


def imported(path):
    """(names of modules imported anywhere in the file, names imported at its top level)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def names(nodes):
        found = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return found

    return names(ast.walk(tree)), names(tree.body)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path):
    """Each module imports only modules that stand before it; only pages know Streamlit."""
    anywhere, at_top = imported(path)
    name = path.relative_to(ROOT / "siamese").with_suffix("").as_posix()
    if not name.startswith("ui/"):
        assert not {module for module in anywhere if module.split(".")[0].startswith("streamlit")}
    if name.startswith("ui/") or name in ("__init__", "__main__"):
        assert not at_top & HEAVY
        return
    ours = {module.split(".")[1] for module in at_top if module.startswith("siamese.")}
    later = [module for module in ours if module in ORDER and ORDER.index(module) >= ORDER.index(name)]
    assert not later, f"{name} imports {later}, which stand after it"
    assert not {module for module in ours if module == "ui"}
    if name not in TRAINERS:
        assert not {module.split(".")[0] for module in anywhere} & HEAVY


def test_the_order_names_every_module():
    """No module is forgotten in the list."""
    names = {path.stem for path in (ROOT / "siamese").glob("*.py")} - {"__init__", "__main__"}
    assert names <= set(ORDER)


def test_comparing_does_not_load_tensorflow():
    """A fresh process that compares two images has loaded LiteRT and neither TensorFlow nor Keras."""
    code = (
        "import sys, numpy as np; from siamese import Verifier; v = Verifier.load();"
        "v.compare(np.eye(28), np.eye(28)); print(sorted({'tensorflow', 'keras', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ai_edge_litert']"
