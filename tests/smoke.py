"""Builds a wheel from a clean clone and tries it, from the package index: `python -m tests.smoke [ENVIRONMENT ...]`.

Each environment is a fresh one: the core alone, each extra, and what the image of a container holds, whose size, start
and memory are printed. It takes some minutes and needs a network; what can be proved without one,
`test_packaging.py` and `test_container.py` prove.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.protocol import Visitor
from tests import container

ROOT = Path(__file__).resolve().parent.parent
START_S = 120  # seconds that a server may take to answer
CORE = """
import importlib.util
from pathlib import Path
import numpy as np
from PIL import Image
from siamese import Verifier
from siamese.imaging import pens

assert not [name for name in ("streamlit", "plotly", "tensorflow", "keras", "cv2", "pooch", "requests", "redis")
            if importlib.util.find_spec(name)]
rng = np.random.default_rng(5)
digits = {"left": pens.image(3, rng), "right": pens.image(5, rng)}
for name, image in digits.items():
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(f"{name}.png")
result = Verifier.load().compare(*digits.values())
assert not result.is_same and result.distance > result.threshold
"""
PHOTO = """
import sys
import numpy as np
from PIL import Image
from siamese import from_picture
from siamese.imaging import pens, strokes
page = Image.new("RGBA", (280, 280), "white")
page.alpha_composite(Image.fromarray(strokes.render(pens.draw(3, np.random.default_rng(3)))))
page.convert("RGB").save("large.png")
assert len(from_picture(open("large.png", "rb").read()).digits) == 1
import pillow_heif
"""
TRAIN = """
import numpy as np
from siamese.training.recipes import recipe_named
from siamese.training.train import train
from siamese.imaging import pens
images, digits = pens.images(40, np.random.default_rng(0))
kept = (digits > 1) & (digits < 8)
recipe = recipe_named("baseline", epochs=1)
trained = train(recipe, np.round(255 * images[kept]).astype(np.uint8), digits[kept], lambda epoch: None)
assert trained.encoder.count_params() > 0
"""
TEST = "import pytest, hypothesis, playwright, sklearn, streamlit, tensorflow, redis; assert pytest.__version__"
MNIST = "import pooch, requests, tqdm, urllib3; from siamese.data import download; assert download.MNIST_URL"


class Environment:
    """A fresh environment with the wheel in it, and an empty folder to work in."""

    def __init__(self, folder: Path, wheel: Path, extra: str, compiled: bool = False) -> None:
        self.root, self.work = folder / "environment", folder / "work"
        self.bin = self.root / ("Scripts" if os.name == "nt" else "bin")
        venv.create(self.root, with_pip=True)
        self.work.mkdir()
        before = size(self.root)
        options = ["--quiet", *([] if compiled else ["--no-compile"])]
        self.run("python", "-m", "pip", "install", *options, f"{wheel}{extra and f'[{extra}]'}")
        self.added = size(self.root) - before

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints; it must succeed."""
        done = subprocess.run(
            [str(self.bin / program), *arguments], cwd=self.work, env=plain(), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{program} {arguments}:\n{done.stdout}{done.stderr}"
        return done.stdout


def size(folder: Path) -> int:
    """Bytes of the files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def plain() -> dict[str, str]:
    """This process's variables without those that would lead to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SIAMESE_", "PYTHON"))}


def answers(port: int, server: subprocess.Popen) -> bool:
    """Whether a Streamlit server comes to answer its health address."""
    end = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                return answer.read() == b"ok"
        except OSError:
            time.sleep(0.05)
    return False


def core(environment: Environment) -> None:
    """Compares in code and on the command line."""
    environment.run("python", "-c", CORE)
    said = environment.run("siamese", "compare", "left.png", "right.png")
    assert said.startswith("different digits"), said


def photo(environment: Environment) -> None:
    """Reads a picture with OpenCV."""
    environment.run("python", "-c", PHOTO)
    said = environment.run("siamese", "compare", "large.png", "large.png")
    assert said.startswith("same digit"), said


def app(environment: Environment) -> None:
    """Starts the page."""
    with served(environment, []):
        pass


@contextmanager
def served(environment: Environment, around: list[str]) -> Iterator[tuple[int, int]]:
    """Port and number of a process that serves the page, by a command that stands around its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(environment.bin / "siamese"), "app", "--port", str(port), "--", "--server.address", "127.0.0.1"]
    started = time.monotonic()
    with (environment.work / "log").open("w") as log:
        server = subprocess.Popen(
            [*around, *command], cwd=environment.work, env=plain(), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        assert answers(port, server), (environment.work / "log").read_text()
        print(f"  the page answers {time.monotonic() - started:.1f} s after its start")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in (environment.work / "log").read_text(), (environment.work / "log").read_text()


def image(environment: Environment) -> None:
    """Starts the page as a container does: as a user without rights or home, on files that nobody can write."""
    ours = sum(size(folder) for folder in environment.root.glob("**/site-packages/siamese*"))
    print(f"  {ours / 1e6:.0f} MB are ours")
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        print("  not tried without rights: that needs bubblewrap")
        return
    folder = str(environment.root.parent)
    sealed = [bubblewrap, "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--ro-bind", folder, folder, "--chdir", "/"]
    sealed += ["--dev", "/dev", "--proc", "/proc", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    sealed += ["--cap-drop", "ALL", "--die-with-parent", "--setenv", "HOME", "/nonexistent"]
    sealed += ["--setenv", "KERAS_HOME", "/mnist"]
    for _ in range(3):
        with served(environment, sealed) as (port, process):
            print(f"  {resident(process):.0f} MB of memory", end="")
            visitor = asyncio.run(visit(port))
            assert not visitor.errors, visitor.errors
            assert visitor.verdict
            print(f", {resident(process):.0f} MB after a first visit")


async def visit(port: int) -> Visitor:
    """A visitor who has opened the page and left."""
    visitor = await Visitor.arrive(port)
    await visitor.leave()
    return visitor


def resident(process: int) -> float:
    """Megabytes of memory that a process and its children hold, by Linux' account."""
    found = [process]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in found)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def code(text: str) -> Callable[[Environment], None]:
    """A check that runs a program of Python."""
    return lambda environment: environment.run("python", "-c", text) and None


