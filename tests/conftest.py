"""What all tests share: the project's root, MNIST where this machine has it, and digits of our own pen."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import hypothesis  # noqa: F401 - its plugin imports it at the end of a run, which fails once the app has frozen objects
import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner

from siamese.data import mnist
from siamese.data.splits import SEEN_DIGITS
from siamese.imaging import pens

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the browser tests last: their session's browser keeps an event loop running that no other test may meet."""
    items.sort(key=lambda item: item.path.parent.name == "browser")


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> None:
    """Streamlit looks through all installed packages for components once, not for each `AppTest` anew.

    Two thirds of what the tests of pages took. No package is installed while tests run.
    """
    manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def _shared(variable: str, name: str, what: str) -> Path:
    """The file that an environment variable names, or the copy beside the checkout; skips where there is none."""
    for candidate in (os.environ.get(variable), ROOT.parent / "shared" / "data" / name):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    pytest.skip(f"needs {what}: set {variable} to a copy of {name}")


@pytest.fixture(scope="session")
def mnist_file() -> Path:
    """A real mnist.npz."""
    return _shared("SIAMESE_MNIST", "mnist.npz", "MNIST")


@pytest.fixture
def little_mnist(mnist_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real mnist.npz of whose parts commands read the first 500 images: all that they do, in a part of the time."""
    load = mnist.load_mnist

    def load_little(*told, **named) -> tuple[np.ndarray, ...]:
        return tuple(array[:500] for array in load(*told, **named))

    monkeypatch.setattr(mnist, "load_mnist", load_little)
    return mnist_file


@pytest.fixture(scope="session")
def drawings_file() -> Path:
    """Digits that people drew."""
    return _shared("SIAMESE_DRAWINGS", "drawings.npz", "drawings by people")


@pytest.fixture
def no_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without MNIST and without a network."""
    monkeypatch.delenv("SIAMESE_MNIST", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("SIAMESE_DOWNLOAD", "0")


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(7)


def seen_digits(per_digit: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) uint8 of pen digits of 2 to 7, and their digits (n,)."""
    images, digits = pens.images(per_digit, rng)
    kept = np.isin(digits, SEEN_DIGITS)
    return np.round(images[kept] * 255).astype(np.uint8), digits[kept]
