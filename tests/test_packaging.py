"""A wheel holds all that the package needs: its models, its JavaScript, its style sheets, the app's script.

Nothing is downloaded: setuptools comes with requirements-test.txt, and the fresh environments borrow what the wheel
depends on from the one that runs the tests. `python -m tests.smoke` does the same with a package index.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamese import Verifier, extras
from siamese.cli import app
from siamese.errors import MissingExtra
from siamese.imaging import pens
from tests.conftest import ROOT
from tests.smoke import answers

SOURCES = ("siamese", "assets", ".streamlit", "app.py", "pyproject.toml", "setup.py", "README.md", "LICENSE")
ENTRY = ("app.py", ".streamlit/config.toml")
PICTURE_OF_HOW = "screenshots/from-paper.jpg"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMPARE = """
import json, sys
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
#: Put into an environment, it makes it as poor as one that has nothing but what it is given by name.
REFUSAL = """
import json, pathlib, sys
refused = frozenset(json.loads(pathlib.Path(__file__).with_suffix(".json").read_text()))

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusal())
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a wheel is built from: a build leaves files beside its sources."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(source))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and every package that the tests have."""
    python = fresh_environment(tmp_path_factory.mktemp("installed"))
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    return python


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and what its core depends on, and no other package."""
    python = fresh_environment(tmp_path_factory.mktemp("core"))
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    wanted = needed(PROJECT["dependencies"])
    refused = [
        module
        for module, owners in packages_distributions().items()
        if not wanted & {canonical(owner) for owner in owners} and module != "siamese"
    ]
    assert {"streamlit", "plotly", "tensorflow", "keras", "cv2", "pooch", "requests", "redis"} <= set(refused)
    site = site_packages(python)
    (site / "refusal.py").write_text(REFUSAL, encoding="utf-8")
    (site / "refusal.json").write_text(json.dumps(refused), encoding="utf-8")
    (site / "refusal.pth").write_text("import refusal", encoding="utf-8")
    return python


def canonical(requirement: str) -> str:
    """The name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement).group()).lower()


def needed(requirements: Sequence[str]) -> set[str]:
    """The names of these distributions and of all that they depend on here, without their extras."""
    found, left = set(), [canonical(requirement) for requirement in requirements]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            with suppress(PackageNotFoundError):  # needed on another system
                left += [canonical(line) for line in distribution(name).requires or () if "extra ==" not in line]
    return found


def pip(*arguments: str) -> None:
    """Run pip; what it says is shown where it fails."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def fresh_environment(folder: Path) -> Path:
    """The Python of an environment that has nothing of its own; other packages it finds in the present one."""
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    present = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site_packages(python) / "borrowed.pth").write_text("\n".join(present), encoding="utf-8")
    return python


def site_packages(python: Path) -> Path:
    """Where an environment's packages lie."""
    folder = str(python.parent.parent)
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": folder, "platbase": folder}))


def console_script(python: Path) -> str:
    """The command `siamese` of an environment."""
    return str(python.with_name("siamese" + python.suffix))


def plain_environment(**settings: str) -> dict[str, str]:
    """This process's variables without those that would lead to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SIAMESE_", "PYTHON"))} | settings


def started(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What a command says and exits with, in a folder that has neither the checkout nor MNIST."""
    environment = plain_environment(KERAS_HOME=str(folder / "keras"), COLUMNS="200")
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def members(folder: Path) -> dict[str, bytes]:
    """The files below a folder of the checkout, and their content."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def packed(wheel: Path, folder: str) -> dict[str, bytes]:
    """The files below a folder of the wheel, and their content."""
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix(folder): archive.read(name) for name in archive.namelist() if name.startswith(folder)}


def test_the_wheel_holds_every_file_of_the_package(wheel):
    """Python, JavaScript, CSS, HTML and `py.typed`, byte for byte; a new kind needs a line in `package-data`."""
    inside = packed(wheel, "siamese/")
    ours = {name: content for name, content in inside.items() if not name.startswith(("assets/", "entry/"))}
    assert ours == members(ROOT / "siamese")
    assert "py.typed" in ours


def test_the_wheel_holds_the_models_and_no_screenshots(wheel):
    """All artefacts of each model, byte for byte; of the pictures only the one that a page shows."""
    wanted = {
        name: content
        for name, content in members(ROOT / "assets").items()
        if not name.startswith("screenshots/") and not name.endswith(".md")
    }
    wanted[PICTURE_OF_HOW] = (ROOT / "assets" / PICTURE_OF_HOW).read_bytes()
    assert packed(wheel, "siamese/assets/") == wanted


def test_the_wheel_holds_what_streamlit_starts(wheel):
    """The script and its settings, those that Streamlit Community Cloud reads at the top of the project."""
    assert packed(wheel, "siamese/entry/") == {name: (ROOT / name).read_bytes() for name in ENTRY}
    assert app.script() == ROOT / "app.py"


def test_the_wheel_holds_nothing_else(wheel):
    """No tests, no benchmarks: the package and what describes it."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"siamese"}


