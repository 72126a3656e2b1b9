"""The image of a container: what comes into it, who runs in it, and what it starts."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile

import pytest

from siamese.cli import parser
from siamese.serving import catalogue
from tests.conftest import ROOT
from tests.container import DOCKERFILE, allowed, copied, copies, copy, instructions
from tests.test_packaging import members, pip

TEXT = DOCKERFILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def files() -> list[str]:
    """The files of the repository, and some that lie in a folder that is worked in."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [
        *done.stdout.splitlines(),
        "siamese/app/__pycache__/links.cpython-312.pyc",
        ".streamlit/secrets.toml",
        ".env",
    ]


def said(name: str) -> list[str]:
    """What follows an instruction wherever it stands in the Dockerfile."""
    return [rest for instruction, rest in instructions(TEXT) if instruction == name]


def test_whatever_is_copied_is_there(files):
    """Each source is a file or a folder of the project, and something of it comes through .dockerignore."""
    for source in copies(TEXT):
        assert (ROOT / source).exists(), source
        assert any(file == source or file.startswith(f"{source}/") for file in copied(files)), source


def test_the_image_gets_no_tests_no_secrets_and_no_weights_that_only_tensorflow_reads(files):
    """Every other file of the package, its models and what Streamlit starts comes along."""
    inside = set(copied(files))
    assert not [name for name in inside if re.match(r"tests/|benchmarks/|\.git|\.env", name) or "secret" in name]
    assert not [name for name in inside if name.endswith((".keras", ".pyc"))]
    assert {name for name in files if name.startswith("siamese/") and not name.endswith(".pyc")} <= inside
    models = {name for name in files if name.startswith("assets/models/") and not name.endswith(".keras")}
    assert models | {"app.py", ".streamlit/config.toml", "assets/published.json"} <= inside
    pictures = {name for name in inside if name.startswith("assets/screenshots/")}
    assert pictures == {"assets/screenshots/from-paper.jpg"}


def test_the_wheel_of_the_image_lacks_nothing_that_is_read(files, tmp_path):
    """Built from the copied files alone: the package, and of each model what its card lists, but for the `.keras`."""
    present = [file for file in files if (ROOT / file).is_file()]
    copy(present, ROOT, tmp_path / "source")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(tmp_path / "source"))
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix("siamese/") for name in archive.namelist()}
    assert set(members(ROOT / "siamese")) <= names
    assert {"entry/app.py", "entry/.streamlit/config.toml", "assets/published.json"} <= names
    for model in catalogue.available():
        listed = set(json.loads((catalogue.MODELS / model / "card.json").read_text())["files"]) | {"card.json"}
        found = {name.rpartition("/")[2] for name in names if name.startswith(f"assets/models/{model}/")}
        assert found == listed - {"encoder.keras"}


def test_it_runs_as_a_user_without_rights():
    """A number, so that Kubernetes can tell that it is not root; no home, no shell; and the last to be named."""
    (made,) = [command for command in said("RUN") if command.startswith("useradd")]
    assert "--uid 1000 " in made
    assert "--no-create-home" in made
    assert "--shell /usr/sbin/nologin" in made
    assert said("USER") == ["1000"]
    names = [name for name, _ in instructions(TEXT)]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in ("RUN", "COPY"))


def test_it_starts_the_page_for_everyone():
    """The command is understood, listens on all addresses, and the health check asks its port."""
    program, *arguments = json.loads(said("CMD")[0])
    options = parser().parse_args(arguments)
    assert program == "siamese"
    assert options.flags == ["--server.address", "0.0.0.0"]
    assert said("EXPOSE") == [str(options.port)]
    assert f":{options.port}/_stcore/health" in said("HEALTHCHECK")[0]


def test_tensorflow_comes_only_where_it_is_asked_for():
    """By a build argument; without it the app has no page that trains."""
    assert said("ARG") == ["EXTRAS=app"]
    assert any("pip install" in command and "[$EXTRAS]" in command for command in said("RUN"))


def test_a_later_line_of_dockerignore_decides():
    """As Docker reads it: `*` stays within a folder, `**/` does not, a folder stands for what is in it."""
    ignored = "# all\n*\n!a\na/*/x\n**/cache\n!a/b/x/kept"
    files = ["a/1", "a/b/x", "a/b/c/x", "a/b/x/kept", "a/b/x/y", "a/cache/1", "b/1", "cache"]
    assert allowed(files, ignored) == ["a/1", "a/b/c/x", "a/b/x/kept"]