CHECKS = {
    "core": core,
    "photo": photo,
    "mnist": code(MNIST),
    "rooms": code("import redis, siamese"),
    "app": app,
    "train": code(TRAIN),
    "test": code(TEST),
    "image": image,
    "image-train": image,
}


def build(folder: Path) -> Path:
    """A wheel of the last commit, built from a clean clone."""
    clone = folder / "clone"
    quiet = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1"]
    subprocess.run([*quiet, f"file://{ROOT}", str(clone)], check=True)
    return built(clone, folder / "wheel")


def build_of_image(folder: Path) -> Path:
    """The wheel that the image of a container gets, built from what its Dockerfile copies of that clone."""
    clone, source = folder / "clone", folder / "source"
    listed = subprocess.run(["git", "ls-files"], cwd=clone, capture_output=True, text=True, check=True)
    container.copy(listed.stdout.splitlines(), clone, source)
    return built(source, folder / "wheel-of-image")


def built(source: Path, folder: Path) -> Path:
    """A wheel of the project in `source`, in a folder."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def made(name: str, folder: Path, wheel: Path) -> Environment:
    """The environment of this name: of the core, of an extra, or of the image, whose modules pip compiles."""
    if name == "image":
        return Environment(folder / name, build_of_image(folder), "app", compiled=True)
    if name == "image-train":
        return Environment(folder / name, build_of_image(folder), "app,train", compiled=True)
    return Environment(folder / name, wheel, "" if name == "core" else name)


def main() -> None:
    """Tries the environments that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke", description=__doc__.splitlines()[0])
    parser.add_argument("environments", nargs="*", metavar="ENVIRONMENT", help=", ".join(CHECKS))
    chosen = parser.parse_args().environments or list(CHECKS)
    if unknown := set(chosen) - set(CHECKS):
        parser.error(f"no such environment: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="siamese-smoke-") as name:
        folder, started = Path(name), time.monotonic()
        wheel = build(folder)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, built in {time.monotonic() - started:.0f} s")
        for name in chosen:
            started = time.monotonic()
            environment = made(name, folder, wheel)
            installed = time.monotonic()
            CHECKS[name](environment)
            megabytes = environment.added / 1e6
            tried = time.monotonic() - installed
            print(f"{name}: {megabytes:.0f} MB, installed in {installed - started:.0f} s, tried in {tried:.0f} s")
            shutil.rmtree(folder / name)


if __name__ == "__main__":
    main()
