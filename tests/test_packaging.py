"""A wheel holds all that the package needs: its models, its JavaScript, its style sheets.

Nothing is downloaded: setuptools comes with requirements-test.txt, and the fresh environment borrows what the wheel
depends on from the one that runs the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from siamese import Verifier
from siamese.imaging import pens
from tests.conftest import ROOT

SOURCES = ("siamese", "assets", "pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE")
PICTURE_OF_HOW = "screenshots/from-paper.jpg"
COMPARE = """
import json, pathlib
import numpy as np
import siamese
from siamese import Verifier
from siamese.imaging import pens
from siamese.serving import catalogue

rng = np.random.default_rng(5)
result = Verifier.load().compare(pens.image(3, rng), pens.image(5, rng))
print(json.dumps({
    "package": siamese.__file__,
    "models": Verifier.available(),
    "published": catalogue.PUBLISHED.is_file(),
    "picture": (catalogue.ASSETS / "screenshots" / "from-paper.jpg").is_file(),
    "same": result.is_same,
    "distance": result.distance,
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy: a build leaves files beside its sources."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(source))
    (built,) = folder.glob("*.whl")
    return built


def pip(*arguments: str) -> None:
    """Run pip; what it says is shown where it fails."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def members(folder: Path) -> dict[str, bytes]:
    """The files below a folder of the checkout, and their content."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def packed(wheel: Path, folder: str) -> dict[str, bytes]:
    """The files below a folder of the wheel, and their content."""
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix(folder): archive.read(name) for name in archive.namelist() if name.startswith(folder)}


def test_the_wheel_holds_every_file_of_the_package(wheel):
    """Python, JavaScript, CSS and HTML alike, byte for byte; a new kind of file needs a line in `package-data`."""
    inside = packed(wheel, "siamese/")
    assert {name: content for name, content in inside.items() if not name.startswith("assets/")} == members(
        ROOT / "siamese"
    )


def test_the_wheel_holds_the_models_and_no_screenshots(wheel):
    """All artefacts of each model, byte for byte; of the pictures only the one that a page shows."""
    wanted = {
        name: content
        for name, content in members(ROOT / "assets").items()
        if not name.startswith("screenshots/") and not name.endswith(".md")
    }
    wanted[PICTURE_OF_HOW] = (ROOT / "assets" / PICTURE_OF_HOW).read_bytes()
    assert packed(wheel, "siamese/assets/") == wanted


def test_the_wheel_holds_nothing_else(wheel):
    """No tests, no benchmarks: the package and what describes it."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"siamese"}


def test_an_installed_wheel_compares_as_the_checkout_does(wheel, tmp_path):
    """In a fresh environment, from another folder: the same models, the same verdict, the same distance."""
    python = fresh_environment(tmp_path / "environment")
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SIAMESE_", "PYTHON"))}
    done = subprocess.run(
        [python, "-c", COMPARE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert Path(told.pop("package")).is_relative_to((tmp_path / "environment").resolve())
    rng = np.random.default_rng(5)
    here = Verifier.load().compare(pens.image(3, rng), pens.image(5, rng))
    assert told == {
        "models": Verifier.available(),
        "published": True,
        "picture": True,
        "same": here.is_same,
        "distance": here.distance,
    }


def fresh_environment(folder: Path) -> Path:
    """The Python of an environment that has nothing of its own; other packages it finds in the present one."""
    venv.create(folder, with_pip=False)
    site = sysconfig.get_path("purelib", "venv", vars={"base": str(folder), "platbase": str(folder)})
    present = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (Path(site) / "borrowed.pth").write_text("\n".join(present), encoding="utf-8")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
