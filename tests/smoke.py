"""Builds a wheel from a clean clone and tries it, from the package index: `python -m tests.smoke [ENVIRONMENT ...]`.

Each environment is a fresh one: the core alone, and each extra. It takes some minutes and needs a network; what can be
proved without one, `test_packaging.py` proves.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path

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

    def __init__(self, folder: Path, wheel: Path, extra: str) -> None:
        self.extra, self.work = extra, folder / "work"
        self.bin = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
        venv.create(folder / "environment", with_pip=True)
        self.work.mkdir()
        self.run("python", "-m", "pip", "install", "--quiet", "--no-compile", f"{wheel}{extra and f'[{extra}]'}")

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints; it must succeed."""
        done = subprocess.run(
            [str(self.bin / program), *arguments], cwd=self.work, env=plain(), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{program} {arguments}:\n{done.stdout}{done.stderr}"
        return done.stdout


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(environment.bin / "siamese"), "app", "--port", str(port), "--", "--server.address", "127.0.0.1"]
    started = time.monotonic()
    with (environment.work / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=environment.work, env=plain(), stdout=log, stderr=subprocess.STDOUT)
    try:
        assert answers(port, server), (environment.work / "log").read_text()
        print(f"  the page answers {time.monotonic() - started:.1f} s after its start")
    finally:
        server.terminate()
        server.wait(20)


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
}


def build(folder: Path) -> Path:
    """A wheel of the last commit, built from a clean clone."""
    clone, built = folder / "clone", folder / "wheel"
    quiet = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1"]
    subprocess.run([*quiet, f"file://{ROOT}", str(clone)], check=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), str(clone)]
    subprocess.run(command, check=True)
    (wheel,) = built.glob("*.whl")
    return wheel


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
            environment = Environment(folder / name, wheel, "" if name == "core" else name)
            installed = time.monotonic()
            CHECKS[name](environment)
            print(f"{name}: installed in {installed - started:.0f} s, tried in {time.monotonic() - installed:.0f} s")
            shutil.rmtree(folder / name)


if __name__ == "__main__":
    main()