def test_the_wheel_declares_its_command_and_its_extras(wheel):
    """`siamese` is `siamese.cli:main`; without an extra it needs three packages."""
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        scripts = configparser.ConfigParser()
        scripts.read_string(archive.read(f"{info}/entry_points.txt").decode())
        described = archive.read(f"{info}/METADATA").decode()
    assert dict(scripts["console_scripts"]) == {"siamese": "siamese.cli:main"}
    required = re.findall(r"^Requires-Dist: (.*)$", described, re.M)
    assert {canonical(line) for line in required if "extra ==" not in line} == {"ai-edge-litert", "numpy", "pillow"}
    provided = set(re.findall(r"^Provides-Extra: (.*)$", described, re.M))
    assert provided == {"app", "mnist", "photo", "rooms", "test", "train"}
    assert {extra for _, _, extra in extras.MODULES.values()} <= provided


def test_a_source_distribution_builds_the_same_wheel(source, wheel, tmp_path):
    """It holds the script and the settings that setup.py adds."""
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", build, tmp_path], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path), str(unpacked))
    (again,) = tmp_path.glob("*.whl")
    assert packed(again, "siamese/") == packed(wheel, "siamese/")


def test_an_installed_wheel_compares_as_the_checkout_does(core, tmp_path):
    """With the core alone, from another folder: the same models, the same verdict, the same distance."""
    done = started([str(core), "-c", COMPARE], tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert Path(told.pop("package")).is_relative_to(core.parent.parent.resolve())
    rng = np.random.default_rng(5)
    here = Verifier.load().compare(pens.image(3, rng), pens.image(5, rng))
    assert told == {
        "models": Verifier.available(),
        "published": True,
        "picture": True,
        "same": here.is_same,
        "distance": here.distance,
    }


def test_the_console_script_compares_with_the_core_alone(core, tmp_path):
    """Two pictures of MNIST's size; `models` and every command's help; the same as `python -m siamese`."""
    rng = np.random.default_rng(5)
    for name, digit in (("left", 3), ("right", 5)):
        pixels = np.round(255 * pens.image(digit, rng)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    script = console_script(core)
    compared = started([script, "compare", "left.png", "right.png"], tmp_path)
    assert compared.stdout.startswith("different digits (distance"), compared.stderr
    assert started([script, "models"], tmp_path).returncode == 0
    shown = started([script, "--help"], tmp_path)
    assert shown.stdout.startswith("usage: siamese "), shown.stderr
    module = started([str(core), "-m", "siamese", "--help"], tmp_path)
    assert module.stdout.replace("usage: python -m siamese", "usage: siamese") == shown.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("app", 'the page needs Streamlit: pip install "siamese[app]"'),
        ("train strokes", 'training needs TensorFlow: pip install "siamese[train]"'),
        ("crossvalidate strokes", 'training needs TensorFlow: pip install "siamese[train]"'),
        ("ladder", 'training needs TensorFlow: pip install "siamese[train]"'),
        ("evaluate baseline", 'downloading MNIST needs pooch: pip install "siamese[mnist]"'),
        (
            "compare large.png large.png",
            'large.png: reading a picture of more than 64 pixels a side needs OpenCV: pip install "siamese[photo]"',
        ),
    ],
    ids=lambda value: value.split()[0],
)
def test_a_command_that_lacks_an_extra_says_which(core, tmp_path, arguments, line):
    """One plain line, nothing else, exit status 2."""
    Image.new("L", (65, 65), 255).save(tmp_path / "large.png")
    done = started([console_script(core), *arguments.split()], tmp_path)
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (2, "", [f"siamese: {line}"])


def test_a_missing_extra_is_named_in_code_too(monkeypatch):
    """In a checkout pip is given the folder: by its name it would fetch another project."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=re.escape('training needs Keras: pip install ".[train]"')):
        extras.require("keras")
    with pytest.raises(ImportError):
        extras.require("cv2")


def test_the_app_starts_from_an_installed_wheel(installed, tmp_path):
    """`siamese app` in a folder of one's own, with the project's settings and whatever flags are given after --."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [console_script(installed), "app", "--port", str(port), "--", "--server.address", "127.0.0.1"]
    environment = plain_environment(HOME=str(tmp_path), KERAS_HOME=str(tmp_path / "keras"), SIAMESE_DOWNLOAD="0")
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        assert answers(port, server), (tmp_path / "log").read_text()
    finally:
        server.terminate()
        server.wait(20)
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert "statistics" not in said  # what Streamlit says where no settings forbid it


def test_installing_by_extras_and_by_files_is_the_same():
    """pyproject.toml and the two files of requirements name the same packages with the same bounds."""
    chosen = {name: set(lines) for name, lines in PROJECT["optional-dependencies"].items()}
    test = {line for line in chosen.pop("test") if not line.startswith("siamese[")} | chosen.pop("rooms")
    served = {line for lines in chosen.values() for line in lines if not line.startswith("siamese[")}
    assert listed("requirements.txt") == served | set(PROJECT["dependencies"])
    assert listed("requirements-test.txt") == test
    assert all(not lines & set(PROJECT["dependencies"]) for lines in chosen.values())


def listed(name: str) -> set[str]:
    """The requirements of a file, without those of another that it includes."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r"))}
